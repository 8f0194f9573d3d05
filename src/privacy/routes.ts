import { createRoute, z } from "@hono/zod-openapi";
import { callOf } from "../audit/call.ts";
import { visitorSubject } from "../auth/visitor-token.ts";
import type { App } from "../auth/context.ts";
import { jsonContent, problems } from "../http/openapi.ts";
import { Problem } from "../http/problem.ts";
import { readablePath } from "../http/readable-path.ts";
import { erase } from "./erase.ts";
import { exportVisitor, findVisitor } from "./export.ts";

const receipt = z
  .object({
    complete: z.boolean().meta({
      description: "False when a part remains that did not fit into one request: send it again",
    }),
    removed: z.array(z.object({ store: z.string(), table: z.string(), rows: z.int() })),
    remains: z.array(z.object({ store: z.string(), until: z.string().nullable() })).meta({
      description: "The platform's own copies, which nobody can change, and when they expire",
    }),
    begun_at: z.string(),
    completed_at: z.string().nullable(),
  })
  .meta({ id: "ErasureReceipt" });

const heldData = z
  .object({
    exported_at: z.string(),
    visitor: z.record(z.string(), z.unknown()),
    conversations: z.array(z.looseObject({ messages: z.array(z.record(z.string(), z.unknown())) })),
  })
  .meta({ id: "VisitorExport" });

const visitorParameter = z.object({ id: visitorSubject });
const conversationParameter = z.object({ id: z.string().max(256) });

const erased = {
  200: jsonContent(
    receipt,
    "Nothing is stored of the subject any more. An unknown subject gets a receipt of zeros",
  ),
  202: jsonContent(receipt, "A part is erased. Send the same request again to erase the rest"),
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
    "`id` is the `sub` of the visitor's JWT. An export that failed midway ends early and is not valid JSON: request it again.",
  middleware: [readablePath("validation_failed")] as const,
  request: { params: visitorParameter },
  responses: {
    200: jsonContent(heldData, "All rows, with all their columns"),
    ...problems(404),
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
    const { services, workspaceId } = callOf(c);
    const visitor = await findVisitor(services.db, workspaceId, c.req.valid("param").id);
    if (!visitor) throw new Problem("not_found", "There is no visitor with this id.");
    const pieces = exportVisitor(services, workspaceId, visitor);
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
