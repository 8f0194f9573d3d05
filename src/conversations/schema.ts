import { z } from "@hono/zod-openapi";
import { citationSchema, outcomeSchema, rungSchema } from "../chat/schema.ts";

const message = z.object({
  id: z.string(),
  role: z.enum(["visitor", "assistant"]),
  text: z.string(),
  outcome: outcomeSchema.nullable(),
  confidence: z.number().nullable(),
  rung: rungSchema.nullable(),
  citations: z.array(citationSchema),
  created_at: z.string(),
});

export const conversationSummary = z
  .object({
    id: z.string(),
    metadata: z.record(z.string(), z.unknown()),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: "ConversationSummary" });

export const conversation = conversationSummary
  .extend({ messages: z.array(message) })
  .meta({ id: "Conversation" });

export type ConversationSummary = z.infer<typeof conversationSummary>;
export type ConversationView = z.infer<typeof conversation>;
