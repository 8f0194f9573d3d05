import { Problem } from "../http/problem.ts";
import { readSettings } from "../workspaces/settings.ts";
import { issuesOf, requireRunnable } from "./check-procedure.ts";
import { fieldAt } from "./fields.ts";
import type { Contents, Kind } from "./items.ts";
import { isOf, type PlaybookItem } from "./playbook.ts";
import type { Procedure } from "./procedure.ts";
import { referencesIn } from "./references.ts";
import { hostOfTool, type Tool } from "./tool.ts";

/**
 * Refuses a tool or procedure that would not run beside the others.
 * @param items all of the playbook
 * @throws Problem `validation_failed`
 */
export async function requireFitting(
  db: D1Database,
  workspaceId: string,
  { kind, id, content }: { kind: Kind; id: string; content: Contents[Kind] },
  items: PlaybookItem[],
): Promise<void> {
  const tools = toolsOf(items);
  if (kind === "procedure") requireRunnable(content as Procedure, tools);
  if (kind !== "tool") return;
  const tool = content as Tool;
  const { tool_hosts } = await readSettings(db, workspaceId);
  requireHost(tool, tool_hosts);
  requireKnownReferences(tool);
  requireUsersRunnable(items, new Map([...tools, [id, tool]]));
}

/**
 * Refuses to remove a tool that a procedure calls.
 * @throws Problem `tool_in_use`
 */
export function requireUnused(name: string, items: PlaybookItem[]): void {
  const users = items
    .filter(isOf("procedure"))
    .filter(({ content }) => content.steps.some(({ tool }) => tool === name))
    .map(({ id }) => id);
  if (users.length > 0)
    throw new Problem("tool_in_use", `It is called by the procedures: ${users.join(", ")}.`);
}

export function toolsOf(items: PlaybookItem[]): Map<string, Tool> {
  return new Map(items.filter(isOf("tool")).map(({ id, content }) => [id, content]));
}

function requireHost(tool: Tool, hosts: string[]): void {
  const host = hostOfTool(tool);
  if (mayCall(host, hosts)) return;
  throw refused("url", `calls ${host}, which the setting tool_hosts does not list.`);
}

/** Whether a host is listed: itself, or `*.` and a domain above it. */
export function mayCall(host: string, listed: string[]): boolean {
  return listed.some((one) => (one.startsWith("*.") ? host.endsWith(one.slice(1)) : host === one));
}

function requireKnownReferences({ says, input, output }: Tool): void {
  const texts = says === undefined ? [] : typeof says === "string" ? [says] : Object.values(says);
  const unknown = texts.flatMap(referencesIn).find((reference) => {
    const field = fieldAt(output, reference.split(".")) ?? input.properties[reference];
    return field === undefined || field.type === "object" || field.type === "array";
  });
  if (unknown !== undefined)
    throw refused("says", `holds {${unknown}}, which is no single value of input or output.`);
}

function requireUsersRunnable(items: PlaybookItem[], tools: ReadonlyMap<string, Tool>): void {
  for (const { id, content } of items.filter(isOf("procedure"))) {
    const [issue] = issuesOf(content, tools);
    if (issue)
      throw refused("input", `would break the procedure ${id}: ${issue.path}: ${issue.message}.`);
  }
}

function refused(path: string, message: string): Problem {
  return new Problem("validation_failed", `${path}: ${message}`, { errors: [{ path, message }] });
}
