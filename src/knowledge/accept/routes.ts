import { createRoute, z } from "@hono/zod-openapi";
import { callOf } from "../../audit/call.ts";
import { jsonBody, requireContentLength, requireContentType } from "../../http/body.ts";
import type { App } from "../../auth/context.ts";
import { jsonContent, problems } from "../../http/openapi.ts";
import { pageOf, readPage } from "../../http/paging.ts";
import { Problem } from "../../http/problem.ts";
import { readablePath } from "../../http/readable-path.ts";
import { logWork } from "../../runtime/log-work.ts";
import { fileContentTypes } from "../formats/file-types.ts";
import { acceptDocument, acknowledge } from "./accept-document.ts";
import { fileQuery, fileUpload } from "./upload.ts";
import { importDocuments, MAX_IMPORT_BYTES } from "./import.ts";
import { getDocument, listDocuments } from "./document-summaries.ts";
import { deleteDocument, retryDocument } from "./documents.ts";
import { readProgress } from "./progress.ts";
import {
  acceptedDocument,
  checkDocument,
  checkExternalId,
  deleteQuery,
  documentBody,
  documentSummary,
  documentWithContent,
  getQuery,
  importResult,
  listQuery,
  progress,
} from "./schema.ts";

const fileBytes = z.string().meta({ type: "string", format: "binary" });
const idParameter = z.object({ external_id: z.string() });

const readableId = readablePath("invalid_external_id");

const putRoute = createRoute({
  method: "put",
  path: "/v1/documents/{external_id}",
  summary: "Create or replace a document",
  description:
    "The body is JSON, or the bytes of a file. For a file, the content type names the format, and the query holds the other fields.",
  middleware: [readableId, fileUpload(), jsonBody()] as const,
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
    202: jsonContent(acceptedDocument, "The document is stored, and ingested in the background"),
  },
});

const getRoute = createRoute({
  method: "get",
  path: "/v1/documents/{external_id}",
  summary: "Read a document, the progress of its ingestion and how it was understood",
  middleware: [readableId] as const,
  request: { params: idParameter, query: getQuery },
  responses: {
    200: jsonContent(documentWithContent, "The document"),
    ...problems(404, 422),
  },
});

const deleteRoute = createRoute({
  method: "delete",
  path: "/v1/documents/{external_id}",
  summary: "Delete a document. Answers that begin after the response do not use it",
  middleware: [readableId] as const,
  request: { params: idParameter, query: deleteQuery },
  responses: {
    200: jsonContent(
      acceptedDocument.omit({ unchanged: true }),
      "The document is deleted; or `stale`: the source has changed it after `updated_at`, and it stays",
    ),
    ...problems(404),
  },
});

const retryRoute = createRoute({
  method: "post",
  path: "/v1/documents/{external_id}/retry",
  summary: "Retry a document whose ingestion failed",
  middleware: [readableId] as const,
  request: { params: idParameter },
  responses: {
    202: jsonContent(
      acceptedDocument,
      "The document is ingested in the background; `unchanged`: it is live already",
    ),
    ...problems(404, 422),
  },
});

const importRoute = createRoute({
  method: "post",
  path: "/v1/documents/import",
  summary: "Store many documents: one JSON object per line, each a document with its `external_id`",
  request: {
    body: {
      description:
        "The body is read while it arrives. An invalid line is reported; the others are stored.",
      required: true,
      content: { "application/x-ndjson": { schema: z.string() } },
    },
  },
  responses: {
    200: jsonContent(importResult, "How many documents were stored, and which lines were refused"),
    ...problems(413, 415, 422),
  },
});

const listRoute = createRoute({
  method: "get",
  path: "/v1/documents",
  summary: "List documents",
  request: { query: listQuery },
  responses: {
    200: jsonContent(
      pageOf({ documents: z.array(documentSummary), progress }),
      "A page of documents, and how far the workspace's ingestion is",
    ),
  },
});

export function documentRoutes(app: App): void {
  app.openapi(putRoute, async (c) => {
    const externalId = checkExternalId(c.req.valid("param").external_id);
    const input = checkDocument(c.req.valid("json"));
    return c.json(await acceptDocument(callOf(c), externalId, async () => input), 202);
  });

  app.openapi(getRoute, async (c) => {
    const { services, workspaceId } = callOf(c);
    const externalId = checkExternalId(c.req.valid("param").external_id);
    const withMarkdown = c.req.valid("query").include === "markdown";
    const document = await getDocument(services.db, workspaceId, externalId, withMarkdown);
    if (!document) throw unknownDocument();
    return c.json(document, 200);
  });

  app.openapi(deleteRoute, async (c) => {
    const { services, workspaceId, by } = callOf(c);
    const { db, now } = services;
    const externalId = checkExternalId(c.req.valid("param").external_id);
    const { updated_at } = c.req.valid("query");
    const deleted = await deleteDocument(db, workspaceId, externalId, now(), updated_at, by);
    if (!deleted) throw unknownDocument();
    return c.json(acknowledge(services, externalId, deleted, !deleted.stale), 200);
  });

  app.openapi(retryRoute, async (c) => {
    const { services, workspaceId, by } = callOf(c);
    const { db, now } = services;
    const externalId = checkExternalId(c.req.valid("param").external_id);
    const retried = await retryDocument(db, workspaceId, externalId, now(), by);
    if (!retried) throw unknownDocument();
    return c.json(acknowledge(services, externalId, retried, !retried.unchanged), 202);
  });

  app.openapi(importRoute, async (c) => {
    const request = c.req.raw;
    const ndjson = /^application\/(x-ndjson|ndjson|jsonl|x-jsonlines)\s*(;|$)/i;
    requireContentType(request, ndjson, "Send the lines as application/x-ndjson.");
    requireContentLength(request, MAX_IMPORT_BYTES);
    if (!request.body) throw new Problem("validation_failed", "The body is empty.");
    const { services, workspaceId, by } = callOf(c);
    const result = await importDocuments(services, workspaceId, request.body, by);
    logWork("import", result.accepted, services);
    return c.json(result, 200);
  });

  app.openapi(listRoute, async (c) => {
    const { services, caller, workspaceId } = callOf(c);
    const { status, ...query } = c.req.valid("query");
    const [{ rows: documents, next_cursor }, progressNow] = await Promise.all([
      readPage(
        caller,
        `documents:${status ?? ""}`,
        query,
        (after, limit) =>
          listDocuments(services.db, workspaceId, { status, after: after?.id, limit }),
        ({ external_id }) => ({ at: 0, id: external_id }),
      ),
      readProgress(services.db, workspaceId, services.now()),
    ]);
    return c.json({ documents, next_cursor, progress: progressNow }, 200);
  });
}

function unknownDocument(): Problem {
  return new Problem("not_found", "There is no document with this external id.");
}
