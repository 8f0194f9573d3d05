import { createRoute, z } from "@hono/zod-openapi";
import type { KeyAccess } from "../auth/access.ts";
import { readCredentials } from "../auth/credentials.ts";
import { jsonBody } from "../http/body.ts";
import type { App } from "../auth/context.ts";
import { jsonContent, problems } from "../http/openapi.ts";
import { takeTurn } from "../conversations/turn.ts";
import { uiMessageStream } from "./ui-stream.ts";
import { chatBody, chatResult, parseChat, toChatResult } from "./chat-schema.ts";
import type { TurnRequest } from "../conversations/turn-request.ts";

/** Room for a whole conversation of `useChat` messages, of which only the last is read. */
const MAX_CHAT_BODY_BYTES = 512 * 1024;

const chatRoute = createRoute({
  method: "post",
  path: "/v1/chat",
  summary:
    "Ask a question; the answer streams, or comes as one object with `Accept: application/json`",
  middleware: [jsonBody(MAX_CHAT_BODY_BYTES)] as const,
  request: {
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
    const { conversationToken, ...question } = parseChat(await c.req.json());
    const credentials = readCredentials(c);
    const request: TurnRequest = {
      ...question,
      access: c.get("access") as KeyAccess,
      credentials: {
        ...credentials,
        conversationToken: conversationToken ?? credentials.conversationToken,
      },
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

function wantsOneObject(accept: string | undefined): boolean {
  return /application\/json/i.test(accept ?? "") && !/text\/event-stream/i.test(accept ?? "");
}
