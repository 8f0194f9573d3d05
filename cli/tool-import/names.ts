import { fieldName } from "../../src/playbook/fields.ts";

const MAX_FIELD_NAME = 40;
const MAX_TOOL_NAME = 40;

export function isFieldName(text: string): boolean {
  return fieldName.safeParse(text).success;
}

/** A name for a property whose own name is free to choose, because only a place in the address refers to it. */
export function asFieldName(text: string): string {
  const plain = ascii(text)
    .replace(/[^A-Za-z0-9]+/g, "_")
    .replace(/^[_\d]+|_+$/g, "")
    .slice(0, MAX_FIELD_NAME);
  return isFieldName(plain) ? plain : "value";
}

/** The name, or with a number if it is taken. */
export function uniqueName(wanted: string, isTaken: (name: string) => boolean): string {
  let name = wanted;
  for (let count = 2; isTaken(name); count++)
    name = `${wanted.slice(0, MAX_FIELD_NAME - String(count).length - 1)}_${count}`;
  return name;
}

/** `getOrderById` and `Get order/by id` as `get_order_by_id`. */
export function snakeCase(text: string): string {
  return ascii(text)
    .replace(/([a-z\d])([A-Z])/g, "$1_$2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1_$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
}

export function asToolName(text: string): string {
  const name = snakeCase(text).replace(/^(?=\d)/, "tool_");
  return name.slice(0, MAX_TOOL_NAME).replace(/_+$/, "") || "tool";
}

/** `order_status` as `Order status`. */
export function asTitle(name: string): string {
  const words = snakeCase(name).replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** English plurals, as addresses have them: `orders`, `companies`, `addresses`, `boxes`. */
export function singular(word: string): string {
  if (/(?:ss|us|is|news|series)$/i.test(word)) return word;
  return word
    .replace(/ies$/i, "y")
    .replace(/(ss|x|ch|sh|status|bonus)es$/i, "$1")
    .replace(/s$/i, (last, at: number) => (/ss$/i.test(word.slice(0, at + 1)) ? last : ""));
}

function ascii(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "");
}
