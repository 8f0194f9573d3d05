import { z } from "@hono/zod-openapi";
import type { Choice } from "../answering/answer.ts";
import type { Citation, SourceReference } from "../citations/source.ts";
import { guidanceSchema, KINDS } from "../playbook/items.ts";
import type { TokenUsage } from "../models/ports.ts";

export const referenceSchema = z.object({
  n: z.int(),
  external_id: z.string(),
  title: z.string(),
  url: z.string().nullable(),
  kind: z.enum(["answer", "tool"]).optional().meta({
    description:
      "`answer`: the owner's own answer (`external_id` is `answer:` and its id). `tool`: what a tool returned (`tool:` and its name). Absent for a document.",
  }),
});

export const citationSchema = referenceSchema
  .extend({
    quote: z.string(),
    /** All quotes, `quote` first. Absent in answers from before there were several. */
    quotes: z.array(z.string()).optional(),
    page: z.int().optional(),
  })
  .meta({ id: "Citation" });

export const choiceSchema = z
  .object({
    label: z.string().meta({ description: "What a button says" }),
    message: z.string().meta({ description: "What a click sends as the visitor's next message" }),
    confirm: z.string().optional().meta({
      description:
        "It agrees to a proposal: a click sends it as `confirm` beside the message, so that it agrees to no other one.",
    }),
  })
  .meta({ id: "Choice" });

export function toChoiceJson({ label, message, confirm }: Choice): z.infer<typeof choiceSchema> {
  return { label, message, ...(confirm !== undefined && { confirm }) };
}

/** `choices` of a message. */
export const choicesSchema = z.array(choiceSchema).meta({
  description:
    "What a clarifying question offers. Its text lists the same, for clients without buttons. Empty otherwise.",
});

export type ReferenceJson = z.infer<typeof referenceSchema>;
export type CitationJson = z.infer<typeof citationSchema>;

export function toUsageJson({ inputTokens, outputTokens }: TokenUsage): UsageJson {
  return { input_tokens: inputTokens, output_tokens: outputTokens };
}

export interface UsageJson {
  input_tokens: number;
  output_tokens: number;
}

/** What a message holds of what its answer used. `saved`: what a model did not use, because an answer was kept. */
export interface StoredUsage extends UsageJson {
  saved?: UsageJson & { model: string };
}

export function fromUsageJson({ input_tokens, output_tokens }: UsageJson): TokenUsage {
  return { inputTokens: input_tokens, outputTokens: output_tokens };
}

/** A source as JSON: in history and in every protocol of ours. */
export function toReferenceJson({
  n,
  externalId,
  title,
  url,
  kind,
}: SourceReference): ReferenceJson {
  return { n, external_id: externalId, title, url, ...(kind && { kind }) };
}

export function toCitationJson(citation: Citation): CitationJson {
  const { quote, quotes, page } = citation;
  return { ...toReferenceJson(citation), quote, quotes, ...(page !== undefined && { page }) };
}

export function fromReferenceJson({
  n,
  external_id,
  title,
  url,
  kind,
}: ReferenceJson): SourceReference {
  return { n, externalId: external_id, title, url, ...(kind && { kind }) };
}

export function fromCitationJson(citation: CitationJson): Citation {
  const { quote, quotes = [quote], page } = citation;
  return { ...fromReferenceJson(citation), quote, quotes, ...(page !== undefined && { page }) };
}

export const outcomeSchema = z.enum([
  "answered",
  "clarified",
  "abstained",
  "handed_over",
  "small_talk",
]);
export const rungSchema = z.enum(["model", "small_model", "cached", "extractive", "owner", "none"]);

/** `form` of a message. */
export const formSchema = guidanceSchema.shape.form.unwrap().meta({
  id: "Form",
  description:
    "What the visitor is asked to fill in. A client sends what was entered as the next message.",
});

const appliedSchema = z
  .array(
    z.object({
      kind: z.enum(KINDS),
      id: z.string(),
      version: z.string(),
      probability: z.number(),
    }),
  )
  .meta({
    description: "What of the owner's answers and guidance applied. For secret keys only.",
  });

const toolCalls = z
  .array(
    z.object({
      id: z.string(),
      tool: z.string(),
      version: z.string(),
      effect: z.enum(["read", "change"]),
      arguments: z.record(z.string(), z.unknown()),
      status: z.enum(["calling", "ok", "failed", "unknown", "refused"]).meta({
        description:
          "`unknown`: the tool may have carried it out. `refused`: a language model asked for it, and it was not made.",
      }),
      reason: z.string().nullable(),
      result: z.record(z.string(), z.unknown()).nullable(),
      created_at: z.string(),
      ended_at: z.string().nullable(),
    }),
  )
  .meta({ description: "Calls of tools that the message led to. For secret keys only." });

const message = z.object({
  id: z.string(),
  role: z.enum(["visitor", "assistant"]),
  author: z.enum(["visitor", "assistant", "person"]).meta({
    description:
      "Who wrote the message. `assistant` is an AI; `person` is kept for people who answer",
  }),
  text: z.string(),
  outcome: outcomeSchema.nullable(),
  confidence: z.number().nullable(),
  rung: rungSchema.nullable(),
  /** Of the reply: an ISO 639-1 code. Null in messages from before it was stored. */
  language: z.string().nullable(),
  /** Why the message is no answer but closes a question that has none. */
  failure: z.enum(["error", "late", "interrupted"]).nullable(),
  citations: z.array(citationSchema),
  choices: choicesSchema,
  form: formSchema.optional(),
  applied: appliedSchema.optional(),
  tool_calls: toolCalls.optional(),
  /** True for an answer that ends where somebody stopped it. Absent otherwise. */
  stopped: z.literal(true).optional(),
  /** True for an answer without its text: it was made of a document that the visitor may not see now. Absent otherwise. */
  withheld: z.literal(true).optional(),
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
