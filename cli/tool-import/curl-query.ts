import { decoded } from "./address.ts";
import { exampleField } from "./example-field.ts";
import { asFieldName, isFieldName } from "./names.ts";
import type { Notes } from "./notes.ts";
import { isPlaceholder, isSecretName, looksSecret } from "./secrets.ts";
import type { Inputs } from "./tool-draft.ts";

/** How a list is shown, and what of it: the owner sets that once. */
const FIXED =
  /^\$?(?:limit|per_?page|page_?size|page|offset|top|fields?|expand|includes?|select|sort(?:_?by)?|order_?by|direction|format|(?:api[-_]?)?version|v|pretty)(?:\[.*)?$/i;

/** One `name=value` of an address. */
export interface QueryPart {
  name: string;
  value: string;
  /** The text of a part that stays as it is. */
  fixed?: string;
  /** The name of a part that becomes a property; without both, the address gets a place for it. */
  property?: string;
}

/** @param needsPlaces whether the address alone can hold them, because other properties go into a body */
export function readQuery(parts: string[], needsPlaces: boolean, notes: Notes): QueryPart[] {
  const seen = new Set<string>();
  return parts.flatMap((part): QueryPart[] => {
    const [, name = "", value = ""] = (/^([^=]*)(?:=(.*))?$/s.exec(part) ?? []).map((one) =>
      decoded((one ?? "").replaceAll("+", " ")),
    );
    if (isSecretName(name) || looksSecret(name)) {
      const shown = looksSecret(name) ? "a part without a name" : name;
      notes.addName(
        "Left out: secrets in the address, where its file would show them. A tool sends secrets in headers only",
        shown,
      );
      return [];
    }
    if (isFixed(name, value, part)) {
      notes.addName(
        "Fixed in the address. Write a place such as {limit}, and its property, where one changes",
        name,
      );
      return [{ name, value, fixed: literal(part) }];
    }
    if (seen.has(name)) {
      notes.addName("Given several times, of which a tool sends one", name);
      return [];
    }
    seen.add(name);
    return [{ name, value, ...(!needsPlaces && isFieldName(name) && { property: name }) }];
  });
}

function isFixed(name: string, value: string, part: string): boolean {
  if (!part.includes("=")) return true;
  const isShown = FIXED.test(name) || (/^order$/i.test(name) && /^(?:asc|desc)/i.test(value));
  return isShown && !looksSecret(value) && !isPlaceholder(value);
}

function literal(part: string): string {
  return part.replace(/[{}<>"'\s]/g, (character) => encodeURIComponent(character));
}

/** What of it stands in the address. */
export function queryText({ name, value, fixed, property }: QueryPart, inputs: Inputs): string[] {
  if (fixed !== undefined) return [fixed];
  if (property !== undefined) return [];
  const place = inputs.addPlace(asFieldName(name), exampleField(value));
  return [`${encodeURIComponent(name)}={${place}}`];
}
