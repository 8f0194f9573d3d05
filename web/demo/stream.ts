import { EventSourceParserStream } from "eventsource-parser/stream";

const OUTCOMES = ["answered", "clarified", "abstained", "handed_over", "small_talk"] as const;

type Source = { n: string; title: string; url: string | null };
export type Citation = Source & { quotes: string[]; page?: number };
/** What a button says, and the message that it sends. */
/** `confirm` agrees to the proposal that the choice belongs to. */
export type Choice = { label: string; message: string; confirm: string };
export type FormField = { name: string; label: string; type: string; required: boolean };
/** What the visitor is asked to fill in. */
export type Form = { title: string; fields: FormField[] };
export type Outcome = {
  outcome: (typeof OUTCOMES)[number];
  /** 0–1, or null when the server gives none. */
  confidence: number | null;
  rung: string;
  release: string;
  /** The verified text; it replaces what was streamed. */
  text: string;
  citations: Citation[];
  /** What a clarifying question offers. */
  choices: Choice[];
  form: Form | null;
  /** The visitor stopped it: the text is what was shown until then. */
  stopped: boolean;
};

export type ChatEvent =
  /** `disclosure` says that an AI answers, on the first turn of a conversation; else it is empty. */
  | { type: "start"; messageId: string; conversationId: string; conversationToken: string; disclosure: string }
  | { type: "text-start" }
  | { type: "text"; delta: string }
  | { type: "outcome"; outcome: Outcome }
  /** A tool is being called. */
  | { type: "progress"; title: string }
  | { type: "error"; message: string }
  | { type: "finish" };

/**
 * Reads an AI SDK UI message stream (https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol) up to `[DONE]` or its end.
 * Throws when the connection breaks or an event is not JSON. Unknown part types are skipped, so that
 * the server may add some.
 */
export async function* readChatEvents(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<ChatEvent> {
  // A reader instead of `for await`: Safari has no async iteration of streams before 26.4.
  const reader = body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream())
    .getReader();
  let isFinished = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      isFinished ||= done || value.data === "[DONE]";
      if (done || isFinished) return;
      const event = toChatEvent(asRecord(JSON.parse(value.data)));
      isFinished = event?.type === "finish";
      if (event) yield event;
    }
  } finally {
    // After a failed read the stream is already closed, and the error of the read is the one to report. A finished stream is read to its
    // end: cancelled, it would stand in the browser's console as a request that failed.
    const end = isFinished ? readToEnd(reader) : reader.cancel();
    void end.catch(() => undefined);
  }
}

async function readToEnd(reader: ReadableStreamDefaultReader<unknown>): Promise<void> {
  while (!(await reader.read()).done);
}

function toChatEvent(part: Record<string, unknown>): ChatEvent | null {
  switch (part.type) {
    case "start":
      return {
        type: "start",
        messageId: asText(part.messageId),
        conversationId: asText(asRecord(part.messageMetadata).conversation_id),
        conversationToken: asText(asRecord(part.messageMetadata).conversation_token),
        disclosure: asText(asRecord(part.messageMetadata).disclosure),
      };
    case "text-start":
      return { type: "text-start" };
    case "text-delta":
      return { type: "text", delta: asText(part.delta) };
    case "data-progress":
      return { type: "progress", title: asText(asRecord(part.data).title) };
    case "data-outcome": {
      const outcome = toOutcome(asRecord(part.data));
      return outcome && { type: "outcome", outcome };
    }
    case "error":
      return { type: "error", message: asText(part.errorText) };
    case "finish":
      return { type: "finish" };
    default:
      return null;
  }
}

/** How an answer ended, from the stream or from a stored message; null for what this page does not know. */
export function toOutcome(data: Record<string, unknown>): Outcome | null {
  const outcome = OUTCOMES.find((known) => known === data.outcome);
  if (!outcome) return null;
  const citations = Array.isArray(data.citations) ? data.citations.map(asRecord) : [];
  const choices = Array.isArray(data.choices) ? data.choices.map(asRecord) : [];
  return {
    outcome,
    confidence: typeof data.confidence === "number" ? data.confidence : null,
    rung: asText(data.rung),
    release: asText(data.release),
    text: asText(data.text),
    stopped: data.stopped === true,
    citations: citations.map((citation) => ({
      ...toSource(citation.n, citation),
      quotes: toQuotes(citation),
      ...(typeof citation.page === "number" && { page: citation.page }),
    })),
    choices: choices.map(({ label, message, confirm }) => ({
      label: asText(label),
      message: asText(message),
      confirm: asText(confirm),
    })),
    form: toForm(data.form),
  };
}

const INPUT_TYPES = new Set(["text", "email", "tel", "number", "date"]);

function toForm(given: unknown): Form | null {
  const { title, fields } = asRecord(given);
  if (!Array.isArray(fields)) return null;
  return {
    title: asText(title),
    fields: fields.map(asRecord).map(({ name, label, type, required }) => ({
      name: asText(name),
      label: asText(label),
      type: INPUT_TYPES.has(asText(type)) ? asText(type) : "text",
      required: required === true,
    })),
  };
}

/** Answers from before there were several quotes have one. */
function toQuotes({ quotes, quote }: Record<string, unknown>): string[] {
  return (Array.isArray(quotes) ? quotes : [quote]).map(asText).filter(Boolean);
}

function toSource(n: unknown, from: Record<string, unknown>): Source {
  const title = asText(from.title) || asText(from.external_id) || "Untitled article";
  return { n: asText(n), title, url: toWebUrl(asText(from.url)) };
}

/** Only absolute http(s) addresses become links: a document's `javascript:` URL must never be clickable. */
function toWebUrl(value: string): string | null {
  if (!URL.canParse(value)) return null;
  const url = new URL(value);
  return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
}

export function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

export function asText(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "number" ? String(value) : "";
}
