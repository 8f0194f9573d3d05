import { Problem } from "../http/problem.ts";
import type { Services } from "../runtime/services.ts";
import type { Tool, ToolSecretsInput } from "./tool.ts";

/** What signs and authorises the calls of a tool. */
export interface ToolSecrets {
  signing: string;
  /** Values of the tool's `secret_headers`, by name. */
  headers: Record<string, string>;
}

const contextOf = (workspaceId: string, name: string): string => `tool:${workspaceId}:${name}`;

/** Reads what is stored for a tool; the row is that of {@link secretsStatement}. */
export async function openToolSecrets(
  { seal }: Pick<Services, "seal">,
  workspaceId: string,
  name: string,
  row: { sealed: string } | undefined,
): Promise<ToolSecrets | undefined> {
  if (!row) return undefined;
  return JSON.parse(await seal.open(contextOf(workspaceId, name), row.sealed)) as ToolSecrets;
}

export function secretsStatement(
  db: D1Database,
  workspaceId: string,
  name: string,
): D1PreparedStatement {
  return db
    .prepare(`SELECT sealed FROM tool_secrets WHERE workspace_id = ?1 AND name = ?2`)
    .bind(workspaceId, name);
}

/** Removes what is stored for a tool. */
export async function deleteToolSecrets(
  { db }: Pick<Services, "db">,
  workspaceId: string,
  name: string,
): Promise<void> {
  await db
    .prepare(`DELETE FROM tool_secrets WHERE workspace_id = ?1 AND name = ?2`)
    .bind(workspaceId, name)
    .run();
}

/**
 * Stores what is given, and keeps the rest. A tool without a signing secret gets one.
 * @returns a new signing secret, which is shown this once; and the headers whose values are missing
 */
export async function storeToolSecrets(
  services: Pick<Services, "db" | "seal" | "newSecret" | "now">,
  workspaceId: string,
  name: string,
  { secret_headers }: Pick<Tool, "secret_headers">,
  given: ToolSecretsInput | undefined,
): Promise<{ made: string | undefined; missing: string[] }> {
  const { db, seal, newSecret, now } = services;
  requireNamed(secret_headers, given);
  const row = await secretsStatement(db, workspaceId, name).first<{ sealed: string }>();
  const stored = await openToolSecrets(services, workspaceId, name, row ?? undefined);
  const signing = given?.signing ?? stored?.signing;
  const made = signing === undefined ? newSecret("tsk") : undefined;
  const all = { ...stored?.headers, ...given?.headers };
  const headers = Object.fromEntries(
    Object.entries(all).filter(([header]) => secret_headers.includes(header)),
  );
  const secrets: ToolSecrets = { signing: signing ?? made ?? "", headers };
  const sealed = await seal.seal(contextOf(workspaceId, name), JSON.stringify(secrets));
  await db
    .prepare(
      `INSERT INTO tool_secrets (workspace_id, name, sealed, updated_at) VALUES (?1, ?2, ?3, ?4)
       ON CONFLICT (workspace_id, name) DO UPDATE SET sealed = excluded.sealed, updated_at = excluded.updated_at`,
    )
    .bind(workspaceId, name, sealed, now())
    .run();
  return { made, missing: secret_headers.filter((header) => !Object.hasOwn(headers, header)) };
}

/**
 * A value for a header that the tool does not name would be lost. The message does not repeat the name: it may be the secret.
 * @throws Problem `validation_failed`
 */
function requireNamed(names: string[], given: ToolSecretsInput | undefined): void {
  if (Object.keys(given?.headers ?? {}).every((name) => names.includes(name))) return;
  const message = "has a header that secret_headers does not name.";
  throw new Problem("validation_failed", `secrets.headers: ${message}`, {
    errors: [{ path: "secrets.headers", message }],
  });
}
