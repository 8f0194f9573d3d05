import { createRoute, z } from "@hono/zod-openapi";
import type { KeyAccess } from "../auth/access.ts";
import { IDEMPOTENCY_KEY_HEADER, readCredentials } from "../auth/credentials.ts";
import { jsonBody } from "../http/body.ts";
import type { App } from "../auth/context.ts";
import { jsonContent, problems } from "../http/openapi.ts";
import { takeTurn } from "../conversations/turn.ts";
import { uiMessageStream } from "./ui-stream.ts";
import {
  MAX_KEY_CHARACTERS,
  chatBody,
  chatResult,
  parseChat,
  toChatResult,
} from "./chat-schema.ts";
import type { RetryKey, TurnRequest } from "../conversations/turn-request.ts";

/** Room for a whole conversation of `useChat` messages, of which only the last is read. */
const MAX_CHAT_BODY_BYTES = 512 * 1024;

const chatRoute = createRoute({
  method: "post",
  path: "/v1/chat",
  summary:
    "Ask a question; the answer streams, or comes as one object with `Accept: application/json`",
  description:
    "One message of a conversation is answered at a time. Another one meanwhile gets 409 `turn_running` with `Retry-After`. An answer that is stopped (`POST /v1/conversations/{id}/stop`) ends with `stopped` in its outcome, and its stream with a part of type `abort`.",
  middleware: [jsonBody(MAX_CHAT_BODY_BYTES)] as const,
  request: {
    headers: z.object({
      [IDEMPOTENCY_KEY_HEADER]: z.string().max(MAX_KEY_CHARACTERS).optional().meta({
        description:
          "Names the request: sent again within 24 hours it gets the same answer, without another turn. While the first sending is answered, a retry gets 409 `turn_running` with `Retry-After`; after a failure it is answered anew. Choose it at random: who begins a conversation without a visitor's JWT needs at least 16 characters, because the key opens what it has begun. With another message it is refused (422 `idempotency_key_reused`). Without it the client's id of the message counts (`client_message_id`, or the id that `useChat` gives it).",
      }),
    }),
    body: { ...jsonContent(chatBody, "A message, or what `useChat` sends"), required: true },
  },
  responses: {
    200: {
      description: "The turn",
      content: {
        "application/json": { schema: chatResult },
        "text/event-stream": {
          schema: z.string().meta({ description: "AI SDK UI message stream, version 1" }),
        },
      },
    },
    ...problems(404, 409),
  },
});

export function chatRoutes(app: App): void {
  app.openapi(chatRoute, async (c) => {
    const services = c.get("services");
    const { conversationToken, clientMessageId, ...question } = parseChat(await c.req.json());
    const { [IDEMPOTENCY_KEY_HEADER]: key } = c.req.valid("header");
    const credentials = readCredentials(c);
    const request: TurnRequest = {
      ...question,
      access: c.get("access") as KeyAccess,
      credentials: {
        ...credentials,
        conversationToken: conversationToken ?? credentials.conversationToken,
      },
      retryKey: retryKeyOf(key, clientMessageId),
      address: c.req.header("cf-connecting-ip") ?? "",
    };
    if (wantsOneObject(c.req.header("accept"))) {
      const turn = takeTurn(services, request, "stream", () => {});
      services.waitUntil(turn.catch(() => {}));
      return c.json(toChatResult(await turn), 200);
    }
    return uiMessageStream(
      (emit) => takeTurn(services, request, "stream", emit),
      services.waitUntil,
    );
  });
}

function retryKeyOf(header: string | undefined, message: string | undefined): RetryKey | undefined {
  if (header) return { value: header, from: "header" };
  return message === undefined ? undefined : { value: message, from: "message" };
}

function wantsOneObject(accept: string | undefined): boolean {
  return /application\/json/i.test(accept ?? "") && !/text\/event-stream/i.test(accept ?? "");
}
