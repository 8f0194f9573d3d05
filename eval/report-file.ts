import { createHash } from "node:crypto";
import { access, constants, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { CommandError, UsageError } from "../cli/command.ts";
import type { Document } from "../cli/document.ts";

const FORMAT = 2;

const cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export type Cell = z.infer<typeof cell>;
/** The measurements of one question or turn. */
export type Row = Record<string, Cell>;

const reportSchema = z.looseObject({
  format: z.literal(FORMAT),
  kind: z.enum(["questions", "conversations"]),
  set: z.string(),
  question_file: z.string(),
  /** A hash of the documents and all questions: reports with equal fingerprints measured the same thing. */
  fingerprint: z.string(),
  words: z.string().optional(),
  rows: z.object({ columns: z.array(z.string()), cells: z.array(z.array(cell)) }),
});

export interface ReportFile {
  kind: "questions" | "conversations";
  set: string;
  question_file: string;
  fingerprint: string;
  /** A hash of the noted words of right answers; absent in reports from before they were noted. */
  words?: string | undefined;
  rows: Row[];
}

/** Checks before a run, which may take an hour, that its report can be written. */
export async function checkWritable(file: string): Promise<void> {
  const folder = path.dirname(path.resolve(file));
  await access(folder, constants.W_OK).catch(() => {
    throw new CommandError(`Nothing can be written to ${folder}.`);
  });
}

/** Indented JSON with one line per row, which is readable in a diff and a tenth of the size. */
export async function writeReport(
  file: string,
  report: ReportFile,
  summary: object = {},
): Promise<void> {
  const { rows, ...described } = report;
  const columns = Object.keys(rows[0] ?? {});
  const cells = rows.map((row) => JSON.stringify(columns.map((column) => row[column] ?? null)));
  const head = JSON.stringify({ format: FORMAT, ...described, ...summary }, null, 2).replace(
    /\n\}$/,
    "",
  );
  const text = `${head},
  "rows": {
    "columns": ${JSON.stringify(columns)},
    "cells": [
      ${cells.join(",\n      ")}
    ]
  }
}
`;
  await writeText(file, text);
}

export async function writeText(file: string, text: string): Promise<void> {
  await writeFile(file, text).catch((error: Error) => {
    throw new CommandError(`${file} could not be written: ${error.message}`);
  });
}

/** @throws UsageError if the file is not a report of this program */
export async function readReport(file: string): Promise<ReportFile> {
  const text = await readFile(file, "utf8").catch((error: Error) => {
    throw new UsageError(`${file} cannot be read: ${error.message}`);
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new UsageError(`${file} is not JSON.`);
  }
  const parsed = reportSchema.safeParse(json);
  if (!parsed.success) {
    throw new UsageError(
      `${file} is no report of this version of npm run eval:\n${z.prettifyError(parsed.error)}`,
    );
  }
  const { kind, set, question_file, fingerprint, words, rows } = parsed.data;
  return {
    kind,
    set,
    question_file,
    fingerprint,
    words,
    rows: rows.cells.map((cells) => asRow(rows.columns, cells, file)),
  };
}

function asRow(columns: string[], cells: Cell[], file: string): Row {
  if (cells.length !== columns.length)
    throw new UsageError(`${file}: a row has ${cells.length} cells, not ${columns.length}.`);
  return Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? null]));
}

export function fingerprint(documents: Document[], asked: object[]): string {
  const hash = createHash("sha256");
  const ordered = documents.toSorted((a, b) => (a.external_id < b.external_id ? -1 : 1));
  for (const { external_id, title, content } of ordered)
    hash.update(JSON.stringify([external_id, title, content]));
  for (const one of asked) hash.update(JSON.stringify(one));
  return hash.digest("hex").slice(0, 32);
}

/** Rounds to four decimals; smaller differences are noise of the machine. */
export function rounded(value: number): number;
export function rounded(value: number | null | undefined): number | null;
export function rounded(value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : Math.round(value * 10_000) / 10_000;
}
