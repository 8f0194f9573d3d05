import path from "node:path";
import { pathToFileURL } from "node:url";
import { CommandError } from "../../cli/command.ts";
import type { Kind } from "./grammars.ts";

/** A hostile input that the search has not seen. */
export interface HeldOut {
  name: string;
  kind: Kind;
  /** About `n` characters, or for rich text a value. */
  make: (n: number) => unknown;
  largest: number;
}

/** An answer, and the hosts that no reader of it may be led to. */
export interface HostileLink {
  name: string;
  answer: string;
  hosts: string[];
}

export interface HeldOutFile {
  inputs: HeldOut[];
  hostileLinks: HostileLink[];
}

export const HELD_OUT = path.resolve(import.meta.dirname, "../sets/hostile/held-out.ts");

/** Reads a file that exports a list of held-out inputs, under any name, and `hostileLinks`. */
export async function readHeldOut(file: string): Promise<HeldOutFile> {
  let exports: Record<string, unknown>;
  try {
    exports = (await import(pathToFileURL(path.resolve(file)).href)) as Record<string, unknown>;
  } catch (error) {
    throw new CommandError(`The held-out inputs cannot be read from ${file}: ${String(error)}`);
  }
  const lists = Object.values(exports).filter((value) => Array.isArray(value)) as unknown[][];
  const isInput = (one: unknown): one is HeldOut =>
    typeof one === "object" && one !== null && "make" in one && "kind" in one;
  const isLink = (one: unknown): one is HostileLink =>
    typeof one === "object" && one !== null && "answer" in one && "hosts" in one;
  return { inputs: lists.flat().filter(isInput), hostileLinks: lists.flat().filter(isLink) };
}

export function inputOf(inputs: HeldOut[], name: string, size: number): string {
  const input = inputs.find((one) => one.name === name);
  if (!input) throw new Error(`There is no held-out input ${name}.`);
  return asText(input.make(size));
}

/** Rich text may be made as a value. */
export function asText(made: unknown): string {
  return typeof made === "string" ? made : JSON.stringify(made);
}
