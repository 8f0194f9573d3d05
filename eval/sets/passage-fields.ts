import { z } from "zod";
import { foldWords, type ExpectedPassage } from "../passages/matching.ts";

const phrase = z.string().refine((text) => foldWords(text).trim() !== "", "holds no word");

/** The fields by which a question says which words a right answer holds. docs/evaluation/sets.md describes them. */
export const PASSAGE_FIELDS = {
  must: z
    .array(z.union([phrase, z.array(phrase).min(1)]))
    .min(1)
    .optional(),
  must_not: z.array(phrase).optional(),
  procedure: z.boolean().optional(),
};

interface PassageFields {
  must?: (string | string[])[] | undefined;
  must_not?: string[] | undefined;
  procedure?: boolean | undefined;
}

/** Undefined for a question that notes no required words: its passage is not judged. */
export function readPassageFields({
  must,
  must_not: mustNot = [],
  procedure = false,
}: PassageFields): ExpectedPassage | undefined {
  return must && { must: must.map((one) => [one].flat()), mustNot, procedure };
}
