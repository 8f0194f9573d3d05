import { createRoute, z } from "@hono/zod-openapi";
import { citationSchema, outcomeSchema, rungSchema } from "../chat/schema.ts";
import { requireKey, type App } from "../http/context.ts";
import { jsonContent, problems } from "../http/openapi.ts";
import { Problem } from "../http/problem.ts";
import { readConversation } from "./history.ts";

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

const conversation = z
  .object({
    id: z.string(),
    metadata: z.record(z.string(), z.unknown()),
    messages: z.array(message),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: "Conversation" });

export type ConversationView = z.infer<typeof conversation>;

const getRoute = createRoute({
  method: "get",
  path: "/v1/conversations/{id}",
  summary: "Read a conversation. Its id is its secret: whoever holds it may read it.",
  middleware: [requireKey({ scope: "chat", secretOnly: false })] as const,
  request: { params: z.object({ id: z.string() }) },
  responses: {
    200: jsonContent(conversation, "The conversation"),
    ...problems(401, 403, 404, 429),
  },
});

export function conversationRoutes(app: App): void {
  app.openapi(getRoute, async (c) => {
    const { workspaceId } = c.get("caller");
    const found = await readConversation(
      c.get("services").db,
      workspaceId,
      c.req.valid("param").id,
    );
    if (!found) throw new Problem("not_found", "There is no conversation with this id.");
    return c.json(found, 200);
  });
}
