import { toolSecretsSchema } from "../../src/playbook/tool.ts";
import type { Notes } from "./notes.ts";
import { isPlaceholder, isSecretName, looksSecret } from "./secrets.ts";

const MAX_SECRET_HEADERS = 5;
/** What browsers add, as their "copy as cURL" writes it. */
const OF_BROWSERS =
  /^(?::\w+|authority|sec-.*|referer|dnt|priority|pragma|cache-control|accept-.*|upgrade-insecure-requests|if-none-match|if-modified-since|x-requested-with)$/;

export interface Secret {
  header: string;
  /** Absent where only its name is known. */
  value?: string;
}

interface SortedHeaders {
  headers: Record<string, string>;
  secrets: Secret[];
}

/**
 * Which headers a tool's file may show, and which hold secrets. The last of two with one name counts.
 * @param secretNames headers that are known to hold secrets, without their values
 */
export function sortHeaders(
  given: [name: string, value: string][],
  secretNames: string[],
  notes: Notes,
): SortedHeaders {
  const headers = new Map<string, string>();
  const secrets = new Map<string, Secret>(secretNames.map((header) => [header, { header }]));
  for (const [name, value] of new Map(given)) {
    if (secrets.has(name)) continue;
    if (name === "cookie") notes.add("Left out: cookies. A tool sends none.");
    else if (name === "content-type") noteContentType(value, notes);
    else if (OF_BROWSERS.test(name)) notes.addName("Left out: headers of a browser", name);
    else if (!isHeader(name))
      notes.addName("Left out: headers that a tool sets itself or cannot have", name);
    else if (isSecretName(name) || looksSecret(value))
      secrets.set(name, secretOf(name, value, notes));
    else if (isPlaceholder(value))
      notes.addName("Left out: headers whose value is not given", name);
    else if (isHeader(name, value)) headers.set(name, value);
    else notes.addName("Left out: headers whose value a tool cannot send", name);
  }
  for (const name of headers.keys())
    notes.addName(
      "Headers whose values the file shows. If one is a secret, name it in secret_headers instead",
      name,
    );
  const kept = Array.from(secrets.values()).slice(0, MAX_SECRET_HEADERS);
  for (const name of [...secrets.keys()].slice(MAX_SECRET_HEADERS))
    notes.addName(`Left out: secrets after the first ${MAX_SECRET_HEADERS}`, name);
  return { headers: Object.fromEntries(headers), secrets: kept };
}

function noteContentType(value: string, notes: Notes): void {
  if (!/^(?:application\/json|application\/x-www-form-urlencoded|multipart\/)/i.test(value))
    notes.add(`A tool sends application/json in place of ${value.slice(0, 100)}.`);
}

function secretOf(header: string, value: string, notes: Notes): Secret {
  if (isPlaceholder(value)) return { header };
  if (isHeader(header, value)) return { header, value };
  notes.addName(
    "Values that are too long, or no visible ASCII characters, and are not taken over",
    header,
  );
  return { header };
}

/** The schema of secrets checks names and values as that of headers does. */
export function isHeader(name: string, value = "x"): boolean {
  return toolSecretsSchema.safeParse({ headers: { [name]: value } }).success;
}
