import type { MarkedText, Span, Style } from "./marked-text.ts";

/** The letter of each style. Those that have a value store it behind the letters; a quotation in a quotation has its letter twice. */
const LETTERS = {
  strong: "b",
  emphasis: "i",
  deleted: "d",
  code: "c",
  link: "a",
  fence: "f",
  row: "t",
  quoted: "q",
  paragraph: "p",
  line: "n",
  image: "h",
  repeated: "r",
} as const;

/** The spans of a text as they are stored: start, length, letters and, where a style has one, its value. Each is one array of JSON. */
export type StoredMarks = [start: number, length: number, letters: string, value?: string][];

export function toStored(spans: readonly Span[]): StoredMarks {
  return spans.map(({ start, end, style }) => {
    const value = style.link ?? style.fence;
    const mark = [start, end - start, lettersOf(style)] as const;
    return value === undefined ? [...mark] : [...mark, value];
  });
}

function lettersOf({ ends, hidden, quoted = 0, ...style }: Style): string {
  const names = (Object.keys(style) as (keyof typeof style)[]).filter(
    (name) => style[name] !== undefined,
  );
  const others = [ends, hidden].filter((name) => name !== undefined);
  return [...names, ...others].map((name) => LETTERS[name]).join("") + "q".repeat(quoted);
}

/** @param stored JSON of {@link StoredMarks}; null for a text that is not marked, or was stored before texts were */
export function fromStored(text: string, stored: string | null | undefined): MarkedText {
  const marks = stored ? (JSON.parse(stored) as StoredMarks) : [];
  const spans = marks.map(([start, length, letters, value]) => {
    return { start, end: start + length, style: styleOf(letters, value) };
  });
  return { text, spans };
}

function styleOf(letters: string, value = ""): Style {
  const has = (name: keyof typeof LETTERS): boolean => letters.includes(LETTERS[name]);
  const style: Style = {};
  if (has("strong")) style.strong = true;
  if (has("emphasis")) style.emphasis = true;
  if (has("deleted")) style.deleted = true;
  if (has("code")) style.code = true;
  if (has("link")) style.link = value;
  if (has("fence")) style.fence = value;
  if (has("row")) style.row = true;
  if (has("paragraph")) style.ends = "paragraph";
  if (has("line")) style.ends = "line";
  if (has("image")) style.hidden = "image";
  if (has("repeated")) style.hidden = "repeated";
  const quoted = letters.split(LETTERS.quoted).length - 1;
  if (quoted > 0) style.quoted = quoted;
  return style;
}
