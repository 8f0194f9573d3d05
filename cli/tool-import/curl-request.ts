import { parseArgs } from "node:util";
import { CommandError } from "../command.ts";
import { CURL_OPTIONS, isReadOption, NOTED, REFUSED, type ReadOption } from "./curl-options.ts";
import type { Notes } from "./notes.ts";
import { curlWords } from "./shell-words.ts";

type Pair = [name: string, value: string];

/** What a curl command asks for. */
export interface CurlRequest {
  method: string;
  url: string;
  /** As they are given: the values of some are secrets. */
  headers: Pair[];
  /** `name=value` texts that go behind the `?` beside those of the address. */
  query: string[];
  /** What it sends: one text, or the fields of a multipart form. */
  body: string | Pair[] | undefined;
  /** `user:password`. */
  credentials: string | undefined;
}

/** @throws CommandError where the command cannot be read, or does what no single call with values does */
export function readCurl(command: string, notes: Notes): CurlRequest {
  const given = optionsOf(curlWords(command), notes);
  const all = (...names: ReadOption[]): string[] =>
    given.filter(({ name }) => names.includes(name)).map(({ value }) => value);
  const has = (name: ReadOption): boolean => given.some((one) => one.name === name);

  const [url, ...more] = all("url");
  if (url === undefined) throw new CommandError("The command has no address.");
  if (more.length > 0)
    throw new CommandError("The command has several addresses. Import one at a time.");
  const data = given.flatMap(dataOf);
  const form = given.flatMap(formOf);
  if (data.length > 0 && form.length > 0)
    throw new CommandError("The command has both -d and -F, which curl refuses.");
  const isQuery = has("get");
  const json = all("json").join("");
  const sent = data.length > 0 ? data.join("&") : json || undefined;
  const body = form.length > 0 ? form : isQuery ? undefined : sent;
  const bearer = all("oauth2-bearer").map((token): Pair => ["authorization", `Bearer ${token}`]);
  return {
    method: methodOf(all("request").at(-1), has("head"), body !== undefined),
    url,
    headers: [
      ...bearer,
      ...(json ? [["content-type", "application/json"] satisfies Pair] : []),
      ...all("cookie").map((value): Pair => ["cookie", value]),
      ...all("user-agent").map((value): Pair => ["user-agent", value]),
      ...all("referer").map((value): Pair => ["referer", value]),
      ...all("header").flatMap(headerOf),
    ],
    query: [
      ...all("url-query").map(encoded),
      ...(isQuery && sent !== undefined ? sent.split("&") : []),
    ].filter((one) => one !== ""),
    body,
    credentials: all("user").at(-1),
  };
}

function methodOf(given: string | undefined, isHead: boolean, hasBody: boolean): string {
  if (given !== undefined) return given.toUpperCase();
  return isHead ? "HEAD" : hasBody ? "POST" : "GET";
}

interface Given {
  name: ReadOption;
  value: string;
}

function optionsOf(words: string[], notes: Notes): Given[] {
  const { tokens } = parseArgs({
    args: words,
    options: CURL_OPTIONS,
    allowPositionals: true,
    // An option's value may begin with a hyphen, which strict reading refuses.
    strict: false,
    tokens: true,
  });
  return tokens.flatMap((token): Given[] => {
    if (token.kind === "positional") return [{ name: "url", value: token.value }];
    if (token.kind === "option-terminator") return [];
    const { name, rawName } = token;
    refuseOption(name, rawName, token.value);
    if (Object.hasOwn(NOTED, name))
      notes.add(`Without curl's ${rawName}: ${NOTED[name as keyof typeof NOTED].why}.`);
    return isReadOption(name) ? [{ name, value: token.value ?? "" }] : [];
  });
}

function refuseOption(name: string, written: string, value: string | undefined): void {
  if (Object.hasOwn(REFUSED, name))
    throw new CommandError(
      `curl's ${written} ${REFUSED[name as keyof typeof REFUSED].why}: a tool cannot.`,
    );
  const known = Object.hasOwn(CURL_OPTIONS, name) ? CURL_OPTIONS[name] : undefined;
  if (!known && !written.startsWith("--no-"))
    throw new CommandError(
      `The import does not know curl's ${written}. Leave it out if the call does not need it.`,
    );
  if (known?.type === "string" && value === undefined)
    throw new CommandError(`curl's ${written} has no value.`);
}

/** Bodies in files are not read: a pasted command may come from anywhere. */
function dataOf({ name, value }: Given): string[] {
  switch (name) {
    case "data":
    case "data-ascii":
    case "data-binary":
      if (value.startsWith("@")) throw fileError(value);
      return [value];
    case "json":
      if (value.startsWith("@")) throw fileError(value);
      return [];
    case "data-raw":
      return [value];
    case "data-urlencode":
      return [encoded(value)];
    default:
      return [];
  }
}

/** `name=content`, `=content` or `content`, of which curl encodes the content. */
function encoded(value: string): string {
  const [, name, content] = /^([^=]*)=(.*)$/s.exec(value) ?? [];
  if (content !== undefined) return `${name ? `${name}=` : ""}${encodeURIComponent(content)}`;
  if (value.includes("@")) throw fileError(value);
  return encodeURIComponent(value);
}

function formOf({ name, value }: Given): Pair[] {
  if (name !== "form" && name !== "form-string") return [];
  const [, field = "", content] = /^([^=]*)=(.*)$/s.exec(value) ?? [];
  if (content === undefined) throw new CommandError("A field of the form has no =.");
  if (name === "form" && /^[@<]/.test(content)) throw fileError(content);
  // `;type=…` tells the content's type.
  return [
    [field, name === "form" ? content.replace(/;(?:type|filename|headers)=.*$/s, "") : content],
  ];
}

function fileError(value: string): CommandError {
  return new CommandError(
    `The command sends a file, ${value.slice(0, 40)}, which is not read. Write its content into the command.`,
  );
}

function headerOf(line: string): Pair[] {
  if (line.startsWith("@")) throw fileError(line);
  // HTTP/2 writes `:authority`, and curl `Name;` for a header without a value.
  const at = line.slice(1).search(/[:;]/) + 1;
  if (at === 0) throw new CommandError("A header of the command has no colon.");
  const name = line.slice(0, at).trim().toLowerCase();
  const value = line.slice(at + 1).trim();
  // `Name:` tells curl not to send the header.
  return value ? [[name, value]] : [];
}
