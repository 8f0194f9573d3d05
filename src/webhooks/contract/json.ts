/** A JSON object of which nothing is known yet. */
export type Json = Record<string, unknown>;

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a path of field names, such as `seo.title`. Own properties only: a field may be called `constructor`. */
export function fieldAt(value: unknown, path: string): unknown {
  let found: unknown = value;
  for (const name of path.split(".")) {
    if (!isObject(found) || !Object.hasOwn(found, name)) return undefined;
    found = found[name];
  }
  return found;
}

/** The object at a path; an empty one where there is none. */
export function objectAt(value: unknown, path: string): Json {
  const found = fieldAt(value, path);
  return isObject(found) ? found : {};
}

/** The objects of the list at a path; none where there is no list. */
export function objectsAt(value: unknown, path: string): Json[] {
  const found = fieldAt(value, path);
  return Array.isArray(found) ? found.filter(isObject) : [];
}

/** The text at a path. A number counts as text, an empty text as none. */
export function stringAt(value: unknown, path: string): string | undefined {
  const found = fieldAt(value, path);
  if (typeof found === "number") return String(found);
  return typeof found === "string" && found !== "" ? found : undefined;
}

/** Milliseconds since 1970 in ISO 8601; undefined where there is no such time. */
export function toIsoTime(ms: number | undefined): string | undefined {
  return ms === undefined || !(Math.abs(ms) <= 8.64e15) ? undefined : new Date(ms).toISOString();
}

/** The time at a path in ISO 8601; undefined when what stands there is no time. */
export function timeAt(value: unknown, path: string): string | undefined {
  const found = fieldAt(value, path);
  return typeof found === "string" ? toIsoTime(Date.parse(found)) : undefined;
}
