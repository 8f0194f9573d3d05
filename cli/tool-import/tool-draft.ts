import type { z } from "zod";
import { ownText, type AskedField, type ObjectField } from "../../src/playbook/fields.ts";
import { toolSchema } from "../../src/playbook/tool.ts";
import { CommandError } from "../command.ts";
import { sortHeaders, type Secret } from "./headers.ts";
import { asTitle, isFieldName, uniqueName } from "./names.ts";
import type { Notes } from "./notes.ts";

const MAX_PROPERTIES = 20;
const MAX_DESCRIPTION = 1000;
const NAME = /^[a-z][a-z0-9_]{0,39}$/;

/** What `toolSchema` takes. Its type does not know that of an output, which may be nested. */
type Content = Omit<z.input<typeof toolSchema>, "output"> & { output: ObjectField };

/** A tool as a file has it, and what its owner has to know of it. */
export interface ImportedTool {
  name: string;
  /** Passes `toolSchema`. */
  content: Content;
  /** Of `secret_headers`; they are in no file. */
  secrets: Secret[];
  /** What was left out, guessed, or has to be completed. */
  notes: string[];
}

/** The properties that a tool takes. Those in the address come first, because it cannot do without them. */
export class Inputs {
  readonly #places = new Map<string, AskedField>();
  readonly #others = new Map<string, { field: AskedField; isRequired: boolean }>();
  readonly #notes: Notes;

  constructor(notes: Notes) {
    this.#notes = notes;
  }

  /** A property that the address holds. Its name is free: it is changed where another has it. */
  addPlace(wanted: string, field: AskedField): string {
    const name = uniqueName(wanted, (one) => this.#places.has(one) || this.#others.has(one));
    this.#places.set(name, field);
    return name;
  }

  /** A property of the query or the body, where its name is what the API expects. */
  add(name: string, field: AskedField, isRequired: boolean): void {
    this.#others.set(name, { field, isRequired });
  }

  places(): string[] {
    return [...this.#places.keys()];
  }

  schema(): NonNullable<Content["input"]> {
    const room = MAX_PROPERTIES - this.#places.size;
    if (room < 0)
      throw new CommandError(`The address has more than ${MAX_PROPERTIES} places for values.`);
    const others = Array.from(this.#others).toSorted(
      ([, one], [, other]) => Number(other.isRequired) - Number(one.isRequired),
    );
    for (const [name] of others.slice(room))
      this.#notes.addName(`Left out: a tool takes ${MAX_PROPERTIES} properties at most`, name);
    const kept = others.slice(0, room);
    const places = Array.from(this.#places);
    return {
      type: "object",
      properties: Object.fromEntries([
        ...places,
        ...kept.map(([name, { field }]) => [name, field] as const),
      ]),
      required: [
        ...places.map(([name]) => name),
        ...kept.filter(([, { isRequired }]) => isRequired).map(([name]) => name),
      ],
    };
  }
}

export interface Draft {
  name: string;
  title?: string | undefined;
  description: string;
  method: string;
  host: string;
  /** With the first slash, as `/orders/{order}`. */
  path: string;
  /** `limit=5`, `q={q}`. */
  query: string[];
  inputs: Inputs;
  headers: [name: string, value: string][];
  output: Content["output"];
  /** Of secrets whose values nobody knows yet. */
  secretNames?: string[];
}

/** @throws CommandError where a tool cannot be so */
export function finish(draft: Draft, notes: Notes): ImportedTool {
  const method = methodOf(draft.method, notes);
  const effect = method === "GET" ? "read" : "change";
  if (method === "POST")
    notes.add(
      "effect is change, so the visitor is asked first. Set it to read if this POST only looks something up.",
    );
  const { headers, secrets } = sortHeaders(draft.headers, draft.secretNames ?? [], notes);
  const input = draft.inputs.schema();
  if (input.required?.length)
    notes.add(
      `Give each property that visitors know a question, with which they are asked for it: ${input.required.join(", ")}.`,
    );
  const query = draft.query.length > 0 ? `?${draft.query.join("&")}` : "";
  const content = {
    title: draft.title ?? asTitle(draft.name),
    description: cut(draft.description, notes),
    effect,
    method,
    url: `https://${draft.host}${draft.path}${query}`,
    input,
    output: draft.output,
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(secrets.length > 0 && { secret_headers: secrets.map(({ header }) => header) }),
  } satisfies Content;
  noteSecrets(secrets, notes);
  return { name: draft.name, content: checked(content), secrets, notes: notes.all() };
}

function noteSecrets(secrets: Secret[], notes: Notes): void {
  for (const { header, value } of secrets)
    if (value === undefined) notes.addName("Secret headers whose value you have to give", header);
}

function methodOf(method: string, notes: Notes): NonNullable<Content["method"]> {
  switch (method) {
    case "HEAD":
      notes.add("It was HEAD, which returns nothing. The tool calls GET.");
      return "GET";
    case "GET":
    case "POST":
    case "PUT":
    case "PATCH":
    case "DELETE":
      return method;
    default:
      throw new CommandError(
        `A tool calls GET, POST, PUT, PATCH or DELETE, not ${method.slice(0, 40)}.`,
      );
  }
}

function cut(description: string, notes: Notes): string {
  const text = ownText.safeParse(description.slice(0, MAX_DESCRIPTION)).data ?? "…";
  if (description.length <= MAX_DESCRIPTION) return text;
  notes.add(`Cut: the description, to ${MAX_DESCRIPTION} characters.`);
  return text.slice(0, MAX_DESCRIPTION - 1).trim() + "…";
}

/** Whatever the importers overlook is found here, before a file is written that `push` would refuse. */
function checked(content: Content): Content {
  const { error } = toolSchema.safeParse(content);
  if (!error) return content;
  const [issue] = error.issues;
  throw new CommandError(
    `This cannot be a tool: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`.trim() + ".",
  );
}

/** @throws CommandError where a given name is none for a file */
export function checkName(name: string): string {
  if (NAME.test(name)) return name;
  throw new CommandError(
    `A tool's name takes up to 40 lower-case letters, digits and underscores, and begins with a letter; not "${name.slice(0, 70)}".`,
  );
}

/** Whether a query or a body can have a property of this name; else it is noted. */
export function canBeProperty(name: string, notes: Notes): boolean {
  if (isFieldName(name)) return true;
  notes.addName("Left out: names that a property cannot have", name);
  return false;
}
