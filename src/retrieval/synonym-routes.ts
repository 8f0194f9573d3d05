import { createRoute, z } from "@hono/zod-openapi";
import { callOf } from "../audit/call.ts";
import type { App } from "../auth/context.ts";
import { jsonContent, jsonRequest } from "../http/openapi.ts";
import { MAX_TERM_WORDS, normaliseTerm, readSynonyms, writeSynonyms } from "./synonyms.ts";

const term = z
  .string()
  .max(64)
  .transform(normaliseTerm)
  .refine(
    (words) => words !== "" && words.split(" ").length <= MAX_TERM_WORDS,
    `needs 1 to ${MAX_TERM_WORDS} words`,
  );

const synonymsBody = z
  .strictObject({
    /** Groups of terms with the same meaning. */
    synonyms: z.array(z.array(term).min(2).max(10)).max(500),
  })
  .superRefine(({ synonyms }, context) => {
    const seen = new Set<string>();
    for (const [group, terms] of synonyms.entries()) {
      for (const [place, word] of terms.entries()) {
        if (seen.has(word))
          context.addIssue({
            code: "custom",
            path: ["synonyms", group, place],
            message: `“${word}” is given twice`,
          });
        seen.add(word);
      }
    }
  })
  .meta({ id: "Synonyms" });

const path = "/v1/synonyms";

const getRoute = createRoute({
  method: "get",
  path,
  summary: "Read the workspace's synonyms",
  responses: { 200: jsonContent(synonymsBody, "All groups") },
});

const putRoute = createRoute({
  method: "put",
  path,
  summary: "Replace the workspace's synonyms; the next search uses them",
  ...jsonRequest(synonymsBody, "All groups"),
  responses: {
    200: jsonContent(synonymsBody, "As stored"),
  },
});

export function synonymRoutes(app: App): void {
  app.openapi(getRoute, async (c) => {
    const { services, workspaceId } = callOf(c);
    return c.json({ synonyms: await readSynonyms(services.db, workspaceId) }, 200);
  });

  app.openapi(putRoute, async (c) => {
    const { synonyms } = c.req.valid("json");
    const { services, workspaceId, by } = callOf(c);
    await writeSynonyms(services.db, workspaceId, synonyms, by, services.now());
    return c.json({ synonyms }, 200);
  });
}
