import { countriesIn, namesOfCode, spacedWords } from "../language/code-names.ts";

/** What is known of a visitor: the value of each attribute. It is data, and opens no document. */
export type VisitorValues = Readonly<Record<string, string>>;

/** A value that passages about it are preferred for. */
export interface Attribute {
  name: string;
  /** What the value is called; the first name is searched for, the others count as it. */
  names: string[];
  /** The two letters of a country or language, which mean something else within a sentence. */
  code: string | undefined;
  /** Set where the value is a country. */
  country: string | undefined;
}

const CODE = /^([a-z]{2})(?:[-_][a-z]{2,4})?$/i;
const OF_LANGUAGE = /lang|locale/i;

export function toAttributes(values: VisitorValues): Attribute[] {
  return Object.entries(values).map(([name, value]) => {
    const [, code] = CODE.exec(value) ?? [];
    if (OF_LANGUAGE.test(name)) {
      const names = code === undefined ? [] : namesOfCode(code.toLowerCase(), "language");
      return { name, names: names.length > 0 ? names : [value], code, country: undefined };
    }
    const country = code?.toUpperCase() ?? countryCalled(value);
    const names = country === undefined ? [] : namesOfCode(country, "region");
    if (names.length === 0) return { name, names: [value], code: undefined, country: undefined };
    return { name, names, code: country, country };
  });
}

function countryCalled(value: string): string | undefined {
  return countriesIn(value, "en").find((code) =>
    namesOfCode(code, "region").some((name) => spacedWords(name) === spacedWords(value)),
  );
}

/** Whether a text names the value. */
export function isNamedIn(text: string, { names }: Attribute): boolean {
  const said = spacedWords(text);
  return names.some((name) => said.includes(spacedWords(name)));
}

/** Whether a label, such as a heading or the cell of a table, names the value or is its code. */
export function isLabelOf(label: string, attribute: Attribute): boolean {
  const { code = "" } = attribute;
  return label.trim().toUpperCase() === code.toUpperCase() || isNamedIn(label, attribute);
}

/** The values that a field of a document's metadata may have, in lower case. */
export function fieldValues({ names, code }: Attribute): string[] {
  const values = [...names, ...(code === undefined ? [] : [code])];
  // SQLite's lower() leaves all letters but those of ASCII as they are.
  const ascii = values.map((value) => value.replace(/[A-Z]+/g, (run) => run.toLowerCase()));
  return [...new Set([...ascii, ...values.map((value) => value.toLowerCase())])];
}
