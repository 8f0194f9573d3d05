import type {
  RankEvidence,
  Ranking,
  Candidates,
  FoundPassage,
  Query,
  Searched,
} from "./candidates.ts";
import { expectedCosine } from "./fuse.ts";
import { redact } from "../privacy/redact.ts";
import {
  coveredShare,
  lexicalEvidence,
  questionWords,
  readText,
  type QuestionWords,
  type ReadText,
} from "./lexical-evidence.ts";
import { orderTogether } from "./order-together.ts";
import { personalOrder } from "./personal-order.ts";
import { preferCurrent } from "./prefer-current.ts";
import { withTimeout } from "../models/deadline.ts";
import { ModelUnavailable, type Reranker } from "../models/ports.ts";
import { embeddingModel } from "../models/table.ts";
import type { Release } from "../releases/release.ts";

/** How much each kind of evidence counts, and the cosine to be expected where it is unknown. */
type RankRule = Pick<Release["retrieval"], "ranking" | "fusion">;
type Rule = RankRule & Pick<Release["retrieval"], "time" | "personal">;

/** Passages of each leg that are read for an answer. Chosen; decision 0055 measures retrieval with it. */
export const LEG_PASSAGES = 20;

/** Passages that a reranker reads. Chosen, not measured. */
const RERANKED_PASSAGES = 30;

/** Lower limit of the best share that shares are divided by: where a single common word is the best, it is no strong evidence. */
const LEAST_BEST_SHARE = 0.1;

const BY_TEXT = "text";

/** A reranker's scores are ignored after this time, because the visitor waits. */
const DEADLINE_MS = 1500;

/**
 * Orders passages by the evidence of their text, without calling a binding; those of several variants by the weighted sum of what each
 * variant scores them. If a reranker is configured, the order is then by the mean of
 * this evidence and the reranker's scores. If the reranker fails or is late, the order by text stays. Superseded passages are set apart.
 */
export async function rank(
  { reranker }: { reranker: Reranker | undefined },
  candidates: Candidates,
  passages: FoundPassage[],
  rule: Rule,
  variants: Searched[] = [],
  personal?: Searched,
): Promise<Ranking> {
  const others = variants.map(({ candidates: own, personal: preferring, ...one }) => {
    const ordered = orderByText(own, one.passages, rule);
    const forVisitor = preferred(ordered, own, preferring, rule);
    return { candidates: own, passages: ordered, personal: forVisitor };
  });
  const together = orderTogether(
    orderByText(candidates, passages, rule),
    others.map((one) => one.passages),
    candidates.question.variants ?? [],
  );
  const byText = preferDocuments(together, candidates.question.first);
  const forVisitor = preferred(byText, candidates, personal, rule);
  const ranked = (by: string, reorder: Reorder = (passages) => passages): Ranking => {
    return {
      candidates,
      variants: others,
      ...preferCurrent(reorder(byText), candidates, rule.time),
      personal: forVisitor && { ...forVisitor, passages: reorder(forVisitor.passages) },
      reranker: by,
    };
  };
  if (!reranker || byText.length < 2) return ranked(BY_TEXT);
  try {
    const first = byText.slice(0, RERANKED_PASSAGES);
    const scores = await withTimeout(
      reranker.score(redact(candidates.question.text), first.map(toText)),
      DEADLINE_MS,
      "The reranker",
    );
    const worst = Math.min(...scores);
    const scoreById = new Map(first.map(({ chunkId }, at) => [chunkId, scores[at] ?? worst]));
    return ranked(reranker.model, (passages) => [
      ...orderByModel(passages, scoreById),
      ...passages.filter(({ chunkId }) => !scoreById.has(chunkId)),
    ]);
  } catch (error) {
    if (!(error instanceof ModelUnavailable)) throw error;
    console.warn("rank: by text only", { model: reranker.model, error: error.message });
    return ranked(BY_TEXT);
  }
}

type Reorder = (passages: FoundPassage[]) => FoundPassage[];

/** The order for the visitor, where the passages of the question with the values of the visitor's attributes were read. */
function preferred(
  ordered: FoundPassage[],
  { question }: Candidates,
  personal: Searched | undefined,
  rule: Rule,
): Searched | undefined {
  if (!personal) return undefined;
  const passages = orderByText(personal.candidates, personal.passages, rule);
  return personalOrder(ordered, { ...personal, passages }, question, rule);
}

function orderByText(
  candidates: Candidates,
  passages: FoundPassage[],
  rule: RankRule,
): FoundPassage[] {
  const evidence = rankEvidence(candidates, passages, rule);
  return passages
    .map((passage, index) => {
      const rankEvidence = evidence[index] as RankEvidence;
      return { ...passage, score: scoreOf(rankEvidence, rule), rankEvidence };
    })
    .toSorted((a, b) => b.score - a.score);
}

/** Raises the passages of the documents that are looked at first. */
function preferDocuments(passages: FoundPassage[], first: Query["first"]): FoundPassage[] {
  if (!first || first.externalIds.length === 0) return passages;
  const gain = first.gain * (passages[0]?.score ?? 0);
  return passages
    .map((passage) =>
      first.externalIds.includes(passage.externalId)
        ? { ...passage, score: passage.score + gain }
        : passage,
    )
    .toSorted((a, b) => b.score - a.score);
}

/** The passages that the model has scored. Scales both scores to at most 1, so that neither outweighs the other. Ties keep the order by text. */
function orderByModel(passages: FoundPassage[], scores: Map<number, number>): FoundPassage[] {
  const bestScore = Math.max(...scores.values());
  const worstScore = Math.min(...scores.values());
  const scored = passages.filter(({ chunkId }) => scores.has(chunkId));
  const bestByText = Math.max(...scored.map(({ score }) => score), Number.EPSILON);
  const spread = bestScore - worstScore || 1;
  return scored
    .map((passage) => {
      const byModel = ((scores.get(passage.chunkId) ?? worstScore) - worstScore) / spread;
      return { passage, value: passage.score / bestByText + byModel };
    })
    .toSorted((a, b) => b.value - a.value)
    .map(({ passage }) => passage);
}

function toText({ title, headingPath, text }: FoundPassage): string {
  return `${[title, ...headingPath].join(" > ")}\n${text}`;
}

/** The evidence for each passage, in the passages' order. With several sub-queries it is that of the one with the highest score. */
export function rankEvidence(
  candidates: Candidates,
  passages: FoundPassage[],
  rule: RankRule,
): RankEvidence[] {
  const texts = passages.map(readText);
  const [first = [], ...others] = questionWords(candidates).map((words) =>
    evidenceOf(words, candidates, passages, texts, rule.fusion),
  );
  return first.map((evidence, index) =>
    others.reduce((best, other) => {
      const rival = other[index];
      return rival && scoreOf(rival, rule) > scoreOf(best, rule) ? rival : best;
    }, evidence),
  );
}

function evidenceOf(
  words: QuestionWords,
  { question }: Candidates,
  passages: FoundPassage[],
  texts: ReadText[],
  fusion: RankRule["fusion"],
): RankEvidence[] {
  const lexical = texts.map((text) => lexicalEvidence(words, text));
  const stemsOfDocument = new Map<string, Set<string>>();
  const references = passages.map(isReferenceAmong(passages));
  for (const [index, { externalId }] of passages.entries()) {
    if (!references[index]) continue;
    const known = stemsOfDocument.get(externalId) ?? new Set<string>();
    stemsOfDocument.set(externalId, known.union(lexical[index]?.stems ?? new Set()));
  }
  const isLong = question.subQueries.length > 1;
  const { model } = question.generation;
  const range = cosineRange(model);
  const shares = lexical.map(({ share }, index) => (references[index] ? share : 0));
  const best = Math.max(LEAST_BEST_SHARE, ...shares);
  return passages.map(({ cosine, keywordShare, externalId }, index) => {
    const { share, sentence, pairs, stems } = lexical[index] as (typeof lexical)[number];
    const together = stems.union(stemsOfDocument.get(externalId) ?? new Set<string>());
    const document = coveredShare(words.known, together);
    return {
      similarity:
        (cosine ?? expectedCosine(share, fusion, model)) / range + (isLong ? keywordShare : 0),
      sentence: sentence ** 2 / best,
      pairs: pairs / best,
      document: document / best,
    };
  });
}

/**
 * Whether other passages are compared with a passage: with those that keywords found, or with all if keywords found none. What the
 * vector leg finds depends on how many hidden chunks are nearer to the question, so it may change no other passage's evidence.
 */
function isReferenceAmong(passages: FoundPassage[]): (passage: FoundPassage) => boolean {
  const anyByKeywords = passages.some(({ keywords }) => keywords);
  return ({ keywords }) => !anyByKeywords || keywords !== undefined;
}

function cosineRange(model: string): number {
  const { unrelatedCosine, matchingCosine } = embeddingModel(model);
  return matchingCosine - unrelatedCosine;
}

function scoreOf(evidence: RankEvidence, { ranking }: RankRule): number {
  const names = Object.keys(evidence) as (keyof RankEvidence)[];
  return names.reduce((sum, name) => sum + ranking[name] * evidence[name], 0);
}
