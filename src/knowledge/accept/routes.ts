import type { Services } from "../../runtime/services.ts";
import { createRoute, z } from "@hono/zod-openapi";
import { actorOf } from "../../audit/actor.ts";
import { jsonBody } from "../../http/body.ts";
import type { App } from "../../auth/context.ts";
import { readCursor, writeCursor } from "../../http/cursor.ts";
import { jsonContent, problems } from "../../http/openapi.ts";
import { Problem } from "../../http/problem.ts";
import { readablePath } from "../../http/readable-path.ts";
import { requireDocumentQuota } from "../../limits/quotas.ts";
import { fileContentTypes } from "../formats/file-types.ts";
import { fileQuery, fileUpload } from "./upload.ts";
import { importDocuments, MAX_IMPORT_BYTES } from "./import.ts";
import { getDocument, listDocuments } from "./document-summaries.ts";
import { deleteDocument, putDocument, retryDocument } from "./documents.ts";
import {
  acceptedDocument,
  checkDocument,
  checkExternalId,
  deleteQuery,
  documentBody,
  documentSummary,
  importResult,
  listQuery,
} from "./schema.ts";

const fileBytes = z.string().meta({ type: "string", format: "binary" });
const idParameter = z.object({ external_id: z.string() });

const readableId = readablePath("invalid_external_id");

const putRoute = createRoute({
  method: "put",
  path: "/v1/documents/{external_id}",
  summary: "Create or replace a document",
  description:
    "As JSON, or as a file: the body is the file's bytes, its content type says what it is, and the query says the rest.",
  middleware: [
    readableId,
    fileUpload((c, id) => wakeConsumer(c.get("services"), id)),
    jsonBody(),
  ] as const,
  request: {
    params: idParameter,
    query: fileQuery.partial().extend({ audience: z.unknown().optional() }),
    body: {
      description: "The document",
      content: {
        "application/json": { schema: documentBody },
        ...Object.fromEntries(fileContentTypes.map((type) => [type, { schema: fileBytes }])),
      },
      required: true,
    },
  },
  responses: {
    202: jsonContent(acceptedDocument, "Stored; it is learned in the background"),
    ...problems(400, 401, 403, 413, 415, 422, 429),
  },
});

const getRoute = createRoute({
  method: "get",
  path: "/v1/documents/{external_id}",
  summary: "Read a document and how far it has been learned",
  middleware: [readableId] as const,
  request: { params: idParameter },
  responses: {
    200: jsonContent(documentSummary.extend({ content: z.string() }), "The document"),
    ...problems(401, 403, 404, 422, 429),
  },
});

const deleteRoute = createRoute({
  method: "delete",
  path: "/v1/documents/{external_id}",
  summary: "Delete a document; no answer uses it from the response on",
  middleware: [readableId] as const,
  request: { params: idParameter, query: deleteQuery },
  responses: {
    200: jsonContent(
      acceptedDocument.omit({ unchanged: true }),
      "Deleted, or `stale`: the source has changed the document since",
    ),
    ...problems(401, 403, 404, 422, 429),
  },
});

const retryRoute = createRoute({
  method: "post",
  path: "/v1/documents/{external_id}/retry",
  summary: "Try again to learn a document that failed",
  middleware: [readableId] as const,
  request: { params: idParameter },
  responses: {
    202: jsonContent(
      acceptedDocument,
      "It is learned in the background; `unchanged` if it is live",
    ),
    ...problems(401, 403, 404, 422, 429),
  },
});

const importRoute = createRoute({
  method: "post",
  path: "/v1/documents/import",
  summary:
    "Store many documents: one JSON object a line, as for one document and with its `external_id`",
  request: {
    body: {
      description: "Read as it arrives. A line that is wrong is reported; the others are stored.",
      required: true,
      content: { "application/x-ndjson": { schema: z.string() } },
    },
  },
  responses: {
    200: jsonContent(importResult, "What became of the lines"),
    ...problems(401, 403, 413, 415, 422, 429),
  },
});

const listRoute = createRoute({
  method: "get",
  path: "/v1/documents",
  summary: "List documents",
  request: { query: listQuery },
  responses: {
    200: jsonContent(
      z.object({ documents: z.array(documentSummary), next_cursor: z.string().nullable() }),
      "A page of documents",
    ),
    ...problems(400, 401, 403, 422, 429),
  },
});

export function documentRoutes(app: App): void {
  app.openapi(putRoute, async (c) => {
    const services = c.get("services");
    const externalId = checkExternalId(c.req.valid("param").external_id);
    const body = checkDocument(c.req.valid("json"));
    const { workspaceId } = c.get("caller");
    const { db, now } = services;
    const by = actorOf(c);
    await requireDocumentQuota(db, workspaceId, now());
    const accepted = await putDocument(db, workspaceId, externalId, body, now(), by);
    const { documentId, ...state } = accepted;
    if (state.status === "pending") wakeConsumer(services, documentId);
    return c.json({ external_id: externalId, ...state }, 202);
  });

  app.openapi(getRoute, async (c) => {
    const externalId = checkExternalId(c.req.valid("param").external_id);
    const document = await getDocument(
      c.get("services").db,
      c.get("caller").workspaceId,
      externalId,
    );
    if (!document) throw new Problem("not_found", "There is no document with this external id.");
    return c.json(document, 200);
  });

  app.openapi(deleteRoute, async (c) => {
    const services = c.get("services");
    const externalId = checkExternalId(c.req.valid("param").external_id);
    const { workspaceId } = c.get("caller");
    const { updated_at } = c.req.valid("query");
    const { db, now } = services;
    const deleted = await deleteDocument(
      db,
      workspaceId,
      externalId,
      now(),
      updated_at,
      actorOf(c),
    );
    if (!deleted) throw new Problem("not_found", "There is no document with this external id.");
    const { documentId, ...state } = deleted;
    if (!state.stale) wakeConsumer(services, documentId);
    return c.json({ external_id: externalId, ...state }, 200);
  });

  app.openapi(retryRoute, async (c) => {
    const services = c.get("services");
    const externalId = checkExternalId(c.req.valid("param").external_id);
    const { workspaceId } = c.get("caller");
    const { db, now } = services;
    const retried = await retryDocument(db, workspaceId, externalId, now(), actorOf(c));
    if (!retried) throw new Problem("not_found", "There is no document with this external id.");
    const { documentId, ...state } = retried;
    if (!state.unchanged) wakeConsumer(services, documentId);
    return c.json({ external_id: externalId, ...state }, 202);
  });

  app.openapi(importRoute, async (c) => {
    const type = c.req.header("content-type") ?? "";
    if (!/^application\/(x-ndjson|ndjson|jsonl|x-jsonlines)\s*(;|$)/i.test(type)) {
      throw new Problem("unsupported_media_type", "Send the lines as application/x-ndjson.");
    }
    if (Number(c.req.header("content-length") ?? 0) > MAX_IMPORT_BYTES) {
      throw new Problem("body_too_large", `At most ${MAX_IMPORT_BYTES} bytes are accepted.`);
    }
    const { body } = c.req.raw;
    if (!body) throw new Problem("validation_failed", "The body is empty.");
    const { workspaceId } = c.get("caller");
    return c.json(await importDocuments(c.get("services"), workspaceId, body, actorOf(c)), 200);
  });

  app.openapi(listRoute, async (c) => {
    const { status, limit, cursor } = c.req.valid("query");
    const { workspaceId, workspaceSecret } = c.get("caller");
    const list = `documents:${workspaceId}:${status ?? ""}`;
    const after =
      cursor === undefined ? undefined : await readCursor(workspaceSecret, list, cursor);
    const rows = await listDocuments(c.get("services").db, workspaceId, {
      status,
      after,
      limit: limit + 1,
    });
    const documents = rows.slice(0, limit);
    const last = documents.at(-1);
    const more = rows.length > limit && last;
    const nextCursor = more ? await writeCursor(workspaceSecret, list, last.external_id) : null;
    return c.json({ documents, next_cursor: nextCursor }, 200);
  });
}

/** The outbox already holds the work: a message that cannot be sent is the sweeper's to replace. */
function wakeConsumer({ ingestQueue, waitUntil }: Services, documentId: number): void {
  waitUntil(
    ingestQueue.send({ document_id: documentId }).catch((error: unknown) => {
      console.warn("ingest: wake-up not sent; the sweeper will", {
        documentId,
        error: String(error),
      });
    }),
  );
}
