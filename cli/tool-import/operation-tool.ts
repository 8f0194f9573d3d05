import { ownLine } from "../../src/playbook/fields.ts";
import { noteHost } from "./address.ts";
import { isHeader } from "./headers.ts";
import { asJson, asList, asText, References, type Json, type Reading } from "./json-schema.ts";
import { asTitle, asToolName } from "./names.ts";
import { Notes } from "./notes.ts";
import { findOperation, type OpenApiDocument, type Operation } from "./openapi-document.ts";
import { addBody, addQuery, parametersOf, pathOf, schemaFor } from "./operation-inputs.ts";
import { NO_OUTPUT, outputOf } from "./output-fields.ts";
import { isSecretName } from "./secrets.ts";
import { secretHeadersOf } from "./security.ts";
import { checkName, finish, Inputs, type Draft, type ImportedTool } from "./tool-draft.ts";

const MAX_TITLE = 80;
const MAX_ADDRESS = 1000;
const UNKNOWN_HOST = "your-api.example";

/**
 * Makes a tool of one operation. Nothing is fetched.
 * @param wanted its operationId, or `GET /path`
 * @throws CommandError where there is no such operation, or a tool cannot call it
 */
export function importOperation(
  document: OpenApiDocument,
  wanted: string,
  name?: string,
): ImportedTool {
  const found = findOperation(document, wanted);
  const { root } = document;
  const notes = new Notes();
  const references = new References(root);
  const item = asJson(references.follow(asJson(root.paths)[found.path]).value);
  const operation = asJson(item[found.method.toLowerCase()]);
  const input: Reading = { references, notes, side: "input" };
  const inputs = new Inputs(notes);
  const parameters = parametersOf(item, operation, input);
  const inPlace = (place: string) => parameters.filter((one) => one.place === place);

  const server = serverOf(asList(operation.servers ?? item.servers ?? root.servers), notes);
  // The names in query and body are the API's own. Those in the address give way, so they come last.
  const query = addQuery(inPlace("query"), found.method, inputs, input);
  addBody(operation, found.method, inputs, input);
  const path = pathOf(found.path, inPlace("path"), inputs, input);
  const header = headersOf(inPlace("header"), input);
  for (const { name } of inPlace("cookie"))
    notes.addName("Left out: cookies. A tool sends none", name);
  if (operation.deprecated === true) notes.add("The document calls the operation deprecated.");
  return finish(
    {
      name: name === undefined ? asToolName(found.id) : checkName(name),
      title: titleOf(operation),
      description: describe(found, operation, notes),
      method: found.method,
      host: server.host,
      path: `${server.path}${path}`,
      query: query.map((text) => text()),
      inputs,
      headers: header.fixed,
      output: responseOf(found, operation, { ...input, side: "output" }),
      secretNames: [...secretHeadersOf(root, operation, references, notes), ...header.secret],
    } satisfies Draft,
    notes,
  );
}

function titleOf({ summary, operationId }: Json): string | undefined {
  const title = ownLine.safeParse(asText(summary)?.replace(/\.$/, "")).data;
  if (title !== undefined && title.length <= MAX_TITLE) return title;
  const id = asText(operationId);
  return id === undefined ? undefined : ownLine.safeParse(asTitle(id)).data;
}

function describe(
  { method, path }: Operation,
  { summary, description }: Json,
  notes: Notes,
): string {
  const texts = [asText(summary), asText(description)].filter((one) => one !== undefined);
  if (texts.length > 0) return [...new Set(texts)].join("\n\n");
  notes.add(
    "Write into description what the tool does and when it is of use: a language model chooses it by that.",
  );
  return `${method} ${path}`;
}

interface Server {
  host: string;
  /** Without a slash at its end. */
  path: string;
}

/** The first server that can be called. Where there is none, a name that is nobody's stands in the file. */
function serverOf(servers: unknown[], notes: Notes): Server {
  const [first = "", ...more] = servers.map((one) => addressOf(asJson(one), notes));
  for (const one of more) notes.addName("Other servers that the document names", one);
  const url = URL.parse(first.replace(/^http:/i, "https:"));
  const isUsable =
    url?.protocol === "https:" &&
    !url.port &&
    !url.username &&
    !url.password &&
    !url.search &&
    !/^\.|\.\./.test(url.hostname);
  if (!url || !isUsable) {
    notes.add(
      `The document names no server that a tool can call${first ? ` (${first.slice(0, 100)})` : ""}: write your host into url in place of ${UNKNOWN_HOST}.`,
    );
    const path = first.startsWith("/") ? first : (url?.pathname ?? "");
    return { host: UNKNOWN_HOST, path: path.replace(/[{}?#].*$|\/+$/g, "") };
  }
  if (/^http:/i.test(first))
    notes.add("The document names an http server. The tool calls it by https.");
  noteHost(url.hostname, notes);
  return { host: url.hostname, path: url.pathname.replace(/\/+$/, "") };
}

function addressOf({ url, variables }: Json, notes: Notes): string {
  return (asText(url) ?? "")
    .slice(0, MAX_ADDRESS)
    .trim()
    .replace(/\{([^{}]+)\}/g, (_whole, name: string) => {
      const known = asJson(variables);
      const value =
        asText(asJson(Object.hasOwn(known, name) ? known[name] : undefined).default) ?? "";
      notes.addName(
        "Parts of the server's address that have the document's default in url",
        `${name} (${value})`,
      );
      return encodeURI(value.toWellFormed());
    });
}

/** Header parameters that have one value go into the file, secrets by name; others are left to the owner. */
function headersOf(
  parameters: ReturnType<typeof parametersOf>,
  { references, notes }: Reading,
): { fixed: Draft["headers"]; secret: string[] } {
  const fixed: Draft["headers"] = [];
  const secret: string[] = [];
  for (const { name, schema, isRequired } of parameters) {
    const header = name.toLowerCase();
    const { enum: values, default: usual } = asJson(references.follow(schema).value);
    const only = asList(values).length === 1 ? asList(values)[0] : usual;
    // OpenAPI says that a parameter of these names means nothing: security and media types tell them.
    if (/^(?:accept|content-type|authorization)$/.test(header)) continue;
    if (!isHeader(header))
      notes.addName("Left out: headers that a tool sets itself or cannot have", header);
    else if (isSecretName(header)) secret.push(header);
    else if (typeof only === "string" || typeof only === "number")
      fixed.push([header, String(only)]);
    else
      notes.addName(
        isRequired
          ? "Headers that the API requires, and whose value headers has to give"
          : "Left out: optional headers",
        header,
      );
  }
  return { fixed, secret };
}

function responseOf({ id }: Operation, { responses }: Json, reading: Reading): Draft["output"] {
  const { references, notes } = reading;
  const good = Object.entries(asJson(responses)).filter(([status]) =>
    /^2(?:\d\d|xx)$/i.test(status),
  );
  const read = good
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([status, node]) => {
      const { content } = asJson(references.follow(node).value);
      return { status, content, schema: schemaFor(content) };
    });
  const [used, ...others] = read.filter(({ schema }) => schema !== undefined);
  if (!used) {
    const isOther = read.some(({ content }) => Object.keys(asJson(content)).length > 0);
    notes.add(
      isOther
        ? "The operation returns no JSON, and a tool reads a JSON object only."
        : "The document describes no JSON response. Declare in output the fields that the tool may use.",
    );
    return NO_OUTPUT;
  }
  for (const { status } of others)
    notes.addName(`The output is that of status ${used.status}; not used`, status);
  return outputOf(used.schema, reading, id);
}
