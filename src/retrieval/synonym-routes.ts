import { createRoute, z } from "@hono/zod-openapi";
import { actorOf } from "../audit/actor.ts";
import { jsonBody } from "../http/body.ts";
import type { App } from "../auth/context.ts";
import { jsonContent, problems } from "../http/openapi.ts";
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
    /** Groups of terms that mean the same. */
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
            message: `“${word}” stands in the list twice`,
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
  summary: "Read the words that mean the same to this workspace's customers",
  responses: { 200: jsonContent(synonymsBody, "All groups"), ...problems(401, 403, 429) },
});

const putRoute = createRoute({
  method: "put",
  path,
  summary: "Replace the words that mean the same; the next question is searched with them",
  middleware: [jsonBody()] as const,
  request: { body: { ...jsonContent(synonymsBody, "All groups"), required: true } },
  responses: {
    200: jsonContent(synonymsBody, "As stored"),
    ...problems(400, 401, 403, 413, 415, 422, 429),
  },
});

export function synonymRoutes(app: App): void {
  app.openapi(getRoute, async (c) => {
    const groups = await readSynonyms(c.get("services").db, c.get("caller").workspaceId);
    return c.json({ synonyms: groups }, 200);
  });

  app.openapi(putRoute, async (c) => {
    const { synonyms } = c.req.valid("json");
    const { db, now } = c.get("services");
    await writeSynonyms(db, c.get("caller").workspaceId, synonyms, actorOf(c), now());
    return c.json({ synonyms }, 200);
  });
}
