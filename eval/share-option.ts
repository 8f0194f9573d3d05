import { UsageError } from "../cli/command.ts";

/** Reads an option's value as a number above 0 and below 1, or up to `most`. */
export function readShare(text: string, option: string, most?: 1): number {
  const value = Number(text);
  if (!(value > 0 && (value < 1 || value === most)))
    throw new UsageError(`${option} takes a number between 0 and 1, not "${text}".`);
  return value;
}
