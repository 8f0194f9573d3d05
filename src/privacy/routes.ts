import { createRoute, z } from "@hono/zod-openapi";
import { callOf } from "../audit/call.ts";
import { visitorSubject } from "../auth/visitor-token.ts";
import type { App } from "../auth/context.ts";
import { jsonContent, problems } from "../http/openapi.ts";
import { readCursor, writeCursor } from "../http/cursor.ts";
import { Problem } from "../http/problem.ts";
import { readablePath } from "../http/readable-path.ts";
import { erase, receiptSchema } from "./erase.ts";
import { exportVisitor, findVisitor, type ExportPosition } from "./export.ts";

const visitorExport = z
  .object({
    exported_at: z.string(),
    visitor: z.record(z.string(), z.unknown()),
    conversations: z.array(z.looseObject({ messages: z.array(z.record(z.string(), z.unknown())) })),
    next_cursor: z.string().nullable().meta({
      description:
        "Null in the last part. Else the next part begins with the rest of the conversation in which this one ends",
    }),
  })
  .meta({ id: "VisitorExport" });

const visitorParameter = z.object({ id: visitorSubject });
const conversationParameter = z.object({ id: z.string().max(256) });

const erased = {
  200: jsonContent(
    receiptSchema,
    "Nothing is stored of the subject any more. An unknown subject gets a receipt of zeros",
  ),
  202: jsonContent(
    receiptSchema,
    "A part is erased. Send the same request again to erase the rest",
  ),
};

const eraseVisitorRoute = createRoute({
  method: "delete",
  path: "/v1/visitors/{id}",
  summary:
    "Erase all that is stored of a visitor: profile, conversations and what was derived from them",
  description:
    "`id` is the `sub` of the visitor's JWT. All of it is in the database: vectors are made of documents only, and queue messages hold ids only. A conversation that the visitor began before signing in, and did not continue after it, belongs to no visitor: erase it by its own id.",
  middleware: [readablePath("validation_failed")] as const,
  request: { params: visitorParameter },
  responses: erased,
});

const eraseConversationRoute = createRoute({
  method: "delete",
  path: "/v1/conversations/{id}",
  summary: "Erase a conversation, such as an anonymous visitor's, and what was derived from it",
  middleware: [readablePath("validation_failed")] as const,
  request: { params: conversationParameter },
  responses: erased,
});

const exportRoute = createRoute({
  method: "get",
  path: "/v1/visitors/{id}/export",
  summary: "Export everything that is stored of a visitor, as one JSON document that streams",
  description:
    "`id` is the `sub` of the visitor's JWT. An export that failed midway ends early and is not valid JSON: request it again. A large export comes in parts: pass `next_cursor` as `cursor` for the next one.",
  middleware: [readablePath("validation_failed")] as const,
  request: {
    params: visitorParameter,
    query: z.object({ cursor: z.string().max(1000).optional() }),
  },
  responses: {
    200: jsonContent(visitorExport, "All rows, with all their columns"),
    ...problems(400, 404),
  },
});

export function privacyRoutes(app: App): void {
  app.openapi(eraseVisitorRoute, async (c) => {
    const { services, caller, by } = callOf(c);
    const done = await erase(services, caller, { visitor: c.req.valid("param").id }, by);
    return c.json(done, done.complete ? 200 : 202);
  });

  app.openapi(eraseConversationRoute, async (c) => {
    const { services, caller, by } = callOf(c);
    const done = await erase(services, caller, { conversation: c.req.valid("param").id }, by);
    return c.json(done, done.complete ? 200 : 202);
  });

  app.openapi(exportRoute, async (c) => {
    const { services, caller, workspaceId } = callOf(c);
    const { workspaceSecret } = caller;
    const { id } = c.req.valid("param");
    const { cursor } = c.req.valid("query");
    const list = `export:${JSON.stringify(id)}:${workspaceId}`;
    const after =
      cursor === undefined
        ? undefined
        : (JSON.parse(await readCursor(workspaceSecret, list, cursor)) as ExportPosition);
    const visitor = await findVisitor(services.db, workspaceId, id);
    if (!visitor) throw new Problem("not_found", "There is no visitor with this id.");
    const pieces = exportVisitor(services, workspaceId, visitor, after, (position) =>
      writeCursor(workspaceSecret, list, JSON.stringify(position)),
    );
    const headers = { "content-type": "application/json" };
    // The type of a streamed body cannot be checked.
    return new Response(toStream(pieces), { headers }) as never;
  });
}

/** Generates only as fast as the client reads. The status is sent already, so a failure breaks the transfer off. */
function toStream(pieces: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await pieces.return(undefined);
    },
  });
}
