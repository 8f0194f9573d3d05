import { parseArgs, type ParseArgsConfig } from "node:util";

/** The command was typed wrongly: exit code 2. */
export class UsageError extends Error {}

/** The command cannot continue, for a reason that its user can remedy: exit code 1, without a stack trace. */
export class CommandError extends Error {}

/** Exit code after Ctrl-C, as shells count: 128 + SIGINT. */
export const INTERRUPTED = 130;

/**
 * Runs a command-line program: prints `help` when asked, turns errors into a sentence and an exit code
 * (0 done, 1 failed, 2 wrong usage).
 */
export async function runCommand(
  help: string,
  main: (args: string[]) => Promise<number>,
): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes("--help") || args.includes("-h")) {
    console.log(help.trim());
    return;
  }
  try {
    process.exitCode = await main(args);
  } catch (error) {
    if (error instanceof UsageError) console.error(`${error.message}\n${usageLine(help)}`);
    else if (error instanceof CommandError)
      console.error(error.message.split("\n").map(printable).join("\n"));
    else console.error(error);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}

function usageLine(help: string): string {
  return `${help.trim().split("\n")[0]}\n--help shows all options.`;
}

/** Strict `util.parseArgs` whose errors are usage errors. */
export function readArguments<T extends NonNullable<ParseArgsConfig["options"]>>(
  args: string[],
  options: T,
) {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (error) {
    const given = /^Unknown option '(-[^']*)'/.exec(reasonOf(error))?.[1];
    if (given === undefined) throw new UsageError(reasonOf(error));
    const meant = nearestOf(given, Object.keys(options));
    throw new UsageError(
      `There is no option ${given}${meant ? `; did you mean --${meant}?` : "."}`,
    );
  }
}

/** The name that differs least from what was typed, if it differs little. */
function nearestOf(given: string, names: string[]): string | undefined {
  const plain = (name: string): string => name.replace(/[-_]/g, "").toLowerCase();
  const typed = plain(given);
  const [nearest] = names
    .map((name) => ({ name, distance: distanceOf(typed, plain(name)) }))
    .filter(({ name, distance }) => distance <= 2 && distance < plain(name).length / 2)
    .toSorted((a, b) => a.distance - b.distance);
  return nearest?.name;
}

/** Characters to insert, delete or replace (Levenshtein). */
function distanceOf(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [at, character] of one.split("").entries()) {
    const next = [at + 1];
    for (let to = 1; to <= other.length; to++) {
      const replaced = (row[to - 1] ?? 0) + (other[to - 1] === character ? 0 : 1);
      next.push(Math.min(replaced, (row[to] ?? 0) + 1, (next[to - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** `1 document`, `2 documents`, `3 addresses`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : noun.endsWith("s") ? "es" : "s"}`;
}

/** An option's whole number, or the default when the option is absent. */
export function readCount<T>(
  text: string | undefined,
  option: string,
  absent: T,
  least = 1,
  most = 1_000_000,
): number | T {
  if (text === undefined) return absent;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new UsageError(`${option} takes a whole number from ${least} to ${most}, not "${text}".`);
  }
  return value;
}

/** An option's whole number of seconds, in milliseconds. */
export function readSeconds(text: string | undefined, option: string): number | undefined {
  const seconds = readCount(text, option, undefined);
  return seconds === undefined ? undefined : seconds * 1000;
}

/** Words of a site or file as the terminal may show them: its control sequences could rewrite what stands there. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]+/gu, " ");
}

/** What an error says, for a list of failures. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Returns the function that stops listening. */
export function onInterrupt(handle: () => void): () => void {
  process.once("SIGINT", handle);
  process.once("SIGTERM", handle);
  return () => {
    process.removeListener("SIGINT", handle);
    process.removeListener("SIGTERM", handle);
  };
}
