import { isBullet } from "./lists.ts";

const ADORNMENT = /^([!-/:-@[-`{-~])\1{2,}\s*$/;

interface Title {
  text: string;
  /** The underline's character, and whether there is an overline. */
  kind: string;
  end: number;
}

/** A title with a line below it, and perhaps one above. */
export function titleAt(lines: string[], at: number): Title | undefined {
  const [line = "", next = "", after = ""] = lines.slice(at, at + 3);
  const over = ADORNMENT.exec(line)?.[1];
  if (over && next.trim() && after.trim() === line.trim())
    return { text: next.trim(), kind: `${over}${over}`, end: at + 3 };
  const under = ADORNMENT.exec(next)?.[1];
  const isUnderlined =
    under !== undefined &&
    !/^\s/.test(line) &&
    !ADORNMENT.test(line) &&
    next.trim().length >= Math.min(3, line.trim().length);
  if (!isUnderlined || line.startsWith(".. ") || isBullet(line)) return undefined;
  return { text: line.trim(), kind: under, end: at + 2 };
}

/** A line of punctuation. */
export function isAdornment(line: string): boolean {
  return ADORNMENT.test(line);
}
