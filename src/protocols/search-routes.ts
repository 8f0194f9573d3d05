import type { FoundPassage } from "../retrieval/candidates.ts";
import type { Services } from "../runtime/services.ts";
import { createRoute, z } from "@hono/zod-openapi";
import { liveStatement } from "../generations/generation.ts";
import { startEmbedding } from "../conversations/early-embedding.ts";
import { jsonBody } from "../http/body.ts";
import type { App } from "../auth/context.ts";
import { jsonContent, problems } from "../http/openapi.ts";
import { usageStatement } from "../limits/quotas.ts";
import { answerability, weigh } from "../retrieval/answerability.ts";
import { findCandidates, readCandidates } from "../retrieval/retrieve.ts";
import { ANSWER_PASSAGES, rerank } from "../retrieval/rerank.ts";
import { segmentsOf } from "../retrieval/segments.ts";
import { corrections, spellingStatement, type SpellingCandidate } from "../retrieval/spelling.ts";
import { synonyms, synonymStatement, type SynonymRow } from "../retrieval/synonyms.ts";

const leg = z.enum(["keywords", "vectors"]);
const legScore = z.object({ rank: z.int(), score: z.number() });

const searchBody = z
  .strictObject({
    query: z.string().trim().min(1).max(8000),
    limit: z.int().min(1).max(50).default(10),
    explain: z.boolean().default(false),
    /** Runs one leg alone, to measure it. */
    legs: z.array(leg).min(1).max(2).default(["keywords", "vectors"]),
    /** Shows what is restricted to one of these audiences, too; without it, to those of the visitor's JWT, if there is one. */
    audience: z.array(z.string().min(1).max(64)).max(50).optional(),
  })
  .meta({ id: "SearchInput" });

const searchResult = z
  .object({
    results: z.array(
      z.object({
        external_id: z.string(),
        title: z.string(),
        url: z.string().nullable(),
        text: z.string(),
        heading_path: z.array(z.string()),
        score: z.number(),
        legs: z.object({ keywords: legScore.nullable(), vectors: legScore.nullable() }).optional(),
        /** With `explain`: what the result was ordered by. */
        rank_evidence: z.record(z.string(), z.number()).optional(),
      }),
    ),
    answerability: z.number(),
    /** With `explain`: what the answerability is computed from. */
    evidence: z.record(z.string(), z.number()).optional(),
    failed_legs: z.array(leg),
    /** What ordered the results: `text`, the reranker model's id, or null for a single leg. */
    reranker: z.string().nullable(),
  })
  .meta({ id: "SearchResult" });

const searchRoute = createRoute({
  method: "post",
  path: "/v1/search",
  summary: "Search the documents, without an answer",
  middleware: [jsonBody()] as const,
  request: { body: { ...jsonContent(searchBody, "The question"), required: true } },
  responses: {
    200: jsonContent(searchResult, "Passages, best first"),
    ...problems(400, 401, 403, 413, 415, 422, 429),
  },
});

export function searchRoutes(app: App): void {
  app.openapi(searchRoute, async (c) => {
    const services = c.get("services");
    const { query, limit, explain, legs, audience } = c.req.valid("json");
    const { workspaceId, visitor } = c.get("caller");
    const reader = { workspaceId, audience: audience ?? visitor?.audience ?? [] };
    const workspace = { sql: "?1", value: reader.workspaceId };
    const segments = segmentsOf(query);
    const embedded = legs.includes("vectors") ? [query, ...segments] : [];
    const asked = startEmbedding(services, reader.workspaceId, embedded);
    const [[live, spelling, same]] = await Promise.all([
      services.db.batch([
        liveStatement(services.db, workspace),
        spellingStatement(services.db, workspace, query),
        synonymStatement(services.db, workspace, query),
      ]),
      asked.embedding,
    ]);
    const { generation, vectors } = await asked.settle(live?.results[0], reader.workspaceId);
    const question = {
      text: query,
      corrections: corrections((spelling?.results ?? []) as SpellingCandidate[]),
      synonyms: synonyms((same?.results ?? []) as SynonymRow[]),
      vector: vectors[0] ?? null,
      segments: segments.map((text, index) => ({ text, vector: vectors[index + 1] ?? null })),
      generation,
    };
    const candidates = await findCandidates(services, reader, question, legs);
    const depth = Math.max(limit, ANSWER_PASSAGES);
    const found = await readCandidates(services, reader, candidates, depth);
    // A single leg is asked for to see that leg.
    const ranking =
      legs.length < 2
        ? { passages: found, reranker: null }
        : await rerank(services, candidates, found);
    const { passages, reranker } = ranking;
    countNeurons(services, workspaceId);
    const evidence = weigh(candidates, passages, generation.model);
    return c.json(
      {
        results: passages.slice(0, limit).map((passage) => toResult(passage, explain)),
        answerability: answerability(evidence),
        evidence: explain ? { ...evidence } : undefined,
        failed_legs: candidates.failedLegs,
        reranker,
      },
      200,
    );
  });
}

/** Nobody waits for it: a search whose cost is not noted is still answered. */
function countNeurons({ db, calls, now, waitUntil }: Services, workspaceId: string): void {
  const { neurons } = calls;
  if (neurons === 0) return;
  waitUntil(
    usageStatement(db, workspaceId, { neurons }, now())
      .run()
      .catch((error: unknown) => {
        console.warn("search: its cost was not noted", { error: String(error) });
      }),
  );
}

function toResult(passage: FoundPassage, explain: boolean) {
  const { externalId, title, url, text, headingPath, score, keywords, vectors, rankEvidence } =
    passage;
  return {
    external_id: externalId,
    title,
    url,
    text,
    heading_path: headingPath,
    score,
    legs: explain ? { keywords: keywords ?? null, vectors: vectors ?? null } : undefined,
    rank_evidence: explain && rankEvidence ? { ...rankEvidence } : undefined,
  };
}
