import type { AskedField } from "../../src/playbook/fields.ts";
import { CommandError } from "../command.ts";
import { decoded } from "./address.ts";
import {
  asJson,
  asList,
  asText,
  flatten,
  isJson,
  type FlatSchema,
  type Json,
  type Reading,
} from "./json-schema.ts";
import { asFieldName, isFieldName } from "./names.ts";
import { scalarField } from "./scalar-field.ts";
import { isSecretName } from "./secrets.ts";
import { canBeProperty, type Inputs } from "./tool-draft.ts";

interface Parameter {
  name: string;
  place: string;
  isRequired: boolean;
  schema: unknown;
  description: string | undefined;
}

/** The parameters of a path item and those of its operation, which come first where both have one. */
export function parametersOf(item: Json, operation: Json, { references }: Reading): Parameter[] {
  const byKey = new Map<string, Parameter>();
  for (const node of [...asList(item.parameters), ...asList(operation.parameters)]) {
    const one = asJson(references.follow(node).value);
    const [name, place] = [asText(one.name), asText(one.in)];
    if (name === undefined || place === undefined) continue;
    const [content] = Object.values(asJson(one.content));
    byKey.set(`${place} ${name}`, {
      name,
      place,
      isRequired: one.required === true || place === "path",
      // Content is an object as text: no single value, whatever its schema says.
      schema: content === undefined ? (one.schema ?? { type: "string" }) : { type: "object" },
      description: asText(one.description),
    });
  }
  return [...byKey.values()];
}

/** Query parameters by their own names. @returns texts for the address, of those that only a place in it can give */
export function addQuery(
  parameters: Parameter[],
  method: string,
  inputs: Inputs,
  reading: Reading,
): (() => string)[] {
  const { notes } = reading;
  const sendsQuery = method === "GET" || method === "DELETE";
  return parameters.flatMap((parameter) => {
    const { name, isRequired } = parameter;
    if (isSecretName(name)) {
      notes.addName("Left out: secrets in the address. A tool sends secrets in headers only", name);
      return [];
    }
    const field = parameterField(parameter, reading);
    if (!field) return [];
    if (sendsQuery && isFieldName(name)) {
      inputs.add(name, field, isRequired);
      return [];
    }
    if (!isRequired) {
      notes.addName("Left out: optional parameters that would need a place in the address", name);
      return [];
    }
    return [
      () =>
        `${encodeURIComponent(name.toWellFormed())}={${inputs.addPlace(asFieldName(name), field)}}`,
    ];
  });
}

function parameterField(
  { name, schema, description, isRequired }: Parameter,
  reading: Reading,
): AskedField | undefined {
  const { notes } = reading;
  const flat = flatten(schema, [], reading);
  const items =
    flat?.type === "array" ? flatten(flat.keywords.items ?? {}, flat.trail, reading) : undefined;
  const isList = items !== undefined && isRequired;
  const read = isList ? items : flat;
  const field = read && scalarField(described(inputType(read), description), name, reading);
  if (!field)
    notes.addName(
      isRequired
        ? "Left out, although the API requires it: parameters that are objects or lists"
        : "Left out: optional parameters that are objects or lists",
      name,
    );
  else if (isList)
    notes.addName("Parameters that are lists, of which the tool sends one value", name);
  return field;
}

/** Where any type may be given, a text can. */
function inputType(flat: FlatSchema): FlatSchema {
  if (flat.type !== undefined || isJson(flat.keywords.properties)) return flat;
  const several = asList(flat.keywords.severalTypes);
  const first = several.includes("string")
    ? "string"
    : several.find((one) => one !== "object" && one !== "array");
  const isOpen = several.length === 0 && !("oneOf" in flat.keywords);
  return { ...flat, type: isOpen ? "string" : asText(first) };
}

function described(flat: FlatSchema, description: string | undefined): FlatSchema {
  return description === undefined
    ? flat
    : { ...flat, keywords: { ...flat.keywords, description } };
}

/** The path with a place for each of its parameters. */
export function pathOf(
  template: string,
  parameters: Parameter[],
  inputs: Inputs,
  reading: Reading,
): string {
  return template.replace(/\{([^{}]*)\}/g, (_whole, written: string) => {
    const parameter = parameters.find(({ name }) => name === written);
    if (!parameter)
      reading.notes.addName("Parameters of the path that the document does not describe", written);
    const flat = parameter && flatten(parameter.schema, [], reading);
    const field =
      flat && scalarField(described(inputType(flat), parameter.description), written, reading);
    return `{${inputs.addPlace(asFieldName(decoded(written)), field ?? { type: "string" })}}`;
  });
}

const JSON_TYPE = /^(?:application|text)\/(?:[\w.-]+\+)?json\b|^application\/\*|^\*\/\*/i;
const FORM_TYPE = /^(?:application\/x-www-form-urlencoded|multipart\/form-data)\b/i;

/** The schema for the first media type that a pattern fits. */
export function schemaFor(content: unknown, type: RegExp = JSON_TYPE): unknown {
  const found = Object.entries(asJson(content)).find(([name]) => type.test(name));
  return found && (asJson(found[1]).schema ?? {});
}

/** @throws CommandError where the body is no object */
export function addBody(operation: Json, method: string, inputs: Inputs, reading: Reading): void {
  const { references, notes } = reading;
  if (operation.requestBody === undefined) return;
  const { content } = asJson(references.follow(operation.requestBody).value);
  if (method === "GET" || method === "DELETE") {
    notes.add(`Left out: the body. A tool's ${method} has none.`);
    return;
  }
  const form = schemaFor(content, FORM_TYPE);
  const schema = schemaFor(content) ?? form;
  if (schema === undefined) {
    notes.add("Left out: the body, which is neither JSON nor a form. A tool sends a JSON object.");
    return;
  }
  if (schema === form)
    notes.add("The API documents a form, a tool sends JSON: check that the API takes it.");
  const flat = flatten(schema, [], reading);
  if (flat?.type !== undefined && flat.type !== "object")
    throw new CommandError(
      `The operation takes a body that is a ${flat.type === "array" ? "list" : "single value"}. A tool sends an object of single values.`,
    );
  if (flat) addBodyFields(flat, inputs, reading);
}

function addBodyFields({ keywords, trail }: FlatSchema, inputs: Inputs, reading: Reading): void {
  const { notes } = reading;
  if ("oneOf" in keywords)
    notes.add(
      "Left out: what the body may be instead (oneOf, anyOf). Choose its properties by hand.",
    );
  if (isJson(keywords.additionalProperties))
    notes.add("Left out: fields of the body whose names are not fixed.");
  const required = new Set(asList(keywords.required));
  for (const [name, schema] of Object.entries(asJson(keywords.properties))) {
    const flat = flatten(schema, trail, reading);
    if (flat?.keywords.readOnly === true) continue;
    const isRequired = required.has(name);
    const isFile = flat?.keywords.format === "binary";
    const field = flat && !isFile ? scalarField(inputType(flat), name, reading) : undefined;
    if (!field) notes.addName(isRequired ? NEEDED : NESTED, name);
    else if (isSecretName(name))
      notes.addName("Left out of the body: secrets. A tool sends secrets in headers only", name);
    else if (canBeProperty(name, notes)) inputs.add(name, field, isRequired);
  }
}

const NEEDED =
  "Left out, although the API requires them: fields of the body that are objects, lists, files or alternatives. Let the tool call an endpoint of your own that fills them in";
const NESTED =
  "Left out: optional fields of the body that are objects, lists, files or alternatives";
