import { createRoute, z } from "@hono/zod-openapi";
import { callOf } from "../audit/call.ts";
import type { App } from "../auth/context.ts";
import { readCredentials } from "../auth/credentials.ts";
import { jsonContent, problems } from "../http/openapi.ts";
import { Problem } from "../http/problem.ts";
import { pageOf, pageQuery, readPage } from "../http/paging.ts";
import { unknownConversation } from "./access.ts";
import { claimConversation, listConversations, readConversation } from "./history.ts";
import { conversation, conversationSummary } from "./schema.ts";
import { requestStop } from "./stop.ts";

const getRoute = createRoute({
  method: "get",
  path: "/v1/conversations/{id}",
  summary: "Read a conversation, with its token, its visitor's JWT or a secret key",
  request: { params: z.object({ id: z.string() }) },
  responses: {
    200: jsonContent(conversation, "The conversation"),
    ...problems(404),
  },
});

const claimRoute = createRoute({
  method: "post",
  path: "/v1/conversations/{id}/claim",
  summary:
    "Make an anonymous conversation, opened by its token, the visitor's whom the JWT names; its token opens it no longer",
  request: { params: z.object({ id: z.string() }) },
  responses: {
    200: jsonContent(conversationSummary, "The conversation is the visitor's"),
    ...problems(404, 422),
  },
});

const stopRoute = createRoute({
  method: "post",
  path: "/v1/conversations/{id}/stop",
  summary:
    "Stop the answer that is being written, with the conversation's token, its visitor's JWT or a secret key",
  description:
    "The answer ends within a second or two. What was shown of it stays and is marked as `stopped`, in its stream, in its JSON and in the conversation. Its tokens are counted up to there, and the turn counts towards the quotas. An answer that is complete, or not from a language model, stays as it is. Where nothing is being answered, nothing changes.",
  request: { params: z.object({ id: z.string() }) },
  responses: {
    200: jsonContent(
      z
        .object({
          stopping: z.boolean().meta({ description: "Whether an answer is being written" }),
          message_id: z.string().nullable().meta({ description: "Id of the answer that ends" }),
        })
        .meta({ id: "Stopping" }),
      "The answer has been asked to end, or there is none",
    ),
    ...problems(404),
  },
});

const listRoute = createRoute({
  method: "get",
  path: "/v1/conversations",
  summary:
    "List the conversations of the visitor whom the JWT names, or with a secret key alone those of everybody",
  request: { query: pageQuery },
  responses: {
    200: jsonContent(
      pageOf({ conversations: z.array(conversationSummary) }),
      "A page of conversations, the one with the latest message first",
    ),
  },
});

export function conversationRoutes(app: App): void {
  app.openapi(getRoute, async (c) => {
    const { services, caller } = callOf(c);
    const { conversationToken } = readCredentials(c);
    const { id } = c.req.valid("param");
    const found = await readConversation(services, caller, id, conversationToken);
    if (!found) throw unknownConversation();
    return c.json(found, 200);
  });

  app.openapi(claimRoute, async (c) => {
    const { services, caller } = callOf(c);
    const { visitor } = caller;
    if (!visitor)
      throw new Problem("validation_failed", "Send the JWT of the visitor as `x-visitor-token`.");
    const { conversationToken } = readCredentials(c);
    const { id } = c.req.valid("param");
    const claimed = await claimConversation(
      services,
      { ...caller, visitor },
      id,
      conversationToken,
    );
    if (!claimed) throw unknownConversation();
    return c.json(claimed, 200);
  });

  app.openapi(stopRoute, async (c) => {
    const { services, caller } = callOf(c);
    const { conversationToken } = readCredentials(c);
    const { id } = c.req.valid("param");
    const stopping = await requestStop(services, caller, id, conversationToken);
    if (!stopping) throw unknownConversation();
    const { messageId } = stopping;
    return c.json({ stopping: messageId !== null, message_id: messageId }, 200);
  });

  app.openapi(listRoute, async (c) => {
    const { services, caller, workspaceId } = callOf(c);
    const subject = caller.visitor?.subject;
    const { rows, next_cursor } = await readPage(
      caller,
      `conversations:${JSON.stringify(subject ?? null)}`,
      c.req.valid("query"),
      (after, limit) => listConversations(services.db, workspaceId, { subject, after, limit }),
      ({ updatedAt: at, id }) => ({ at, id }),
    );
    const conversations = rows.map(({ updatedAt: _updatedAt, ...summary }) => summary);
    return c.json({ conversations, next_cursor }, 200);
  });
}
