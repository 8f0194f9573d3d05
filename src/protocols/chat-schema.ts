import { z } from "@hono/zod-openapi";
import type { TurnResult } from "../conversations/turn-events.ts";
import {
  choicesSchema,
  formSchema,
  citationSchema,
  outcomeSchema,
  referenceSchema,
  rungSchema,
  toChoiceJson,
  toCitationJson,
  toReferenceJson,
  toUsageJson,
} from "../conversations/schema.ts";
import { directionOf, LANGUAGE_CODES } from "../language/language.ts";
import { metadataSchema } from "../http/metadata.ts";
import { Problem, validationProblem } from "../http/problem.ts";

/** The longest message. */
const MAX_MESSAGE_CHARACTERS = 4000;
/** The longest name of a request. */
export const MAX_KEY_CHARACTERS = 255;

/** Edgewise's own shape. Unknown fields are refused, because a misspelt `conversation_id` would start a new conversation. */
const plainBody = z.strictObject({
  message: z.string(),
  conversation_id: z.string().optional(),
  /** The token from the conversation's first answer. The header `x-conversation-token` may carry it instead. */
  conversation_token: z.string().nullish(),
  metadata: metadataSchema.optional(),
  confirm: z.string().max(64).optional().meta({
    description:
      "`confirm` of the choice whose button was pressed: it agrees to that proposal, and to no other one",
  }),
  client_message_id: z.string().min(1).max(MAX_KEY_CHARACTERS).optional().meta({
    description:
      "The client's own id of the message: sent again with the same text, it gets the same answer. As the header `Idempotency-Key`",
  }),
  language: z.string().max(64).optional().meta({
    description:
      "Ignored, as `direction`, `author` and `disclosure` are: the metadata of a streamed message may be sent back as it came. The message's own language counts",
  }),
  direction: z.string().max(64).optional(),
  author: z.string().max(64).optional(),
  disclosure: z.string().max(2000).nullish(),
  history: z.array(z.unknown()).optional().meta({
    description: "Ignored: the server keeps the history of its conversations, and its own counts",
  }),
});

/** What the AI SDK's `useChat` sends. Other fields are ignored. */
const useChatBody = z.looseObject({
  id: z.string().optional(),
  messages: z
    .array(
      z.looseObject({
        /** The client's id of the message. */
        id: z.unknown().optional(),
        role: z.enum(["system", "user", "assistant"]),
        parts: z
          .array(z.looseObject({ type: z.string(), text: z.string().optional() }))
          .default([]),
        metadata: z
          .looseObject({
            conversation_id: z.string().optional(),
            conversation_token: z.string().nullish(),
          })
          .nullish(),
      }),
    )
    .min(1)
    .max(1000),
  conversation_id: z.string().optional(),
  conversation_token: z.string().nullish(),
  /** `confirm` of the choice whose button was pressed. */
  confirm: z.string().max(64).optional(),
  /** `regenerate-message` asks the same message anew. */
  trigger: z.unknown().optional(),
});

/**
 * Only for the OpenAPI document: every object passes, because the errors of a union would name both shapes for one mistake.
 * {@link parseChat} validates.
 */
export const chatBody = z.looseObject({}).meta({
  id: "ChatInput",
  oneOf: [z.toJSONSchema(plainBody, { io: "input" }), z.toJSONSchema(useChatBody, { io: "input" })],
});

export interface ParsedChat {
  message: string;
  conversationId: string | undefined;
  conversationToken: string | undefined;
  /** The proposal that a button agrees to. */
  confirm: string | undefined;
  metadata: Record<string, unknown>;
  /** The client's id of the message, by which a retry is known. */
  clientMessageId: string | undefined;
}

/** @throws Problem for a body that is neither shape, or a message that is empty or too long */
export function parseChat(body: unknown): ParsedChat {
  const isUseChat = typeof body === "object" && body !== null && "messages" in body;
  const read = isUseChat ? fromUseChat(body) : fromPlain(body);
  // A lone surrogate cannot be written as UTF-8. D1 would store three unreadable characters for it.
  const parsed = { ...read, message: read.message.toWellFormed() };
  if (!parsed.message.trim()) throw new Problem("empty_message", "Say something in `message`.");
  if (parsed.message.length > MAX_MESSAGE_CHARACTERS) {
    throw new Problem(
      "message_too_long",
      `At most ${MAX_MESSAGE_CHARACTERS} characters are accepted.`,
    );
  }
  return parsed;
}

function fromPlain(body: unknown): ParsedChat {
  const { data, error } = plainBody.safeParse(body);
  if (error) throw validationProblem(error);
  return {
    message: data.message,
    conversationId: data.conversation_id,
    conversationToken: data.conversation_token ?? undefined,
    confirm: data.confirm,
    metadata: data.metadata ?? {},
    clientMessageId: data.client_message_id,
  };
}

/**
 * Only the last user message is read, because the server keeps the history. The conversation and the token that opens it come
 * from the metadata of earlier answers. The `id` that a browser chooses is no credential.
 */
function fromUseChat(body: object): ParsedChat {
  const { data, error } = useChatBody.safeParse(body);
  if (error) throw validationProblem(error);
  const question = data.messages.findLast((message) => message.role === "user");
  const answered = data.messages.findLast((message) => message.metadata?.conversation_id);
  const text = question?.parts
    .filter((part) => part.type === "text")
    .map((part) => part.text ?? "")
    .join("\n");
  return {
    message: text ?? "",
    conversationId: data.conversation_id ?? answered?.metadata?.conversation_id,
    conversationToken:
      data.conversation_token ?? answered?.metadata?.conversation_token ?? undefined,
    confirm: data.confirm,
    metadata: {},
    clientMessageId: data.trigger === "regenerate-message" ? undefined : usableId(question?.id),
  };
}

/** An id that a client made for itself is no promise of ours: one that cannot be used is left alone. */
function usableId(id: unknown): string | undefined {
  const isUsable = typeof id === "string" && id.length > 0 && id.length <= MAX_KEY_CHARACTERS;
  return isUsable ? id : undefined;
}

export const chatResult = z
  .object({
    conversation_id: z.string(),
    /** Opens an anonymous conversation: send it with the next message and to read the conversation. Null for a visitor with a JWT. */
    conversation_token: z.string().nullable(),
    message_id: z.string(),
    author: z.literal("assistant").meta({ description: "Who wrote the text: an AI" }),
    disclosure: z.string().nullable().meta({
      description:
        "On the first turn of a conversation: a sentence that says that an AI answers, to be shown with the answer. Null on later ones.",
    }),
    text: z.string(),
    outcome: outcomeSchema,
    confidence: z.number().min(0).max(1),
    rung: rungSchema,
    /** Of the reply, as an ISO 639-1 code, and the direction in which it is written. */
    language: z.enum(LANGUAGE_CODES),
    direction: z.enum(["ltr", "rtl"]),
    release: z.string(),
    model: z.string().nullable(),
    reranker: z.string().nullable(),
    citations: z.array(citationSchema),
    sources: z.array(referenceSchema),
    choices: choicesSchema,
    form: formSchema.optional(),
    usage: z.object({
      input_tokens: z.int(),
      output_tokens: z.int(),
      saved: z.object({ input_tokens: z.int(), output_tokens: z.int() }).optional().meta({
        description:
          "Of an answer that was kept from the same question: what its model used then, and did not use again. Absent otherwise",
      }),
    }),
    timings_ms: z.record(z.string(), z.number()),
    stopped: z.literal(true).optional().meta({
      description: "The answer ends where somebody stopped it. Absent otherwise.",
    }),
    withheld: z.literal(true).optional().meta({
      description:
        "A retry of a request whose answer was made of a document that the visitor may not see now: its text is left out. Absent otherwise.",
    }),
    binding_calls: z.object({
      d1: z.int(),
      ai: z.int(),
      vectorize: z.int(),
      queue: z.int(),
      sequential: z.int(),
    }),
  })
  .meta({ id: "ChatResult" });

export type ChatResult = z.infer<typeof chatResult>;

/** A turn as one object. */
export function toChatResult(result: TurnResult): ChatResult {
  return {
    conversation_id: result.conversationId,
    conversation_token: result.conversationToken,
    message_id: result.messageId,
    author: "assistant",
    disclosure: result.disclosure,
    text: result.text,
    outcome: result.outcome,
    confidence: result.confidence,
    rung: result.rung,
    language: result.language,
    direction: directionOf(result.language),
    release: result.release,
    model: result.model,
    reranker: result.reranker,
    citations: result.citations.map(toCitationJson),
    sources: result.sources.map(toReferenceJson),
    choices: result.choices.map(toChoiceJson),
    ...(result.form && { form: result.form }),
    usage: {
      ...toUsageJson(result.usage),
      ...(result.saved && { saved: toUsageJson(result.saved.usage) }),
    },
    timings_ms: result.timingsMs,
    ...(result.stopped && { stopped: result.stopped }),
    ...(result.withheld && { withheld: result.withheld }),
    binding_calls: { ...result.bindingCalls },
  };
}
