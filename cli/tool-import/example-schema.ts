import type { Json } from "./json-schema.ts";

const MAX_NESTED = 20;
const MAX_ITEMS = 50;

/** The JSON Schema that one example of a result suggests. What has no type in it is not known. */
export function schemaOfExample(value: unknown, nested = 0): Json {
  if (nested > MAX_NESTED || value === null) return { type: "null" };
  if (Array.isArray(value)) {
    const items = value.slice(0, MAX_ITEMS).map((item) => schemaOfExample(item, nested + 1));
    return { type: "array", items: common(items) };
  }
  switch (typeof value) {
    case "object":
      return {
        type: "object",
        properties: Object.fromEntries(
          Object.entries(value).map(([name, one]) => [name, schemaOfExample(one, nested + 1)]),
        ),
      };
    case "string":
      return { type: "string", ...(/^\d{4}-\d\d-\d\d$/.test(value) && { format: "date" }) };
    // 12 in the example may be 12.5 in the next result.
    default:
      return { type: typeof value };
  }
}

/** What the items of a list have in common: the fields of all of them, and of each the type if it is one. */
function common(schemas: Json[]): Json {
  const real = schemas.filter(({ type }) => type !== "null");
  const [first] = real;
  if (!first || real.some(({ type }) => type !== first.type)) return {};
  switch (first.type) {
    case "object": {
      const fields = real.flatMap(({ properties }) =>
        Object.entries(properties as Record<string, Json>),
      );
      const byName = Map.groupBy(fields, ([name]) => name);
      const properties = Array.from(byName, ([name, all]) => [
        name,
        common(all.map(([, one]) => one)),
      ]);
      return { type: "object", properties: Object.fromEntries(properties) as Json };
    }
    case "array":
      return { type: "array", items: common(real.map(({ items }) => items as Json)) };
    default:
      return real.every(({ format }) => format === first.format) ? first : { type: first.type };
  }
}
