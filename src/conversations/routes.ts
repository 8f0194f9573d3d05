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
