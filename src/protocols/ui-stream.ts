import { directionOf } from "../language/language.ts";
import type { TurnEvent, TurnResult } from "../conversations/turn-events.ts";
import { toChoiceJson } from "../conversations/schema.ts";
import { toChatResult } from "./chat-schema.ts";

/**
 * The AI SDK's UI message stream (ai-sdk.dev/docs/ai-sdk-ui/stream-protocol): server-sent events, one JSON part each, then
 * `[DONE]`. The conversation's id and token travel as message metadata, which `useChat` sends back with the next message.
 */

const HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
  "x-vercel-ai-ui-message-stream": "v1",
};

/**
 * Runs a turn and streams it. The response begins with the turn's first event. An error before that rejects and becomes a
 * problem response. If the visitor leaves, the turn still goes on under `waitUntil`.
 */
export function uiMessageStream(
  run: (emit: (event: TurnEvent) => void) => Promise<TurnResult>,
  waitUntil: (work: Promise<unknown>) => void,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const encoder = new UiEncoder();
    let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
    // Never awaited: a slow or disconnected reader must not delay the turn.
    const send = (parts: object[]): void => {
      for (const part of parts) write(controller, JSON.stringify(part));
    };
    const body = new ReadableStream<Uint8Array>({
      start(started) {
        controller = started;
      },
      cancel() {
        controller = undefined;
      },
    });
    let started = false;
    const turn = run((event) => {
      if (event.type === "start") {
        started = true;
        resolve(new Response(body, { headers: HEADERS }));
      }
      send(encoder.encode(event));
    })
      .catch((error: unknown) => {
        if (!started) return reject(error);
        console.error("chat: the turn failed after it began", { error: String(error) });
        send([{ type: "error", errorText: "Something went wrong. Please try again." }]);
      })
      .finally(() => {
        write(controller, "[DONE]");
        controller?.close();
      });
    waitUntil(turn);
  });
}

const bytes = new TextEncoder();

function write(
  controller: ReadableStreamDefaultController<Uint8Array> | undefined,
  data: string,
): void {
  controller?.enqueue(bytes.encode(`data: ${data}\n\n`));
}

function choicesPart({ choices }: TurnResult): object[] {
  const data = { choices: choices.map(toChoiceJson) };
  return choices.length > 0 ? [{ type: "data-choices", data }] : [];
}

/** Turns the events of a turn into UI message parts; text parts have to be opened and closed. */
class UiEncoder {
  #textParts = 0;
  #open = false;

  encode(event: TurnEvent): object[] {
    switch (event.type) {
      case "start":
        return [
          {
            type: "start",
            messageId: event.messageId,
            messageMetadata: {
              conversation_id: event.conversationId,
              conversation_token: event.conversationToken,
              language: event.language,
              direction: directionOf(event.language),
              author: "assistant",
              disclosure: event.disclosure,
            },
          },
          { type: "start-step" },
        ];
      case "sources":
        return event.sources.map(({ n, title, url, externalId }) =>
          url
            ? { type: "source-url", sourceId: String(n), url, title }
            : {
                type: "source-document",
                sourceId: String(n),
                mediaType: "text/plain",
                title,
                filename: externalId,
              },
        );
      case "decided":
        return [];
      case "progress":
        return [
          {
            type: "data-progress",
            data: { tool: event.tool, title: event.title },
            transient: true,
          },
        ];
      case "text":
        return [...this.#openText(), { type: "text-delta", id: this.#textId, delta: event.delta }];
      case "restart":
        return this.#closeText();
      case "outcome":
        return [
          ...this.#closeText(),
          ...choicesPart(event.result),
          ...(event.result.form ? [{ type: "data-form", data: event.result.form }] : []),
          { type: "data-outcome", data: toChatResult(event.result) },
          ...(event.result.stopped ? [{ type: "abort", reason: "stopped" }] : []),
        ];
      case "finish":
        return [{ type: "finish-step" }, { type: "finish" }];
    }
  }

  get #textId(): string {
    return `text-${this.#textParts}`;
  }

  #openText(): object[] {
    if (this.#open) return [];
    this.#open = true;
    this.#textParts++;
    return [{ type: "text-start", id: this.#textId }];
  }

  #closeText(): object[] {
    if (!this.#open) return [];
    this.#open = false;
    return [{ type: "text-end", id: this.#textId }];
  }
}
