import { existsSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { CommandError } from "../../cli/command.ts";
import type { ExpectedPassage } from "../passages/matching.ts";
import { readLines, refuseSameIds } from "./lines.ts";
import { PASSAGE_FIELDS, readPassageFields } from "./passage-fields.ts";

const OUTCOMES = ["answered", "clarified", "abstained", "handed_over", "small_talk"] as const;

const turnLine = z
  .strictObject({
    message: z.string().trim().min(1).max(4000),
    /** The expected outcome; of a list, any one. */
    outcome: z.union([z.enum(OUTCOMES), z.array(z.enum(OUTCOMES)).min(1)]),
    /** The documents that answer it. The first citation must be one of them. */
    expected: z.array(z.string()).min(1).optional(),
    /** Parts separated by "; ". The answer must contain one of them. */
    answer: z.string().min(1).optional(),
    ...PASSAGE_FIELDS,
    /** The message, complete in itself. */
    standalone: z.string().min(1).optional(),
    /** The assistant's text that the message replies to, where it is not just any answer. */
    after: z.string().min(1).optional(),
    kind: z.string().default("plain"),
  })
  .refine(
    ({ outcome, expected }) => [outcome].flat().includes("answered") === (expected !== undefined),
    "must name expected documents if, and only if, it may be answered",
  )
  .refine(
    ({ expected, must }) => must === undefined || expected !== undefined,
    "notes the words of an answer, but names no expected document",
  );

const conversationLine = z.strictObject({
  id: z.string().min(1),
  topic: z.string().optional(),
  language: z.string().optional(),
  turns: z.array(turnLine).min(2).max(50),
});

export interface ExpectedTurn {
  message: string;
  outcomes: readonly string[];
  expected: ReadonlySet<string>;
  answer: string[];
  /** The words of a right answer; absent if the set notes none. */
  passage?: ExpectedPassage | undefined;
  /** The message, complete in itself, where the set notes it. */
  standalone: string | undefined;
  /** The assistant's text that the message replies to, where the set notes it. */
  after: string | undefined;
  kind: string;
}

export interface Conversation {
  id: string;
  topic: string | undefined;
  language: string | undefined;
  turns: ExpectedTurn[];
}

/** A set of conversations: one per line, with its turns in order. docs/evaluation/sets.md describes the format. */
export async function readConversations(
  folder: string,
  file: string,
  documentIds: Iterable<string>,
): Promise<Conversation[]> {
  const at = [path.join(folder, file), path.resolve(file)].find((place) => existsSync(place));
  if (!at) throw new CommandError(`${folder} has no file of conversations ${file}.`);
  const known = new Set(documentIds);
  const lines = await readLines(at, conversationLine);
  if (lines.length === 0) throw new CommandError(`${at} holds no conversation.`);
  refuseSameIds(
    lines.map(({ id }) => id),
    at,
  );
  return lines.map(({ id, topic, language, turns }) => ({
    id,
    topic,
    language,
    turns: turns.map(
      ({ message, outcome, expected = [], answer, kind, standalone, after, ...rest }) => {
        const unknown = expected.find((document) => !known.has(document));
        if (unknown)
          throw new CommandError(`${at}: ${id} expects ${unknown}, which is not in the set.`);
        return {
          message,
          outcomes: [outcome].flat(),
          expected: new Set(expected),
          answer: answer?.split("; ") ?? [],
          passage: readPassageFields(rest),
          standalone,
          after,
          kind,
        };
      },
    ),
  }));
}
