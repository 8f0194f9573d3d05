import type { AskedField } from "../../src/playbook/fields.ts";

/** The type of an example, and nothing else of it: it may be a customer's. */
export function exampleField(value: unknown): AskedField {
  if (typeof value === "boolean") return { type: "boolean" };
  if (typeof value === "number") return { type: Number.isInteger(value) ? "integer" : "number" };
  const text = String(value);
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return { type: "string", format: "date" };
  if (/^[^\s@{}<>$]+@[^\s@{}<>$]+\.[a-z]{2,}$/i.test(text))
    return { type: "string", format: "email" };
  return { type: "string", ...(text.length > 200 && { maxLength: 1000 }) };
}
