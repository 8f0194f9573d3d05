import type { OpenTool, StepResult } from "../actions/run.ts";
import type { Citation, Source } from "../citations/source.ts";
import type { LanguageCode } from "../language/language.ts";
import type { Fields, ResultField, Value } from "../playbook/fields.ts";

/** What a tool returned, as a source that an answer can cite. */
export function toolSource(n: number, { name, content }: OpenTool, text: string): Source {
  const passage = { chunkId: -n, headingPath: [], text, marks: null, ordinal: 0 };
  return {
    n,
    externalId: `tool:${name}`,
    title: content.title,
    url: null,
    version: 0,
    readerVersion: 0,
    kind: "tool",
    passages: [passage],
  };
}

export function toolCitation({ n, externalId, title, url, passages }: Source): Citation {
  const quote = passages[0]?.text ?? "";
  return { n, externalId, title, url, kind: "tool", quote, quotes: [quote] };
}

/** The lines of a result as a list under its title, in which nothing is Markdown. */
export function listed({ passages }: Source): string {
  const [title = "", ...lines] = (passages[0]?.text ?? "").split("\n");
  const plain = (line: string): string => line.replace(/[\\`*_[\]<>#|~!&]/g, (mark) => `\\${mark}`);
  return [`${title}:`, "", ...lines.map((line) => `- ${plain(line)}`)].join("\n");
}

/** A result in lines, with what was asked for: `Order: 12345`. */
export function toolText(
  { content }: OpenTool,
  { fields }: Pick<StepResult, "fields">,
  values: Record<string, Value>,
  { language, clean }: { language: LanguageCode | null; clean: (text: string) => string },
): string {
  const asked = Object.entries(values).map(([name, value]) => {
    const label = content.input.properties[name]?.title ?? readable(name);
    return `${label}: ${oneLine(clean(String(value)))}`;
  });
  const lines = linesOf(content.output, fields, "", (value, field) =>
    shown(value, field, language, clean),
  );
  return [content.title, ...asked, ...lines].join("\n").slice(0, MAX_CHARACTERS);
}

const MAX_CHARACTERS = 4000;

function linesOf(
  field: ResultField,
  value: unknown,
  label: string,
  show: (value: Value, field: ResultField) => string,
): string[] {
  if (value === undefined || value === null) return [];
  if (field.type === "object") {
    const fields = value as Fields;
    return Object.entries(field.properties).flatMap(([name, one]) => {
      const own = one.title ?? readable(name);
      return linesOf(one, fields[name], label ? `${label}, ${own}` : own, show);
    });
  }
  if (field.type === "array")
    return (value as unknown[]).flatMap((one, at) =>
      linesOf(field.items, one, `${label} ${at + 1}`, show),
    );
  return [`${label}: ${show(value as Value, field)}`];
}

/** A date stands in words, too: answers name days so. */
function shown(
  value: Value,
  field: ResultField,
  language: LanguageCode | null,
  clean: (text: string) => string,
): string {
  if (field.type !== "string" || field.format !== "date") return oneLine(clean(String(value)));
  const date = new Date(`${String(value)}T00:00:00Z`);
  const words = date.toLocaleDateString(language ?? "en", { dateStyle: "long", timeZone: "UTC" });
  return `${String(value)} (${words})`;
}

/** A line of its own would be another field. */
function oneLine(text: string): string {
  return text.replace(/\s+/gu, " ").trim();
}

function readable(name: string): string {
  return name.replaceAll("_", " ");
}
