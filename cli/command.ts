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
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
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
