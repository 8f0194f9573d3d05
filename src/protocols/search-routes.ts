import { callOf } from "../audit/call.ts";
import type { FoundPassage } from "../retrieval/candidates.ts";
import { createRoute, z } from "@hono/zod-openapi";
import type { ExplainedItem } from "../answering/apply-playbook.ts";
import { search } from "../conversations/search.ts";
import { KINDS } from "../playbook/items.ts";
import type { App } from "../auth/context.ts";
import { jsonContent, jsonRequest } from "../http/openapi.ts";

const leg = z.enum(["keywords", "vectors"]);
const legScore = z.object({ rank: z.int(), score: z.number() });
/**
 * With both legs it has no rank: what the vector leg returns depends on hidden chunks, the cosine does not. Null: the index shows no
 * vector of the passage yet.
 */
const cosineScore = z.object({ rank: z.int().optional(), score: z.number() });

/** The most messages of a history, and the most characters of all of them together. */
const MAX_HISTORY = 100;
const MAX_HISTORY_CHARACTERS = 100_000;

const historyMessage = z.strictObject({
  role: z.enum(["user", "visitor", "assistant"]).meta({
    description: "Who said it. `visitor` is the name of `user` in our own conversations.",
  }),
  text: z.string().max(MAX_HISTORY_CHARACTERS),
});

const searchBody = z
  .strictObject({
    query: z.string().trim().min(1).max(8000),
    history: z
      .array(historyMessage)
      .max(MAX_HISTORY)
      .refine(
        (messages) =>
          messages.reduce((sum, { text }) => sum + text.length, 0) <= MAX_HISTORY_CHARACTERS,
        `has more than ${MAX_HISTORY_CHARACTERS} characters`,
      )
      .default([])
      .meta({
        description:
          "What was said before the query, oldest first. A query that depends on it (“and to Canada?”) is searched as its standalone question.",
      }),
    limit: z.int().min(1).max(50).default(10),
    explain: z.boolean().default(false),
    /** Runs only this leg, to measure it. */
    legs: z.array(leg).min(1).max(2).default(["keywords", "vectors"]),
    /** Includes documents restricted to one of these audiences. Default: the audiences of the visitor's JWT, if there is one. */
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
        legs: z
          .object({ keywords: legScore.nullable(), vectors: cosineScore.nullable() })
          .optional(),
        /** With `explain`: the evidence that ordered the result. */
        rank_evidence: z.record(z.string(), z.number()).optional(),
      }),
    ),
    answerability: z.number(),
    standalone: z.string().meta({
      description:
        "The question that was searched, complete in itself. The query itself where it does not depend on the history. What was added to a question stands in a line of its own.",
    }),
    variants: z.array(z.string()).meta({
      description:
        "The texts that were searched, where the query depends on the history: its standalone question, the query alone, and the query with what the last answer was about. Otherwise empty.",
    }),
    /** With `explain`: the evidence that the answerability is computed from. */
    evidence: z.record(z.string(), z.number()).optional(),
    playbook: z
      .array(
        z.object({
          kind: z.enum(KINDS),
          id: z.string(),
          version: z.string(),
          probability: z.number(),
          applies: z.boolean(),
          evidence: z.record(z.string(), z.number()).optional(),
        }),
      )
      .optional()
      .meta({
        description:
          "With `explain`: the owner's answers and guidance that the question is likeliest to mean, whether they apply, and the evidence. Without conditions on page and language.",
      }),
    failed_legs: z.array(leg).meta({
      description: "Legs that failed, or were not asked because the day's neurons are used up.",
    }),
    /** What ordered the results: `text`, the reranker model's id, or null for a single leg. */
    reranker: z.string().nullable(),
  })
  .meta({ id: "SearchResult" });

const searchRoute = createRoute({
  method: "post",
  path: "/v1/search",
  summary: "Search the documents, without an answer",
  ...jsonRequest(searchBody, "The question"),
  responses: {
    200: jsonContent(
      searchResult,
      "Passages, best first; last those that an answer would not use, because they are superseded at the time that the question is about",
    ),
  },
});

export function searchRoutes(app: App): void {
  app.openapi(searchRoute, async (c) => {
    const { services, caller, workspaceId } = callOf(c);
    const { query, history, limit, explain, legs, audience } = c.req.valid("json");
    const reader = {
      workspaceId,
      audience: audience ?? caller.visitor?.audience ?? [],
      now: services.now(),
    };
    const said = history.map(({ role, text }) => ({
      role: role === "user" ? ("visitor" as const) : role,
      text,
    }));
    const found = await search(services, reader, { query, history: said, legs, limit, explain });
    return c.json(
      {
        results: found.passages
          .slice(0, limit)
          .map((passage) => toResult(passage, explain, legs.length > 1)),
        answerability: found.answerability,
        standalone: found.standalone,
        variants: found.variants,
        evidence: explain ? { ...found.evidence } : undefined,
        playbook: explain ? found.playbook.map(toPlaybookJson) : undefined,
        failed_legs: found.failedLegs,
        reranker: found.reranker,
      },
      200,
    );
  });
}

function toPlaybookJson({ item, probability, applies, evidence }: ExplainedItem) {
  const { kind, id, hash } = item;
  return {
    kind,
    id,
    version: hash,
    probability,
    applies,
    ...(evidence && { evidence: { ...evidence } }),
  };
}

function toResult(passage: FoundPassage, explain: boolean, isFused: boolean) {
  const { externalId, title, url, text, headingPath, score, cosine, keywords, rankEvidence } =
    passage;
  const fused = cosine === null ? null : { score: cosine };
  const vectors = isFused ? fused : (passage.vectors ?? null);
  return {
    external_id: externalId,
    title,
    url,
    text,
    heading_path: headingPath,
    score,
    legs: explain ? { keywords: keywords ?? null, vectors } : undefined,
    rank_evidence: explain && rankEvidence ? { ...rankEvidence } : undefined,
  };
}
