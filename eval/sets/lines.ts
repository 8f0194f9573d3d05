import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { CommandError } from "../../cli/command.ts";

/** Reads one JSON object per line and checks each. @throws CommandError that names the file and the line */
export async function readLines<T>(file: string, schema: z.ZodType<T>): Promise<T[]> {
  const lines = (await readText(file)).split("\n");
  return lines.flatMap((line, index) => {
    if (!line.trim()) return [];
    try {
      return [schema.parse(JSON.parse(line))];
    } catch (error) {
      const reason = error instanceof z.ZodError ? z.prettifyError(error) : "not JSON";
      throw new CommandError(`${file}:${index + 1}: ${reason}`);
    }
  });
}

export async function readText(file: string): Promise<string> {
  if (!existsSync(file)) throw new CommandError(`There is no file ${file}.`);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(await readFile(file));
  } catch {
    throw new CommandError(`${file} is not UTF-8 text.`);
  }
}

/** Ids must be unique, because a report identifies questions by them. */
export function refuseSameIds(ids: string[], file: string): void {
  const seen = new Set<string>();
  for (const id of ids) {
    if (seen.has(id)) throw new CommandError(`${file}: the id "${id}" occurs twice.`);
    seen.add(id);
  }
}
