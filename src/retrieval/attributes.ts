import { countryCalled, namesOfCode, spacedWords } from "../language/code-names.ts";

/** What is known of a visitor: the value of each attribute. It is data, and opens no document. */
export type VisitorValues = Readonly<Record<string, string>>;

/** A value that passages about it are preferred for. */
export interface Attribute {
  name: string;
  /** As it was given. */
  value: string;
  /** What the value is called; the first name is searched for, the others count as it. */
  names: string[];
  /** The names as they are looked for in a text. */
  spaced: string[];
  /** The two letters of a country or language, which mean something else within a sentence. */
  code: string | undefined;
  /** Set where the value is a country. */
  country: string | undefined;
}

const REGION_CODE = /^[a-z]{2}$/i;
const LANGUAGE_CODE = /^([a-z]{2})(?:[-_][a-z]{2,4})*$/i;
const OF_LANGUAGE = /lang|locale/i;
const OF_REGION = /country|region|land$|pays|pa[ií]s|paese|kraj|market$/i;

export function toAttributes(values: VisitorValues): Attribute[] {
  return Object.entries(values).map(([name, value]) => {
    const known = toNames(name, value);
    return { name, value, ...known, spaced: known.names.map(spacedWords) };
  });
}

function toNames(name: string, value: string): Pick<Attribute, "names" | "code" | "country"> {
  if (OF_LANGUAGE.test(name)) {
    const [, code] = LANGUAGE_CODE.exec(value) ?? [];
    const names = code === undefined ? [] : namesOfCode(code.toLowerCase(), "language");
    return { names: names.length > 0 ? names : [value], code, country: undefined };
  }
  const isCode = OF_REGION.test(name) && REGION_CODE.test(value);
  const country = isCode ? value.toUpperCase() : countryCalled(value, "en");
  const names = country === undefined ? [] : namesOfCode(country, "region");
  if (names.length === 0) return { names: [value], code: undefined, country: undefined };
  return { names, code: country, country };
}

/** Whether a text, as {@link spacedWords}, names the value. */
export function isNamedIn(said: string, { spaced }: Attribute): boolean {
  return spaced.some((name) => said.includes(name));
}

/** Whether a label, such as a heading or the cell of a table, names the value or is its code. */
export function isLabelOf(
  { text, said }: { text: string; said: string },
  attribute: Attribute,
): boolean {
  const { code = "" } = attribute;
  return text.trim().toUpperCase() === code.toUpperCase() || isNamedIn(said, attribute);
}

/** The values that a field of a document's metadata may have, in lower case. */
export function fieldValues({ value, names, code }: Attribute): string[] {
  const values = [value, ...names, ...(code === undefined ? [] : [code])];
  return [...new Set(values.flatMap((one) => [lowerInSql(one), one.toLowerCase()]))];
}

/** As SQLite's lower() writes it, which leaves all letters but those of ASCII as they are. */
function lowerInSql(text: string): string {
  return text.replace(/[A-Z]+/g, (run) => run.toLowerCase());
}

/** A question in the forms in which a field of a document's metadata is looked for in it: words as typed, with a capital, and folded. */
export function sayableForms(text: string): string {
  const typed = text
    .normalize("NFC")
    .split(/\s+/)
    .map((word) => word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{M}\p{N}+#]+$/gu, "").toLowerCase());
  const capital = typed.map((word) => lowerInSql(word.charAt(0).toUpperCase() + word.slice(1)));
  return [typed.join(" "), capital.join(" "), spacedWords(text).trim()]
    .map((form) => ` ${form} `)
    .join("\n");
}
