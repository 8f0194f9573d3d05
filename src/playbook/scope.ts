import { z } from "@hono/zod-openapi";
import { audience } from "../knowledge/accept/schema.ts";
import { validFrom, validUntil } from "../knowledge/accept/validity.ts";
import { ownLine } from "./fields.ts";

const MAX_WORDINGS = 20;

/** Messages, in the words that visitors use. */
export const wordings = z
  .array(ownLine)
  .max(MAX_WORDINGS)
  .refine(
    (all) => new Set(all.map((one) => one.toLowerCase())).size === all.length,
    "holds one twice",
  );

/** When and for whom an item applies. */
export const itemScope = {
  audience: audience.meta({
    description: "Visitors for whom it applies, as in a document. Empty: everybody.",
  }),
  valid_from: validFrom.optional(),
  valid_until: validUntil.optional(),
};

/** The messages that start a tool or a procedure. */
export function topicsOf() {
  return z
    .strictObject({
      topics: wordings.default([]).meta({
        description:
          "Messages that start it, in the words that visitors use. Empty: only a language model, or a procedure, starts it.",
      }),
      unlike: wordings.default([]).meta({
        description: "Messages that sound like it and mean something else.",
      }),
    })
    .default({ topics: [], unlike: [] });
}
