import { z } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import { actorOf } from "../../audit/actor.ts";
import { requireDocumentQuota } from "../../limits/quotas.ts";
import { readLimited } from "../../http/body.ts";
import type { AppEnv } from "../../auth/context.ts";
import { Problem, validationProblem } from "../../http/problem.ts";
import { putDocument, type Accepted } from "./documents.ts";
import { storeFile } from "./files.ts";
import { fileType, MAX_FILE_BYTES } from "../formats/file-types.ts";
import { checkExternalId, documentBody } from "./schema.ts";

/** What the body of a JSON upload says of a document, beside the bytes of a file. */
export const fileQuery = documentBody.pick({
  title: true,
  url: true,
  language: true,
  updated_at: true,
  audience: true,
});

/**
 * Takes a document that is a file: its bytes are the body, `title` and the rest are in the query. What is of no file's type
 * goes on to the next handler.
 * @param wake lets the consumer know
 */
export function fileUpload(
  wake: (c: Parameters<MiddlewareHandler<AppEnv>>[0], documentId: number) => void,
): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const contentType =
      (c.req.header("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
    if (!fileType(contentType)) return next();
    const externalId = checkExternalId(c.req.param("external_id") ?? "");
    const { audience, ...query } = c.req.queries();
    const single = Object.fromEntries(
      Object.entries(query).map(([name, [value]]) => [name, value]),
    );
    const { data, error } = z.strictObject(fileQuery.shape).safeParse({ ...single, audience });
    if (error) throw validationProblem(error);
    const { db, now } = c.get("services");
    const { workspaceId } = c.get("caller");
    await requireDocumentQuota(db, workspaceId, now());
    const bytes = await readLimited(c.req.raw, MAX_FILE_BYTES);
    if (bytes.length === 0) throw new Problem("validation_failed", "The file is empty.");
    const content = await storeFile(db, workspaceId, bytes, now());
    const input = { ...data, content, content_type: contentType, metadata: {} };
    const accepted: Accepted = await putDocument(
      db,
      workspaceId,
      externalId,
      input,
      now(),
      actorOf(c),
    );
    const { documentId, ...state } = accepted;
    if (state.status === "pending") wake(c, documentId);
    return c.json({ external_id: externalId, ...state }, 202);
  };
}
