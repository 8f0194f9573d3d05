import { UsageError } from "../cli/command.ts";

/** Reads an option's value as a number between 0 and 1. */
export function readShare(text: string, option: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 1))
    throw new UsageError(`${option} takes a number between 0 and 1, not "${text}".`);
  return value;
}
