import { fieldAt, isForeseen, type AskedField, type ResultField, type Scalar } from "./fields.ts";
import type { Step } from "./procedure.ts";
import type { Tool } from "./tool.ts";

/** What a procedure may refer to: the properties it asks for, and what its steps return. */
export interface Terms {
  ask: Record<string, AskedField>;
  steps: Step[];
  tools: ReadonlyMap<string, Tool>;
}

export type Referred =
  | { from: "ask"; field: Scalar }
  | { from: "visitor" }
  | { from: "step"; step: string; path: string[]; field: Scalar; isRequired: boolean };

/**
 * What a reference names: `order`, `look_up.address.city` or `visitor.email`.
 * @returns why it names nothing
 */
export function resolve(reference: string, { ask, steps, tools }: Terms): Referred | string {
  const [name = "", ...path] = reference.split(".");
  if (name === "visitor")
    return path.length === 1
      ? { from: "visitor" }
      : `${reference} names no attribute of the visitor`;
  if (path.length === 0) {
    const field = Object.hasOwn(ask, name) ? ask[name] : undefined;
    return field ? { from: "ask", field } : `${name} is nothing that ask describes`;
  }
  const step = steps.find((one) => one.name === name);
  const tool = tools.get(step?.tool ?? "");
  if (!tool) return `${name} is no step that calls a tool`;
  const field = fieldAt(tool.output, path);
  if (!field || !isScalar(field))
    return `${reference} is no single value that the tool ${step?.tool} declares`;
  return { from: "step", step: name, path, field, isRequired: isRequired(tool.output, path) };
}

function isScalar(field: ResultField): field is Scalar {
  return field.type !== "object" && field.type !== "array";
}

function isRequired(field: ResultField | undefined, [name, ...rest]: string[]): boolean {
  if (name === undefined) return true;
  if (field?.type !== "object" || !field.required.includes(name)) return false;
  return isRequired(field.properties[name], rest);
}

/** The references in a text: `{order}`, `{look_up.status}`. */
export function referencesIn(text: string): string[] {
  return Array.from(text.matchAll(REFERENCE), ([, name = ""]) => name);
}

export const REFERENCE = /\{([A-Za-z]\w*(?:\.[A-Za-z]\w*)*)\}/g;

/** Whether a branch may hang on it: what a tool returns as free text chooses nothing. */
export function mayDecide(referred: Referred): boolean {
  return referred.from === "ask" || (referred.from === "step" && isForeseen(referred.field));
}
