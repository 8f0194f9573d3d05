import { CommandError } from "../command.ts";
import type { Notes } from "./notes.ts";

export type Json = Record<string, unknown>;

export function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function asJson(value: unknown): Json {
  return isJson(value) ? value : {};
}

export function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

export function asText(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}

/** Steps that reading one operation may take: references can multiply a short document. */
const MAX_STEPS = 10_000;
const MAX_NESTED = 60;

/** Follows the references of one document. It reads no other one. */
export class References {
  readonly #root: Json;
  #steps = 0;

  constructor(root: Json) {
    this.#root = root;
  }

  /** What a node is, or refers to. @throws CommandError where that is in another document, nowhere, or itself */
  follow(node: unknown): { value: unknown; followed: string[] } {
    const followed: string[] = [];
    let value = node;
    while (isJson(value) && typeof value.$ref === "string") {
      this.count();
      const { $ref, ...beside } = value;
      if (followed.includes($ref))
        throw new CommandError(`The reference ${$ref} leads back to itself.`);
      followed.push($ref);
      const found = this.#find($ref);
      value = isJson(found) && Object.keys(beside).length > 0 ? { ...found, ...beside } : found;
    }
    return { value, followed };
  }

  count(): void {
    if (++this.#steps > MAX_STEPS)
      throw new CommandError("The operation's schemas are too large: their references multiply.");
  }

  #find(reference: string): unknown {
    if (!/^#(?:\/|$)/.test(reference))
      throw new CommandError(
        `The document refers to another one, ${reference.slice(0, 100)}, which is not read. Bundle it into one file first (for example with npx @redocly/cli bundle).`,
      );
    let node: unknown = this.#root;
    for (const part of reference.split("/").slice(1)) {
      const name = unescaped(part);
      const owner = typeof node === "object" && node !== null && Object.hasOwn(node, name);
      if (!owner) throw new CommandError(`The reference ${reference.slice(0, 100)} leads nowhere.`);
      node = (node as Json)[name];
    }
    return node;
  }
}

/** Of a JSON Pointer in an address. */
function unescaped(part: string): string {
  try {
    return decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");
  } catch {
    return part;
  }
}

/** A schema without references and `allOf`. */
export interface FlatSchema {
  keywords: Json;
  type: string | undefined;
  isNullable: boolean;
  /** References on the way here from the top, to know one that contains itself. */
  trail: readonly string[];
}

export interface Reading {
  references: References;
  notes: Notes;
  /** Before a name in the notes: `input`, `output`. */
  side: string;
}

/** @returns undefined where the schema contains itself and has been met before */
export function flatten(
  schema: unknown,
  trail: readonly string[],
  reading: Reading,
  nested = 0,
): FlatSchema | undefined {
  const { references } = reading;
  references.count();
  if (nested > MAX_NESTED) throw new CommandError("The operation's schemas are nested too deeply.");
  const { value, followed } = references.follow(schema);
  if (followed.some((one) => trail.includes(one))) return undefined;
  const here = [...trail, ...followed];
  const { allOf, oneOf, anyOf, ...own } = asJson(value);
  const parts = asList(allOf).flatMap((part) => flatten(part, here, reading, nested + 1) ?? []);
  const choice = choose([...asList(oneOf), ...asList(anyOf)], here, reading, nested);
  // What stands beside a reference or alternative describes this very place, so it comes last.
  return merged([...parts, ...(choice ? [choice] : []), flat(own, here)]);
}

function flat(keywords: Json, trail: readonly string[]): FlatSchema {
  const types = [keywords.type].flat().filter((one) => typeof one === "string");
  const real = types.filter((one) => one !== "null");
  const values = "const" in keywords ? [keywords.const] : keywords.enum;
  const listed = Array.isArray(values) ? values.filter((one) => one !== null) : undefined;
  const { const: _const, enum: _enum, ...others } = keywords;
  return {
    keywords: {
      ...others,
      ...(listed && { enum: listed }),
      ...(real.length > 1 && { severalTypes: real }),
    },
    type: real.length > 1 ? undefined : (real[0] ?? impliedType(keywords, listed)),
    isNullable:
      keywords.nullable === true ||
      types.includes("null") ||
      (Array.isArray(values) && values.includes(null)),
    trail,
  };
}

function impliedType(keywords: Json, values: unknown[] | undefined): string | undefined {
  if (isJson(keywords.properties)) return "object";
  if ("items" in keywords) return "array";
  if (values?.length && values.every((one) => typeof one === "string")) return "string";
  const isText = ["pattern", "minLength", "maxLength", "format"].some((name) => name in keywords);
  if (isText) return "string";
  return "minimum" in keywords || "maximum" in keywords ? "number" : undefined;
}

/** Of two keywords of one name the later counts; properties and required are all there. */
function merged(all: FlatSchema[]): FlatSchema {
  const keywords = Object.assign({}, ...all.map((one) => one.keywords)) as Json;
  const properties = all.flatMap((one) => Object.entries(asJson(one.keywords.properties)));
  const required = all.flatMap((one) => asList(one.keywords.required));
  return {
    keywords: {
      ...keywords,
      ...(properties.length > 0 && { properties: Object.fromEntries(properties) }),
      ...(required.length > 0 && { required }),
    },
    type: all.findLast(({ type }) => type !== undefined)?.type,
    isNullable: all.some(({ isNullable }) => isNullable),
    trail: [...new Set(all.flatMap(({ trail }) => trail))],
  };
}

/**
 * Alternatives of which one is left beside null are no alternatives, and those of one single type are that type. Others have no counterpart:
 * they stay as `oneOf`, for whoever reads it to note.
 */
function choose(
  variants: unknown[],
  trail: readonly string[],
  reading: Reading,
  nested: number,
): FlatSchema | undefined {
  if (variants.length === 0) return undefined;
  const read = variants.map((variant) => flatten(variant, trail, reading, nested + 1));
  const isNull = (one: FlatSchema | undefined): boolean =>
    one !== undefined &&
    [one.keywords.type].flat().every((type) => type === "null") &&
    "type" in one.keywords;
  const real = read.filter((one) => one !== undefined && !isNull(one)) as FlatSchema[];
  const isNullable = read.some((one) => one && (isNull(one) || one.isNullable));
  const [first] = real;
  if (first && real.length === 1 && read.every((one) => one !== undefined))
    return { ...first, isNullable };
  const isScalar = first?.type !== undefined && first.type !== "object" && first.type !== "array";
  const isOneType = isScalar && real.every(({ type }) => type === first.type);
  return {
    keywords: isOneType ? { type: first.type, anyOf: true } : { oneOf: true },
    type: isOneType ? first.type : undefined,
    isNullable,
    trail,
  };
}
