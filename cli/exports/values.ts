export type Json = Record<string, unknown>;

/** Lists of what articles are sorted into. Their members have names and descriptions, but are no articles. */
export const CONTAINERS = new Set([
  "categories",
  "sections",
  "collections",
  "folders",
  "users",
  "translations",
  "user_segments",
  "labels",
  "groups",
  "authors",
  "tags",
]);

/** A text or number. WordPress wraps texts: `{ "rendered": "…" }`. */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value.trim();
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const rendered = isObject(value)
    ? (value["rendered"] ?? value["id"] ?? value["name"])
    : undefined;
  return typeof rendered === "string" || typeof rendered === "number"
    ? String(rendered).trim()
    : "";
}

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
