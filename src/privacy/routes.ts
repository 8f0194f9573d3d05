import { createRoute, z } from "@hono/zod-openapi";
import { actorOf } from "../audit/actor.ts";
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
      description: "False when there was more than one request may do: send it again to go on",
    }),
    removed: z.array(z.object({ store: z.string(), table: z.string(), rows: z.int() })),
    remains: z.array(z.object({ store: z.string(), until: z.string().nullable() })).meta({
      description:
        "Copies that nobody can reach into, and when the last of what was erased has left them",
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
    "Nothing is held any more. Also where nothing was: of a stranger zeros",
  ),
  202: jsonContent(receipt, "A part is erased. Send the same request again to go on"),
  ...problems(401, 403, 422, 429),
};

const eraseVisitorRoute = createRoute({
  method: "delete",
  path: "/v1/visitors/{id}",
  summary:
    "Erase all that is held of a visitor: profile, conversations and what was derived from them",
  description:
    "`id` is the `sub` of the visitor's JWT. Vectors are of documents alone, and queues carry ids: everything is in the database. What the visitor wrote before signing in and never claimed belongs to no visitor: erase such a conversation by its own id.",
  middleware: [readablePath("validation_failed")] as const,
  request: { params: visitorParameter },
  responses: erased,
});

const eraseConversationRoute = createRoute({
  method: "delete",
  path: "/v1/conversations/{id}",
  summary: "Erase a conversation and what was derived from it, an anonymous visitor's above all",
  middleware: [readablePath("validation_failed")] as const,
  request: { params: conversationParameter },
  responses: erased,
});

const exportRoute = createRoute({
  method: "get",
  path: "/v1/visitors/{id}/export",
  summary: "Everything that is held of a visitor, as one document that streams",
  description:
    "`id` is the `sub` of the visitor's JWT. A document that ends early is not JSON: ask again.",
  middleware: [readablePath("validation_failed")] as const,
  request: { params: visitorParameter },
  responses: {
    200: jsonContent(heldData, "All rows, whole"),
    ...problems(401, 403, 404, 422, 429),
  },
});

export function privacyRoutes(app: App): void {
  app.openapi(eraseVisitorRoute, async (c) => {
    const subject = { visitor: c.req.valid("param").id };
    const done = await erase(c.get("services"), c.get("caller"), subject, actorOf(c));
    return c.json(done, done.complete ? 200 : 202);
  });

  app.openapi(eraseConversationRoute, async (c) => {
    const subject = { conversation: c.req.valid("param").id };
    const done = await erase(c.get("services"), c.get("caller"), subject, actorOf(c));
    return c.json(done, done.complete ? 200 : 202);
  });

  app.openapi(exportRoute, async (c) => {
    const services = c.get("services");
    const { workspaceId } = c.get("caller");
    const visitor = await findVisitor(services.db, workspaceId, c.req.valid("param").id);
    if (!visitor) throw new Problem("not_found", "There is no visitor with this id.");
    const pieces = exportVisitor(services, workspaceId, visitor);
    const headers = { "content-type": "application/json" };
    // What a stream holds has no type.
    return new Response(toStream(pieces), { headers }) as never;
  });
}

/** Reads no further than its reader. A failure breaks the transfer off, since its status is already sent. */
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
