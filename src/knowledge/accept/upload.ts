import { z } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import { callOf } from "../../audit/call.ts";
import { metadataSchema } from "../../http/metadata.ts";
import { readLimited } from "../../http/body.ts";
import type { AppEnv } from "../../auth/context.ts";
import { Problem, validationProblem } from "../../http/problem.ts";
import { acceptDocument } from "./accept-document.ts";
import { storeFile } from "./files.ts";
import { fileType, MAX_FILE_BYTES } from "../formats/file-types.ts";
import { checkExternalId, documentBody } from "./schema.ts";
import { checkValidity } from "./validity.ts";

/** The fields that a JSON upload has in its body and a file upload in its query. */
export const fileQuery = documentBody
  .pick({
    title: true,
    url: true,
    language: true,
    updated_at: true,
    audience: true,
    valid_from: true,
    valid_until: true,
  })
  .extend({
    metadata: z
      .string()
      .transform(parseMetadata)
      .pipe(metadataSchema)
      .optional()
      .meta({ description: "A JSON object", example: '{"team":"support"}', type: "string" }),
  });

function parseMetadata(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}

/**
 * Accepts a document as a file: the body holds its bytes, the query holds `title` and the other fields. A body with another
 * content type is left to the next handler.
 */
export function fileUpload(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const contentType =
      (c.req.header("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
    if (!fileType(contentType)) return next();
    const externalId = checkExternalId(c.req.param("external_id") ?? "");
    const fields = readFields(c.req.queries());
    const call = callOf(c);
    const { db, now } = call.services;
    const accepted = await acceptDocument(call, externalId, async () => {
      const bytes = await readLimited(c.req.raw, MAX_FILE_BYTES);
      if (bytes.length === 0) throw new Problem("validation_failed", "The file is empty.");
      const content = await storeFile(db, call.workspaceId, bytes, now());
      return { ...fields, content, content_type: contentType, metadata: fields.metadata ?? {} };
    });
    return c.json(accepted, 202);
  };
}

/** `audience` may be repeated. Of every other repeated field the first value counts. */
function readFields({ audience, ...query }: Record<string, string[]>): z.infer<typeof fileQuery> {
  const single = Object.fromEntries(Object.entries(query).map(([name, [value]]) => [name, value]));
  const { data, error } = z.strictObject(fileQuery.shape).safeParse({ ...single, audience });
  if (error) throw validationProblem(error);
  checkValidity(data);
  return data;
}
