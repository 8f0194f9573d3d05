import type { ObjectField, ResultField } from "../../src/playbook/fields.ts";
import { CommandError } from "../command.ts";
import { asJson, asList, flatten, isJson, type FlatSchema, type Reading } from "./json-schema.ts";
import { isFieldName } from "./names.ts";
import { named, scalarField } from "./scalar-field.ts";

const MAX_PROPERTIES = 20;
/** Objects and lists in one another below the result. The schema takes 4; what lies so deep is seldom told to a visitor. */
const MAX_DEPTH = 3;
/** Of the whole: a language model reads what is declared. */
const MAX_FIELDS = 60;

export const NO_OUTPUT: ObjectField = { type: "object", properties: {}, required: [] };

interface Walk extends Reading {
  left: { fields: number };
}

/** @throws CommandError where the response is no object: a tool takes no other one */
export function outputOf(schema: unknown, reading: Reading, what: string): ObjectField {
  const flat = flatten(schema, [], reading);
  if (flat?.type === "array" || (flat?.type !== undefined && flat.type !== "object"))
    throw new CommandError(
      `${what} returns a ${flat.type === "array" ? "list" : "single value"}. A tool needs a JSON object: let an endpoint of your own return one that holds it.`,
    );
  const field =
    flat && objectField(flat, "", MAX_DEPTH, { ...reading, left: { fields: MAX_FIELDS } });
  if (field) return field;
  reading.notes.add(
    "The response's fields are not known. Declare in output those that the tool may use.",
  );
  return NO_OUTPUT;
}

function objectField(
  { keywords, trail }: FlatSchema,
  path: string,
  depth: number,
  walk: Walk,
): ObjectField | undefined {
  if ("oneOf" in keywords)
    walk.notes.addName(
      "Left out of the output: alternatives (oneOf, anyOf)",
      path || "the response",
    );
  if (isJson(keywords.additionalProperties) || "patternProperties" in keywords)
    walk.notes.addName(
      "Left out of the output: fields whose names are not fixed",
      path || "the response",
    );
  const required = new Set(asList(keywords.required));
  const found = Object.entries(asJson(keywords.properties)).flatMap(([name, schema]) => {
    const at = path === "" ? name : `${path}.${name}`;
    const flat = readField(name, at, schema, trail, walk);
    return flat ? [{ name, at, flat, isRequired: required.has(name) && !flat.isNullable }] : [];
  });
  const kept = select(found, path, walk);
  const fields = new Map<string, ResultField>();
  // Single values come first: where the room for fields ends, those of the upper levels are worth most.
  for (const { name, flat, at } of kept.toSorted((one, other) => rank(one) - rank(other))) {
    const field = resultField(flat, at, depth, walk);
    if (field) fields.set(name, field);
  }
  if (fields.size === 0) return undefined;
  const names = kept.filter(({ name }) => fields.has(name));
  return {
    type: "object",
    ...(path !== "" && named(keywords, path, walk)),
    properties: Object.fromEntries(
      names.map(({ name }) => [name, fields.get(name) as ResultField]),
    ),
    required: names.filter(({ isRequired }) => isRequired).map(({ name }) => name),
  };
}

interface Found {
  name: string;
  at: string;
  flat: FlatSchema;
  isRequired: boolean;
}

function readField(
  name: string,
  at: string,
  schema: unknown,
  trail: readonly string[],
  walk: Walk,
): FlatSchema | undefined {
  if (!isFieldName(name)) {
    walk.notes.addName("Left out of the output: names that a field cannot have", at);
    return undefined;
  }
  const flat = flatten(schema, trail, walk);
  if (!flat) walk.notes.addName("Left out of the output: fields that contain themselves", at);
  return flat?.keywords.writeOnly === true ? undefined : flat;
}

/** Single values before objects and lists. */
function rank({ flat }: Found): number {
  return flat.type === "object" || flat.type === "array" ? 1 : 0;
}

/** The first so many, of which those that are always there go first. */
function select(found: Found[], path: string, { notes }: Walk): Found[] {
  const byWorth = found.toSorted(
    (one, other) => rank(one) - rank(other) || Number(other.isRequired) - Number(one.isRequired),
  );
  for (const { at } of byWorth.slice(MAX_PROPERTIES))
    notes.addName(
      `Left out of the output: more than ${MAX_PROPERTIES} fields of ${path || "the response"}`,
      at,
    );
  const kept = new Set(byWorth.slice(0, MAX_PROPERTIES));
  return found.filter((one) => kept.has(one));
}

function resultField(
  flat: FlatSchema,
  at: string,
  depth: number,
  walk: Walk,
): ResultField | undefined {
  const { keywords, type } = flat;
  const leaveOut = (why: string): undefined => {
    walk.notes.addName(`Left out of the output: ${why}`, at);
  };
  if (walk.left.fields <= 0) return leaveOut(`more than ${MAX_FIELDS} fields in all`);
  walk.left.fields--;
  if (type === "object" || type === "array") {
    if (depth === 0) return leaveOut("what lies too deep");
    if (type === "array") return listField(flat, at, depth - 1, walk);
    return (
      objectField(flat, at, depth - 1, walk) ??
      leaveOut("objects without fields that can be declared")
    );
  }
  const isSeveral = "oneOf" in keywords || "severalTypes" in keywords;
  return (
    scalarField(flat, at, walk) ??
    leaveOut(isSeveral ? "fields of several types" : "fields without a type")
  );
}

function listField(
  { keywords, trail }: FlatSchema,
  at: string,
  depth: number,
  walk: Walk,
): ResultField | undefined {
  const path = `${at}[]`;
  const flat = flatten(keywords.items ?? {}, trail, walk);
  if (!flat) walk.notes.addName("Left out of the output: fields that contain themselves", path);
  const items = flat && resultField(flat, path, depth, walk);
  return items && { type: "array", ...named(keywords, at, walk), items };
}
