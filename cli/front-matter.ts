import { parse as parseToml } from "smol-toml";
import { parseDocument } from "yaml";

/** A document's text, and the fields in front of it. */
export interface FrontMatter {
  fields: Record<string, unknown>;
  body: string;
}

const OPENS = /^\uFEFF?(?:[ \t]*\r?\n)*(---|\+\+\+|;;;)(json|toml|yaml)?[ \t]*\r?\n/;
const ENDS: Record<string, RegExp> = {
  "---": /^(?:---|\.\.\.)[ \t]*\r?$/m,
  "+++": /^\+\+\+[ \t]*\r?$/m,
  ";;;": /^;;;[ \t]*\r?$/m,
};
/** How many braces at the ends of lines may be that of the object. */
const JSON_ENDS = 200;
const JSON_OPENS = /^\uFEFF?\s*\{[ \t]*\r?\n?[ \t]*"/;
/** What may be meant as the start of front matter, and how far it is then looked through for an audience. */
const UNREAD_OPENS = /^\uFEFF?\s*(?:---|\+\+\+|;;;|\{[ \t]*(?:\r?\n[ \t]*)?"|<!--)/;
const UNREAD_CHARACTERS = 5000;
const UNREAD_LINES = 40;
const NAMES_AUDIENCE = /^\s*(?:\{.*)?["']?audience["']?\s*[:=]/;
/** A field at the start of a line, in YAML. */
const KEY = /^(?:"([^"\n]+)"|'([^'\n]+)'|([A-Za-z_$][\w$. -]*?))[ \t]*:(?=[ \t]|$)/;

/**
 * Reads YAML, TOML (`+++`) or JSON (`;;;` or an object) in front of a text. What the file's own site generator accepts is
 * accepted: where the whole cannot be parsed, each field is read alone.
 * @throws Error when there is an audience that cannot be read, because everybody could read the document without it
 */
export function readFrontMatter(source: string): FrontMatter {
  const object = JSON_OPENS.test(source) ? readObject(source) : undefined;
  if (object) return object;
  const none = (): FrontMatter => {
    refuseUnreadAudience(source);
    return { fields: {}, body: source.replace(/^\uFEFF/, "") };
  };
  const [whole = "", mark = "", language] = OPENS.exec(source) ?? [];
  const rest = source.slice(whole.length);
  const end = ENDS[mark]?.exec(rest);
  if (!end) return none();
  const text = rest.slice(0, end.index).replaceAll("\r\n", "\n");
  const fields = parse(text, language ?? { "---": "yaml", "+++": "toml", ";;;": "json" }[mark]);
  // A rule at the start of a document, and text up to the next one.
  if (!fields || /^\s*\n\s*[A-Z]/.test(text)) return none();
  if (!("audience" in fields)) refuseLostAudience(text, fields);
  return { fields, body: rest.slice(end.index + end[0].length) };
}

function parse(text: string, language: string | undefined): Record<string, unknown> | undefined {
  if (language === "json")
    return recordIn(() => JSON.parse(`{${text.trim().replace(/^\{|\}$/g, "")}}`)) ?? byLine(text);
  if (language === "toml") return recordIn(() => parseToml(text)) ?? tomlByLine(text);
  if (text.trim() === "") return {};
  return recordIn(() => parseYaml(text)) ?? byLine(text);
}

/** @throws Error where the text is no YAML */
function parseYaml(text: string): unknown {
  const parsed = parseDocument(text, { logLevel: "silent", merge: true });
  const [problem] = parsed.errors;
  if (problem) throw problem;
  // A text of comments has no fields.
  return parsed.toJS({ maxAliasCount: 100 }) ?? {};
}

function recordIn(read: () => unknown): Record<string, unknown> | undefined {
  try {
    const value = read();
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** The fields of text that is not YAML as a whole, each parsed alone; the last of two fields of one name counts. */
function byLine(text: string): Record<string, unknown> | undefined {
  const fields = new Map<string, string[]>();
  const audiences: string[] = [];
  let current: string[] | undefined;
  let isComplete = true;
  for (const line of text.split("\n")) {
    const [, double, single, bare] = KEY.exec(line) ?? [];
    const name = double ?? single ?? bare;
    if (name === undefined || (!isComplete && !KEY.test(line))) current?.push(line);
    else {
      if (name === "audience") audiences.push(line);
      current = [line.replace(KEY, "").trim()];
      fields.set(name, current);
    }
    isComplete = current === undefined || !/^(["'])(?:(?!\1).)*$/s.test(current.join(" "));
  }
  if (fields.size === 0) return undefined;
  if (audiences.length > 1 || (audiences.length === 0 && hasAudience(text))) throw audienceError();
  return Object.fromEntries(Array.from(fields, ([name, lines]) => [name, valueOf(name, lines)]));
}

function valueOf(name: string, [first = "", ...others]: string[]): unknown {
  const lines = others.map((line) => line.replaceAll("\t", "  "));
  const parsed = recordIn(() => parseYaml([`value: ${first}`, ...lines].join("\n")));
  if (parsed) return parsed.value;
  if (name === "audience") throw audienceError();
  const text = [first, ...lines.map((line) => line.trim())].join(" ").trim();
  return text
    .replace(/^(["'])([\s\S]*?)\1?$/, "$2")
    .replace(/\\"/g, '"')
    .trim();
}

/** The same for TOML: single lines, of which each is parsed alone. */
function tomlByLine(text: string): Record<string, unknown> | undefined {
  const fields: Record<string, unknown> = {};
  for (const line of text.split("\n")) {
    if (/^\s*\[/.test(line)) break;
    const [, name, value = ""] = /^\s*["']?([\w-]+)["']?\s*=\s*(.*)$/.exec(line) ?? [];
    if (name === undefined) continue;
    const read = recordIn(() => parseToml(line));
    if (!read && name === "audience") throw audienceError();
    fields[name] = read ? read[name] : value.replace(/^(["'])(.*?)\1?$/, "$2").trim();
  }
  if (!("audience" in fields) && hasAudience(text)) throw audienceError();
  return Object.keys(fields).length > 0 ? fields : undefined;
}

/** Front matter that is none for us, but for the one who wrote it: it is not closed, is not valid JSON, or has another mark. */
function refuseUnreadAudience(source: string): void {
  if (!UNREAD_OPENS.test(source)) return;
  const head = source.slice(0, UNREAD_CHARACTERS).split("\n").slice(0, UNREAD_LINES);
  if (hasAudience(head.join("\n"))) throw audienceError();
}

/** Whether a line, however it is indented, begins with the name of the field. */
function hasAudience(text: string): boolean {
  return text.split("\n").some((line) => NAMES_AUDIENCE.test(line));
}

/** A field at any depth that names an audience, where none was read. */
function refuseLostAudience(text: string, fields: Record<string, unknown>): void {
  if (namesAudience(fields) || /^["']?audience["']?[ \t]*[:=]/m.test(text)) throw audienceError();
}

function namesAudience(value: unknown, depth = 0): boolean {
  if (typeof value !== "object" || value === null || depth > 8) return false;
  return Object.entries(value).some(
    ([name, member]) => /^audiences?$/i.test(name) || namesAudience(member, depth + 1),
  );
}

function audienceError(): Error {
  return new Error(
    "front matter: the audience cannot be read; the document is not uploaded, because everybody could read it",
  );
}

/** JSON in front of a text: an object that ends with its line. */
function readObject(source: string): FrontMatter | undefined {
  const text = source.replace(/^\uFEFF/, "");
  for (const { index } of text.matchAll(/\}[ \t]*\r?(?:\n|$)/g).take(JSON_ENDS)) {
    const fields = recordIn(() => JSON.parse(text.slice(0, index + 1)));
    if (fields) {
      if (!("audience" in fields)) refuseLostAudience("", fields);
      return { fields, body: text.slice(index + 1) };
    }
    if (index > 20_000) return undefined;
  }
  return undefined;
}
