import { z } from "zod";
import { CommandError } from "../../cli/command.ts";
import { readLines } from "./lines.ts";
import type { Question } from "./question.ts";

const utteranceLine = z.object({ split: z.string(), text: z.string().trim().min(1) });

/**
 * The utterances of CLINC150's splits `oos_…` (Larson et al. 2019), which belong to no intent of the set. They are used as
 * questions that the set's documents do not answer.
 */
export async function readOffTopic(file: string): Promise<Question[]> {
  const utterances = await readLines(file, utteranceLine);
  const texts = new Set(
    utterances.filter(({ split }) => split.startsWith("oos_")).map(({ text }) => text),
  );
  if (texts.size === 0) throw new CommandError(`${file} has no line of a split "oos_…".`);
  return [...texts].map((text, index) => ({
    id: `off-topic-${index + 1}`,
    text,
    answerable: false,
    relevant: new Map<string, number>(),
    answer: undefined,
    kind: "off_topic",
    topic: undefined,
    language: "en",
  }));
}
