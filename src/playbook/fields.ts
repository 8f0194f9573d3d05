import { z } from "@hono/zod-openapi";
import { LANGUAGE_CODES, type LanguageCode } from "../language/language.ts";
import { withoutInvisible } from "../text/invisible-characters.ts";
import { simplePattern } from "./pattern.ts";

/**
 * A subset of JSON Schema (draft 2020-12) for what a tool takes and returns. It has no references and no combinations, so that a visitor can
 * be asked for each value, and checking one takes a time that its length bounds.
 */

const MAX_TEXT_CHARACTERS = 4000;
const MAX_PROPERTIES = 20;
const MAX_DEPTH = 4;
/** The longest string that a field takes where its schema sets no limit. */
export const MAX_STRING = 200;
const MAX_RESULT_STRING = 2000;
const MAX_RESULT_ITEMS = 50;

/** Markdown without invisible characters. */
export const ownText = z
  .string()
  .overwrite((value) => withoutInvisible(value.toWellFormed()).trim())
  .min(1)
  .max(MAX_TEXT_CHARACTERS);

/** One line that one embedding represents well. */
export const ownLine = z
  .string()
  .overwrite((value) => withoutInvisible(value.toWellFormed()).replace(/\s+/gu, " ").trim())
  .min(1)
  .max(300)
  .refine((value) => /[\p{L}\p{N}]/u.test(value), "holds no word");

/** A text in one language, or in several by their codes. */
export const localized = z.union([
  ownText,
  z
    .partialRecord(z.enum(LANGUAGE_CODES), ownText)
    .refine((texts) => Object.keys(texts).length > 0, "holds no text"),
]);
export type Localized = z.infer<typeof localized>;

/** The text in a language; else in English, or in the first language that there is. */
export function inLanguage(text: Localized, language: LanguageCode | null): string {
  if (typeof text === "string") return text;
  return text[language ?? "en"] ?? text.en ?? Object.values(text)[0] ?? "";
}

export const fieldName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,39}$/i, "is no name such as order_number")
  .refine((name) => !(name in Object.prototype), "is a name that every object has");

/** A record whose keys are names. A wrong one is told why, which `z.record` with a schema for keys does not. */
export function recordOf<T extends z.ZodType>(name: z.ZodType<string>, value: T) {
  return z.record(z.string(), value).superRefine((record, context) => {
    for (const key of Object.keys(record)) {
      const { error } = name.safeParse(key);
      const message = error?.issues[0]?.message;
      if (message !== undefined) context.addIssue({ code: "custom", path: [key], message });
    }
  });
}

const scalarKeywords = {
  type: z.enum(["string", "integer", "number", "boolean"]),
  title: ownLine.optional().meta({ description: "What it is called where a visitor reads it." }),
  description: ownText.optional(),
  enum: z.array(ownLine).min(1).max(50).optional(),
  format: z.enum(["date", "email"]).optional(),
  pattern: simplePattern.optional(),
  minLength: z.int().min(0).max(1000).optional(),
  maxLength: z.int().min(1).max(1000).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
};

const scalar = z.strictObject(scalarKeywords).superRefine(requireFitting);

/** A phrase without a word or a sign around its place would find a value in anything. */
const phrase = z
  .string()
  .overwrite((value) => withoutInvisible(value.toWellFormed()).replace(/\s+/gu, " ").trim())
  .max(100)
  .regex(/^[^{}]*\{\}[^{}]*$/, "has no place {} for the value")
  .refine((one) => /[#\p{L}]/u.test(one.split("{}")[0] ?? ""), "needs a word before {}");

/** A value that a visitor is asked for, or that the words of a message hold. */
export const askedField = z
  .strictObject({
    ...scalarKeywords,
    question: localized.optional().meta({ description: "How a visitor is asked for it." }),
    phrases: z
      .array(phrase)
      .max(20)
      .optional()
      .meta({ description: "How visitors say it: `order {}`, with `{}` for the value." }),
    from: z
      .string()
      .regex(/^visitor\.[A-Za-z]\w{0,63}$/, "is no attribute such as visitor.email")
      .optional()
      .meta({
        description:
          "Verified claim of the visitor's token that it is taken from: `visitor.id` (`sub`), `visitor.email`, … Nobody is asked for it.",
      }),
  })
  .superRefine(requireFitting);

export type Scalar = z.infer<typeof scalar>;
export type AskedField = z.infer<typeof askedField>;

/** Keywords that do not go with the type are mistakes that no value would ever show. */
function requireFitting(field: Scalar, context: z.RefinementCtx): void {
  const { type, minLength, maxLength, minimum, maximum } = field;
  const forStrings = ["enum", "format", "pattern", "minLength", "maxLength"] as const;
  const forNumbers = ["minimum", "maximum"] as const;
  const isNumber = type === "integer" || type === "number";
  const wrong = [...(type === "string" ? [] : forStrings), ...(isNumber ? [] : forNumbers)].filter(
    (name) => field[name] !== undefined,
  );
  for (const name of wrong)
    context.addIssue({ code: "custom", path: [name], message: `does not go with type ${type}` });
  if (
    (minLength ?? 0) > (maxLength ?? MAX_STRING) ||
    (minimum ?? -Infinity) > (maximum ?? Infinity)
  )
    context.addIssue({ code: "custom", message: "has no value between its limits" });
}

const properties = <T extends z.ZodType>(one: T) =>
  recordOf(fieldName, one).refine(
    (all) => Object.keys(all).length <= MAX_PROPERTIES,
    `has more than ${MAX_PROPERTIES} properties`,
  );

/** What a tool takes: an object of single values. */
export const inputSchema = z
  .strictObject({
    type: z.literal("object"),
    properties: properties(askedField).default({}),
    required: z.array(z.string()).default([]),
    additionalProperties: z.literal(false).optional(),
  })
  .superRefine(({ properties: all, required }, context) => {
    for (const name of required)
      if (!Object.hasOwn(all, name))
        context.addIssue({
          code: "custom",
          path: ["required"],
          message: `names ${name}, which is no property`,
        });
  });

export interface ObjectField {
  type: "object";
  title?: string | undefined;
  description?: string | undefined;
  properties: Record<string, ResultField>;
  required: string[];
}
interface ArrayField {
  type: "array";
  title?: string | undefined;
  description?: string | undefined;
  items: ResultField;
}
export type ResultField = Scalar | ObjectField | ArrayField;

/** What a tool returns. Deeper levels are refused, not ignored. */
function resultField(depth: number): z.ZodType<ResultField> {
  if (depth === 0) return scalar;
  const inner = resultField(depth - 1);
  const named = { title: ownLine.optional(), description: ownText.optional() };
  return z.union([
    scalar,
    z.strictObject({
      ...named,
      type: z.literal("object"),
      properties: properties(inner),
      required: z.array(z.string()).default([]),
    }),
    z.strictObject({ ...named, type: z.literal("array"), items: inner }),
  ]);
}

export const outputSchema = z.strictObject({
  type: z.literal("object"),
  title: ownLine.optional(),
  description: ownText.optional(),
  properties: properties(resultField(MAX_DEPTH)),
  required: z.array(z.string()).default([]),
}) as unknown as z.ZodType<ObjectField>;

export type Value = string | number | boolean;
export type Fields = Record<string, unknown>;

const validators = new WeakMap<object, z.ZodType>();

/** Checks values of a field. What it returns has the declared properties alone, and strings without invisible characters. */
export function validatorOf(field: ResultField | AskedField): z.ZodType {
  const known = validators.get(field);
  if (known) return known;
  const made = makeValidator(field);
  validators.set(field, made);
  return made;
}

function makeValidator(field: ResultField | AskedField): z.ZodType {
  switch (field.type) {
    case "object": {
      const { required } = field;
      const shape = Object.entries(field.properties).map(([name, one]) => {
        const validator = validatorOf(one);
        // Backends write null for what is absent.
        return [name, required.includes(name) ? validator : validator.nullish()];
      });
      return z.object(Object.fromEntries(shape) as Record<string, z.ZodType>);
    }
    case "array":
      return z.array(validatorOf(field.items)).max(MAX_RESULT_ITEMS);
    case "boolean":
      return z.boolean();
    case "integer":
    case "number": {
      const { minimum = -Infinity, maximum = Infinity } = field;
      const number = field.type === "integer" ? z.int() : z.number();
      return number.refine((value) => value >= minimum && value <= maximum, "is out of range");
    }
    case "string":
      return stringValidator(field);
  }
}

function stringValidator({
  enum: values,
  format,
  pattern: shape,
  minLength,
  maxLength,
}: Scalar): z.ZodType {
  if (values) return z.enum(values as [string, ...string[]]);
  const length = z
    .string()
    .overwrite((value) => withoutInvisible(value.toWellFormed()))
    .min(minLength ?? 0)
    .max(maxLength ?? MAX_RESULT_STRING);
  const expression = shape === undefined ? undefined : new RegExp(shape, "u");
  // A long text is refused before a pattern reads it.
  const matched = expression
    ? length.refine(
        (value) => value.length <= MAX_STRING && expression.test(value),
        "has another form",
      )
    : length;
  if (format === "email") return matched.pipe(z.email());
  return format === "date" ? matched.pipe(z.iso.date()) : matched;
}

/** A field of a result by its path: `address.city`. Lists have no path. */
export function fieldAt(schema: ObjectField, path: string[]): ResultField | undefined {
  const [name = "", ...rest] = path;
  const field = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
  if (rest.length === 0 || field === undefined) return field;
  return field.type === "object" ? fieldAt(field, rest) : undefined;
}

/** The value at a path of a result; undefined where there is none, or it is no single value. */
export function valueAt(fields: Fields, path: string[]): Value | undefined {
  const [name = "", ...rest] = path;
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (rest.length > 0)
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? valueAt(value as Fields, rest)
      : undefined;
  const isSingle =
    typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  return isSingle ? value : undefined;
}

/** Whether a value is one of few that the owner foresaw: text of any other kind decides nothing. */
export function isForeseen(field: Scalar): boolean {
  return field.type !== "string" || field.enum !== undefined || field.format === "date";
}
