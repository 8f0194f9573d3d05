import { CommandError } from "../command.ts";
import type { CurlRequest } from "./curl-request.ts";
import type { Notes } from "./notes.ts";

/** The names and example values of what a command sends. @throws CommandError where no tool can send it */
export function bodyEntries(
  { method, url, headers, body }: CurlRequest,
  notes: Notes,
): [string, unknown][] {
  if (body === undefined) return [];
  if (method === "GET" || method === "HEAD" || method === "DELETE")
    notes.add(`The fields of its body go into the query: a tool's ${method} has no body.`);
  if (typeof body !== "string") {
    noteForm(notes);
    return body;
  }
  const type = headers.findLast(([name]) => name === "content-type")?.[1] ?? "";
  if (/json/i.test(type) || /^\s*[{[]/.test(body)) return jsonEntries(body, url);
  const isForm = type === "" || /x-www-form-urlencoded/i.test(type);
  if (isForm && /^[^=&\s<]+=/.test(body)) {
    noteForm(notes);
    return formEntries(body, notes);
  }
  notes.add("Left out: the body, which is neither JSON nor a form. A tool sends a JSON object.");
  return [];
}

function noteForm(notes: Notes): void {
  notes.add("The command sends a form, a tool sends JSON: check that the API takes it.");
}

function jsonEntries(body: string, url: string): [string, unknown][] {
  let value: unknown;
  try {
    // Documentation writes places for values without quotes, too.
    value = JSON.parse(
      body.replace(/([:[,]\s*)(\{\{\s*[\w.-]+\s*\}\}|\$\{\w+\}|<[\w -]+>)(?=\s*[,}\]])/g, '$1"$2"'),
    );
  } catch {
    throw new CommandError("The body is no JSON. Write a whole example, without … and comments.");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new CommandError("The body is no JSON object. A tool sends an object of single values.");
  const { query } = value as { query?: unknown };
  if (
    typeof query === "string" &&
    (/\/graphql\b/i.test(url) || /^\s*(?:query|mutation|subscription)?[^{}]*\{/.test(query))
  )
    throw new CommandError(
      "This is a GraphQL call. A tool sends single values only: let it call an endpoint of your own that holds the query.",
    );
  return Object.entries(value);
}

function formEntries(body: string, notes: Notes): [string, string][] {
  const entries = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(body)) {
    if (entries.has(name)) notes.addName("Given several times, of which a tool sends one", name);
    entries.set(name, value);
  }
  return [...entries];
}
