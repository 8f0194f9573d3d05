// `npm run guidance`: an owner's answers, guidance, tools and procedures as files, so that they can be reviewed like code.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { answerSchema, guidanceSchema } from "../src/playbook/items.ts";
import { procedureSchema } from "../src/playbook/procedure.ts";
import { toolSchema } from "../src/playbook/tool.ts";
import { Api, ApiError, explain, instanceOptions } from "./api.ts";
import { CommandError, readArguments, reasonOf, runCommand, UsageError } from "./command.ts";
import { readFrontMatter } from "./front-matter.ts";
import { importTools, secretsOf, variableOf, type Name } from "./guidance-tools.ts";

const HELP = `
Usage: npm run guidance -- push|pull|diff|test|import <folder> [options]

  push <folder>     stores the folder's answers, guidance, tools and procedures. Tells of overlaps, and of messages and titles that would
                    match as well. A new tool's signing secret is printed once
  pull <folder>     writes those of the instance into the folder
  diff <folder>     says what push would change
  test <folder>     asks the messages of <folder>/tests.yaml, and says which answer, guidance, tool or procedure applied. Tools are called
  import <folder>   makes a tool's file from a curl command or an OpenAPI document; nothing is called, and no instance is needed

  --prune           push also removes what the folder lacks, and pull removes such files
  --url <address>   the instance; default http://localhost:8787
  --key <sk_…>      a secret key with the scope "admin" (for test: "documents" and "chat", too); default: the variable EDGEWISE_KEY, or on
                    localhost the development key
  --curl <command>  import: the command, in quotes; - reads it from standard input
  --response <file> import: JSON that the curl command has returned, from which the output's fields are taken
  --openapi <file>  import: an OpenAPI 3 document; without --operation its operations are listed
  --operation <id>  import: an operation's id, or "GET /path"; several may be given
  --name <name>     import: what the tool is called

A folder has one file per item: answers/<id>.md, guidance/<id>.md, tools/<name>.yaml and procedures/<name>.yaml, with the fields of the API.
In .md they are the front matter, and the text below is what is said, or for guidance without an action the instruction to the model.
Secrets of a tool stand in no file: push reads the value of its header x-api-key from EDGEWISE_TOOL_<NAME>_X_API_KEY.
tests.yaml is a list of {message, expect, page?}; expect is answers/<id>, guidance/<id>, tools/<name>, procedures/<name>, documents (an
answer from them) or none.

Exit code: 0 done; 1 something failed, differs (diff) or had another result (test); 2 wrong usage.
`;

type Content = Record<string, unknown>;

/** Procedures call tools: these are stored first, and removed last. */
const SCHEMAS = {
  answers: answerSchema,
  guidance: guidanceSchema,
  tools: toolSchema,
  procedures: procedureSchema,
};
const FOLDER_OF: Record<string, string> = {
  answer: "answers",
  guidance: "guidance",
  tool: "tools",
  procedure: "procedures",
};
type Folder = keyof typeof SCHEMAS;
const FOLDERS = Object.keys(SCHEMAS) as Folder[];
/** Of the API's view, beside the content. */
const VIEW_FIELDS = new Set(["id", "status", "version", "updated_at"]);
const ID = /^[a-z0-9][a-z0-9._-]{0,63}$/;

const testsSchema = z.array(
  z.strictObject({
    message: z.string().min(1),
    expect: z
      .string()
      .regex(
        /^(?:(?:answers|guidance|tools|procedures)\/.+|documents|none)$/,
        "is no answers/<id>, guidance/<id>, tools/<name>, procedures/<name>, documents or none",
      ),
    page: z.string().optional(),
  }),
);

await runCommand(HELP, async (args) => {
  const { values, positionals } = readArguments(args, {
    prune: { type: "boolean" },
    url: { type: "string" },
    key: { type: "string" },
    curl: { type: "string" },
    response: { type: "string" },
    openapi: { type: "string" },
    operation: { type: "string", multiple: true },
    name: { type: "string" },
  });
  const [command = "", folder, ...more] = positionals;
  if (!["push", "pull", "diff", "test", "import"].includes(command))
    throw new UsageError(command ? `There is no command "${command}".` : "Name a command.");
  if (folder === undefined || more.length > 0) throw new UsageError("Name one folder.");
  if (values.prune && command !== "push" && command !== "pull")
    throw new UsageError("--prune goes with push and pull.");
  if (command === "import")
    return importTools(folder, values, existsSync(folder) ? filesOf(folder) : new Map());
  for (const option of ["curl", "response", "openapi", "operation", "name"] as const)
    if (values[option] !== undefined) throw new UsageError(`--${option} goes with import.`);
  const { url, key } = instanceOptions(values);
  const api = new Api({ url, key: key(), tries: 3, timeoutMs: 60_000 });
  if (command !== "pull" && !existsSync(folder))
    throw new CommandError(`There is no folder ${folder}.`);
  const stored = await readAll(api);
  switch (command) {
    case "push":
      return push(api, folder, stored, values.prune === true);
    case "pull":
      return pull(folder, stored, values.prune === true);
    case "diff":
      return diff(folder, stored);
    default:
      return test(api, folder);
  }
});

/** Everything is read before anything is stored: a file that is wrong stops the whole. */
async function push(
  api: Api,
  folder: string,
  stored: Map<Name, Content>,
  prune: boolean,
): Promise<number> {
  const files = readFolder(folder);
  const { changed: different, removed } = compare(files, stored);
  // A wrong path looks like this, and a tool that is made anew has another signing secret.
  if (prune && files.size === 0 && removed.length > 0)
    throw new CommandError(
      `${folder} holds no item: nothing is pruned, for that would remove all.`,
    );
  const isDifferent = new Set(different.map(([name]) => name));
  const changed = [...files].filter(
    ([name, content]) => isDifferent.has(name) || secretsOf(name, content).secrets,
  );
  let failed = 0;
  const gone = prune ? removed : [];
  const isTool = (name: Name): boolean => name.startsWith("tools/");
  // First: an item under its new name would else contradict itself under its old one.
  failed += await remove(
    api,
    gone.filter((name) => !isTool(name)),
  );
  let put = 0;
  for (const [name, content] of changed) {
    try {
      const secrets = secretsOf(name, content);
      const { body } = await api.put<Checked>(`/v1/${name}`, { ...content, ...secrets });
      put++;
      console.log(`stored   ${name}`);
      warn(name, body);
    } catch (error) {
      failed++;
      console.error(`failed   ${name}: ${reasonOf(error)}`);
    }
  }
  // Last: what is stored now may call them no longer.
  failed += await remove(api, gone.filter(isTool));
  const kept = prune ? 0 : removed.length;
  console.log(`${put} stored, ${failed} failed, ${gone.length} removed.`);
  if (kept > 0) console.log(`${kept} on the instance are not in the folder; --prune removes them.`);
  return failed > 0 ? 1 : 0;
}

/** @returns how many could not be removed */
async function remove(api: Api, names: Name[]): Promise<number> {
  let failed = 0;
  for (const name of names) {
    try {
      await api.delete(`/v1/${name}`);
      console.log(`removed  ${name}`);
    } catch (error) {
      failed++;
      console.error(`kept     ${name}: ${reasonOf(error)}`);
    }
  }
  return failed;
}

interface Checked {
  overlaps: { id: string; wording: string }[];
  also_matches: { text: string; from: string }[];
  signing_secret?: string;
  missing_secrets?: string[];
}

function warn(
  name: Name,
  { overlaps, also_matches, signing_secret, missing_secrets = [] }: Checked,
): void {
  if (signing_secret !== undefined)
    console.log(`         its calls are signed with ${signing_secret} (shown this once)`);
  for (const header of missing_secrets)
    console.log(
      `         is not called yet: set ${variableOf(name, header)} to the value of ${header}, and push again`,
    );
  for (const { id, wording } of overlaps)
    console.log(`         overlaps with ${id}: both apply to “${wording}”`);
  for (const { text, from } of also_matches)
    console.log(
      `         also applies to the ${from === "visitor" ? "message" : "title"} “${text}”`,
    );
}

function pull(folder: string, stored: Map<Name, Content>, prune: boolean): number {
  const kept = filesOf(folder);
  for (const [name, content] of stored) {
    const isText = name.startsWith("answers/") || name.startsWith("guidance/");
    const file = kept.get(name) ?? path.join(folder, `${name}.${isText ? "md" : "yaml"}`);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, file.endsWith(".md") ? toFile(content) : toYaml(content));
  }
  if (prune && existsSync(folder))
    for (const name of filesOf(folder).keys())
      if (!stored.has(name)) rmSync(filesOf(folder).get(name) ?? "");
  console.log(`${stored.size} written.`);
  return 0;
}

function diff(folder: string, stored: Map<Name, Content>): number {
  const { changed, removed } = compare(readFolder(folder), stored);
  for (const [name, content] of changed) {
    const old = stored.get(name);
    console.log(
      old ? `changed  ${name}: ${changedFields(old, content).join(", ")}` : `new      ${name}`,
    );
  }
  for (const name of removed) console.log(`missing  ${name} (on the instance only)`);
  if (changed.length + removed.length === 0) console.log("No difference.");
  return changed.length + removed.length > 0 ? 1 : 0;
}

function changedFields(old: Content, content: Content): string[] {
  const names = new Set([...Object.keys(old), ...Object.keys(content)]);
  return [...names].filter((name) => !isDeepStrictEqual(old[name], content[name]));
}

function compare(
  files: Map<Name, Content>,
  stored: Map<Name, Content>,
): { changed: [Name, Content][]; removed: Name[] } {
  return {
    changed: [...files].filter(([name, content]) => !isDeepStrictEqual(stored.get(name), content)),
    removed: [...stored.keys()].filter((name) => !files.has(name)),
  };
}

/** @throws CommandError that names each file that is wrong, and why */
function readFolder(folder: string): Map<Name, Content> {
  const items = new Map<Name, Content>();
  const problems: string[] = [];
  for (const [name, file] of filesOf(folder)) {
    try {
      items.set(name, readItem(name, readFileSync(file, "utf8")));
    } catch (error) {
      const reasons = error instanceof z.ZodError ? issuesOf(error) : [reasonOf(error)];
      problems.push(...reasons.map((reason) => `${file}: ${reason}`));
    }
  }
  if (problems.length > 0) throw new CommandError(problems.join("\n"));
  return items;
}

function issuesOf({ issues }: z.ZodError): string[] {
  return issues.map(({ path: field, message, code }) => {
    const isMissing = code === "invalid_type" && message.endsWith("received undefined");
    if (isMissing && field[0] === "text") return "write what is said below the front matter.";
    const name = field.join(".");
    return isMissing ? `${name} is missing.` : `${name ? `${name}: ` : ""}${message}`;
  });
}

/** The folder's files by the name of their item. */
function filesOf(folder: string): Map<Name, string> {
  const files = FOLDERS.flatMap((kind): [Name, string][] => {
    const own = path.join(folder, kind);
    if (!existsSync(own)) return [];
    return readdirSync(own)
      .filter((file) => /\.(?:md|ya?ml)$/.test(file))
      .map((file) => [`${kind}/${file.replace(/\.\w+$/, "")}`, path.join(own, file)]);
  });
  const names = files.map(([name]) => name);
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice !== undefined) throw new CommandError(`Two files are called ${twice}.`);
  return new Map(files);
}

function readItem(name: Name, source: string): Content {
  const [kind, id] = name.split("/") as [Folder, string];
  if (!ID.test(id))
    throw new Error("its name takes lower-case letters, digits, dots, hyphens and underscores");
  const { fields, body } = /^\s*---/.test(source)
    ? readFrontMatter(source)
    : { fields: parse(source) as Content, body: "" };
  const text = body.trim();
  const isInstruction = kind === "guidance" && fields.action === undefined;
  const isText = kind === "answers" || kind === "guidance";
  const field = isText ? (isInstruction ? "instruction" : "text") : "description";
  const said = text === "" ? {} : { [field]: text };
  return plain(SCHEMAS[kind].parse({ ...asTexts(fields), ...said }));
}

/** YAML reads a date without quotes as one; the API takes its text. */
function asTexts(fields: Content): Content {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      value instanceof Date ? value.toISOString().replace(/T00:00:00\.000Z$/, "") : value,
    ]),
  );
}

function plain(content: object): Content {
  return JSON.parse(JSON.stringify(content)) as Content;
}

function toFile(content: Content): string {
  const isSaid = typeof content.text === "string";
  const { text, instruction, ...fields } = content;
  const body = isSaid ? text : instruction;
  return `---\n${toYaml(fields)}---\n\n${typeof body === "string" ? body : ""}\n`;
}

/** Without what is empty. */
function toYaml(fields: Content): string {
  const shown = Object.entries(fields).filter(
    ([, value]) => !(Array.isArray(value) && value.length === 0) && !isDeepStrictEqual(value, {}),
  );
  return stringify(Object.fromEntries(shown));
}

/** @throws CommandError with what to do where the instance refuses the key or cannot be reached */
async function readAll(api: Api): Promise<Map<Name, Content>> {
  try {
    return await readInstance(api);
  } catch (error) {
    throw error instanceof ApiError ? new CommandError(explain(api.url, error)) : error;
  }
}

async function readInstance(api: Api): Promise<Map<Name, Content>> {
  const items = new Map<Name, Content>();
  for (const kind of FOLDERS) {
    let cursor: string | null = "";
    while (cursor !== null) {
      const query: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
      const { body }: { body: Record<Folder, Content[]> & { next_cursor: string | null } } =
        await api.get(`/v1/${kind}?limit=200${query}`);
      for (const view of body[kind])
        items.set(
          `${kind}/${String(view.id)}`,
          Object.fromEntries(Object.entries(view).filter(([name]) => !VIEW_FIELDS.has(name))),
        );
      cursor = body.next_cursor;
    }
  }
  return items;
}

/** Plays the messages as a visitor's first ones. */
async function test(api: Api, folder: string): Promise<number> {
  const file = path.join(folder, "tests.yaml");
  if (!existsSync(file)) throw new CommandError(`There is no ${file}.`);
  const { data, error } = testsSchema.safeParse(parse(readFileSync(file, "utf8")));
  if (error) throw new CommandError(`${file}: ${issuesOf(error).join("; ")}`);
  let failed = 0;
  for (const { message, expect, page } of data) {
    const applied = await play(api, message, page);
    const isRight = applied.includes(expect);
    if (!isRight) failed++;
    console.log(
      `${isRight ? "ok    " : "FAILED"} “${message}”: ${applied.join(", ")}${isRight ? "" : `, not ${expect}`}`,
    );
  }
  console.log(`${data.length - failed} of ${data.length} as expected.`);
  return failed > 0 ? 1 : 0;
}

interface Turn {
  conversation_id: string;
  message_id: string;
  rung: string;
  outcome: string;
}

async function play(api: Api, message: string, page: string | undefined): Promise<string[]> {
  const metadata = { source: "guidance test", ...(page !== undefined && { page }) };
  const { body: turn } = await api.post<Turn>("/v1/chat", { message, metadata });
  const { body: conversation } = await api.get<{
    messages: { id: string; applied?: { kind: string; id: string }[] }[];
  }>(`/v1/conversations/${turn.conversation_id}`);
  const own = conversation.messages.find(({ id }) => id === turn.message_id)?.applied ?? [];
  const names = own.map(({ kind, id }) => `${FOLDER_OF[kind] ?? kind}/${id}`);
  const isFound = turn.outcome === "answered" && turn.rung !== "owner";
  return [
    ...names,
    ...(isFound ? ["documents"] : []),
    ...(names.length === 0 && !isFound ? ["none"] : []),
  ];
}
