import { askedField, ownLine, ownText, type Scalar } from "../../src/playbook/fields.ts";
import { asText, type FlatSchema, type Json, type Reading } from "./json-schema.ts";

const MAX_DESCRIPTION = 300;
const MAX_LENGTH = 1000;
const MAX_VALUES = 50;
/** The length that a text may have where its schema sets no limit (`MAX_STRING` of playbook/fields.ts). */
const DEFAULT_LENGTH = 200;
const NUMBER_FORMATS = /^(?:u?int\d*|float|double|decimal)$/;

/**
 * A single value with the keywords that a tool's schema has; the others are noted.
 * @returns undefined where the schema is none of a single value
 */
export function scalarField(flat: FlatSchema, path: string, reading: Reading): Scalar | undefined {
  const { keywords, type } = flat;
  const { notes, side } = reading;
  const drop = (what: string): void =>
    notes.addName(`Not checked in the ${side}, because a tool's schema lacks it: ${what}`, path);
  for (const name of [
    "oneOf",
    "anyOf",
    "not",
    "multipleOf",
    "if",
    "contentMediaType",
    "contentEncoding",
  ])
    if (name in keywords) drop(name);
  switch (type) {
    case "string":
      return { type, ...named(keywords, path, reading), ...textLimits(keywords, side, drop) };
    case "integer":
    case "number":
      if ("enum" in keywords) drop("enum of numbers");
      return { type, ...named(keywords, path, reading), ...numberLimits(keywords, type, drop) };
    case "boolean":
      if ("enum" in keywords) drop("enum of booleans");
      return { type, ...named(keywords, path, reading) };
    default:
      return undefined;
  }
}

/** Title and description, which is cut: a language model reads it in each turn. */
export function named(
  keywords: Json,
  path: string,
  { notes }: Reading,
): Pick<Scalar, "title" | "description"> {
  const title = ownLine.safeParse(keywords.title).data;
  const text = asText(keywords.description) ?? "";
  const isLong = text.length > MAX_DESCRIPTION;
  if (isLong) notes.addName(`Cut to ${MAX_DESCRIPTION} characters: descriptions of`, path);
  const description = ownText.safeParse(
    isLong ? `${text.slice(0, MAX_DESCRIPTION - 1)}…` : text,
  ).data;
  return {
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
  };
}

function textLimits(keywords: Json, side: string, drop: (what: string) => void): Partial<Scalar> {
  const values = valuesOf(keywords, side, drop);
  if (values) return { enum: values };
  const format =
    keywords.format === "date" || keywords.format === "email" ? keywords.format : undefined;
  if (typeof keywords.format === "string" && !format)
    drop(`format ${keywords.format.slice(0, 40)}`);
  return {
    ...(format && { format }),
    ...patternOf(keywords, side, drop),
    ...lengthsOf(keywords, side, drop),
  };
}

/** A value that is left out narrows an input, but would make a tool fail at a result. */
function valuesOf(
  { enum: values }: Json,
  side: string,
  drop: (what: string) => void,
): string[] | undefined {
  if (!Array.isArray(values)) return undefined;
  const fitting = values.filter(
    (one) => typeof one === "string" && ownLine.safeParse(one).data === one,
  ) as string[];
  const isWhole = fitting.length === values.length;
  if (!isWhole || fitting.length > MAX_VALUES) drop("some values of enum");
  const isKept =
    fitting.length > 0 && fitting.length <= MAX_VALUES && (isWhole || side === "input");
  return isKept ? [...new Set(fitting)] : undefined;
}

function patternOf({ pattern }: Json, side: string, drop: (what: string) => void): Partial<Scalar> {
  if (typeof pattern !== "string") return {};
  // In a result a pattern decides nothing, and it would refuse each text that is longer than an input may be.
  if (side === "input" && askedField.safeParse({ type: "string", pattern }).success)
    return { pattern };
  drop("pattern");
  return {};
}

function lengthsOf(
  { minLength, maxLength }: Json,
  side: string,
  drop: (what: string) => void,
): Partial<Scalar> {
  const least = wholeNumber(minLength);
  const most = wholeNumber(maxLength);
  const isPossible = (least ?? 0) <= Math.min(most ?? MAX_LENGTH, MAX_LENGTH) && most !== 0;
  const isTooLong = most !== undefined && most > MAX_LENGTH;
  if (!isPossible || isTooLong) drop(`limits of length over ${MAX_LENGTH} characters`);
  if (!isPossible) return {};
  const needsMost = isTooLong ? side === "input" : (least ?? 0) > DEFAULT_LENGTH;
  const kept = needsMost ? MAX_LENGTH : isTooLong ? undefined : most;
  return {
    ...(least !== undefined && least > 0 && { minLength: least }),
    ...(kept !== undefined && { maxLength: kept }),
  };
}

function wholeNumber(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function numberLimits(
  keywords: Json,
  type: "integer" | "number",
  drop: (what: string) => void,
): Partial<Scalar> {
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum } = keywords;
  const least = limitOf(minimum, exclusiveMinimum, type, 1, drop);
  const most = limitOf(maximum, exclusiveMaximum, type, -1, drop);
  const { format } = keywords;
  if (typeof format === "string" && !NUMBER_FORMATS.test(format))
    drop(`format ${format.slice(0, 40)}`);
  if ((least ?? -Infinity) > (most ?? Infinity)) {
    drop("minimum above maximum");
    return {};
  }
  return {
    ...(least !== undefined && { minimum: least }),
    ...(most !== undefined && { maximum: most }),
  };
}

/** `exclusiveMinimum` is true beside a minimum in OpenAPI 3.0, and a number in 3.1. */
function limitOf(
  inclusive: unknown,
  exclusive: unknown,
  type: "integer" | "number",
  step: 1 | -1,
  drop: (what: string) => void,
): number | undefined {
  const open = exclusive === true ? inclusive : exclusive;
  if (typeof open !== "number")
    return typeof inclusive === "number" && Number.isFinite(inclusive) ? inclusive : undefined;
  if (type === "integer") return step === 1 ? Math.floor(open) + 1 : Math.ceil(open) - 1;
  drop(step === 1 ? "exclusiveMinimum" : "exclusiveMaximum");
  return open;
}
