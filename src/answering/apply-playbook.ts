import { isAnsweredByUs } from "../language/intents.ts";
import { toInterval } from "../knowledge/accept/validity.ts";
import {
  matchEvidence,
  matchProbability,
  type AskedText,
  type MatchEvidence,
} from "../playbook/match.ts";
import type { Release } from "../releases/release.ts";
import { NO_PLAYBOOK, type Playbook, type PlaybookItem } from "../playbook/playbook.ts";
import type { EmbeddedText, Finding, Query } from "../retrieval/candidates.ts";
import type { EngineInput } from "./engine-input.ts";
import type { Understood } from "./understand.ts";

/** An item of the playbook that applied in a turn, as its record names it. */
export interface Applied {
  kind: PlaybookItem["kind"];
  id: string;
  /** The hash of its content. */
  version: string;
  probability: number;
  /** Who may read what it says; empty: everybody. */
  audience: string[];
  /** When it applies, in milliseconds since the epoch; null: without a bound. */
  valid_since: number | null;
  valid_before: number | null;
}

/** An owner's answer to a question of the message. */
export interface Said {
  item: PlaybookItem<"answer">;
  /** False below `sure`: it is said because the documents do not answer, with a note that it may not fit. */
  isSure: boolean;
}

/** What the playbook says of a message. */
export interface Played {
  /** For each question the owner's answer, where there is one. For a message without questions to search, of the whole message. */
  said: (Said | undefined)[];
  /** What is said in place of an answer. */
  fixed: PlaybookItem<"guidance"> | undefined;
  /** What the model is told. */
  instructions: string[];
  offersPerson: boolean;
  applied: Applied[];
}

/** An item and the probability that the message means it. */
interface Match<K extends PlaybookItem["kind"]> {
  item: PlaybookItem<K>;
  probability: number;
}

/**
 * Which items of the release's playbook apply to a message: those for this reader, valid now, whose wordings the message is like. An owner's
 * answer overrides the documents where it surely applies, and stands in where they do not answer.
 * @param findings one a question, as decided by the documents
 */
export function applyPlaybook(
  input: EngineInput,
  understood: Understood,
  findings: Finding[],
): Played {
  const { playbook = NO_PLAYBOOK, release } = input;
  const { thresholds } = release.playbook.answers;
  const asked = questionsOf(input, understood, findings);
  const guided = guidanceFor(input, asked);
  const fixed = best(guided.filter(({ item: { content } }) => content.text !== undefined));
  const answers = playbook.answers.filter((item) => isOpen(item, input.reader));
  const found = asked.map((texts, index): (Said & Match<"answer">) | undefined => {
    const match = bestMatch(answers, texts, input);
    if (!match || match.probability < thresholds.likely) return undefined;
    const isSure = match.probability >= thresholds.sure;
    const action = findings[index]?.decision.action;
    const standsIn = asked.length === 1 && action !== undefined && action !== "answer";
    return isSure || standsIn ? { ...match, isSure } : undefined;
  });
  const surest = Math.max(0, ...found.map((one) => one?.probability ?? 0));
  const isRefused = fixed !== undefined && fixed.probability >= surest;
  const said = isRefused ? asked.map(() => undefined) : found;
  const others = isRefused
    ? []
    : guided
        .filter(({ item }) => item.content.text === undefined)
        .toSorted((left, right) => right.probability - left.probability)
        .slice(0, MAX_GUIDANCE);
  const applied = new Map(
    [...(isRefused ? [fixed] : said), ...others].flatMap((one) =>
      one ? [[`${one.item.kind} ${one.item.id}`, toApplied(one)] as const] : [],
    ),
  );
  return {
    said,
    fixed: isRefused ? fixed.item : undefined,
    instructions: others.flatMap(({ item }) => item.content.instruction ?? []),
    offersPerson: others.some(({ item }) => item.content.action === "offer_person"),
    applied: [...applied.values()],
  };
}

/** The most guidance that applies to one message. */
const MAX_GUIDANCE = 5;

function toApplied({ item, probability }: Match<PlaybookItem["kind"]>): Applied {
  return appliedOf(item, { kind: item.kind, id: item.id, probability });
}

/** @param item undefined where it is no longer there */
export function appliedOf(
  item: PlaybookItem | undefined,
  { kind, id, probability }: Pick<Applied, "kind" | "id" | "probability">,
): Applied {
  const { hash: version = "", content } = item ?? {};
  const rounded = Math.round(probability * 1000) / 1000;
  const scope = { audience: content?.audience ?? [], ...toInterval(content ?? {}) };
  return { kind, id, version, probability: rounded, ...scope };
}

/** The texts that stand for each question of the message, any of which may be what the owner had in mind. */
export function questionsOf(
  { questions, release, language }: EngineInput,
  understood: Understood,
  findings: Finding[],
): AskedText[][] {
  const { message, intent, isGuessed, contact, generation } = questions;
  const known = { model: generation.model, language };
  const isOurs =
    (isAnsweredByUs(intent, isGuessed) || contact !== undefined) && contact?.rest === undefined;
  // Where a sentence of Edgewise's own answers, an item applies only to its very words.
  if (isOurs || findings.length === 0 || release.playbook.name === null)
    return [[{ ...known, text: message, pieces: [], nearestPassage: null }]];
  return findings.map((finding, index) => {
    const question = understood.questions[index] ?? finding.question;
    const nearestPassage = nearestOf(finding);
    return textsOf(question, findings.length === 1 ? message : question.text).map((one) => ({
      ...known,
      ...one,
      nearestPassage,
    }));
  });
}

/** The question itself; where it may be a question of its own beside a follow-up, both. */
function textsOf(question: Query, alone: string): { text: string; pieces: EmbeddedText[] }[] {
  const variant = question.variants?.find(({ kind }) => kind === "alone");
  const own = { text: question.variants ? question.text : alone, pieces: question.subQueries };
  const beside = question.isUncertain ? variant : undefined;
  return beside ? [own, { text: beside.query.text, pieces: beside.query.subQueries }] : [own];
}

export function nearestOf({ passages }: Pick<Finding, "passages">): number | null {
  const cosines = passages.flatMap(({ cosine }) => (cosine === null ? [] : [cosine]));
  return cosines.length > 0 ? Math.max(...cosines) : null;
}

/** The item that the question is most likely to mean. */
function bestMatch<K extends PlaybookItem["kind"]>(
  items: PlaybookItem<K>[],
  texts: AskedText[],
  input: EngineInput,
): Match<K> | undefined {
  return best(items.map((item) => ({ item, probability: probabilityOf(item, texts, input) })));
}

function probabilityOf(
  { kind, wordings }: PlaybookItem,
  texts: AskedText[],
  { release }: EngineInput,
): number {
  const rule = kind === "answer" ? release.playbook.answers : release.playbook.topics;
  return Math.max(...texts.map((asked) => matchProbability(asked, wordings, rule)));
}

function best<K extends PlaybookItem["kind"]>(matches: Match<K>[]): Match<K> | undefined {
  return matches.toSorted((left, right) => right.probability - left.probability)[0];
}

/** The guidance whose conditions hold. One without topics is about any message. */
function guidanceFor(input: EngineInput, asked: AskedText[][]): Match<"guidance">[] {
  const { playbook = NO_PLAYBOOK, reader, page, language, release } = input;
  const { sure } = release.playbook.topics.thresholds;
  return playbook.guidance.flatMap((item) => {
    const { topics, languages, page: pattern } = item.content.when;
    const holds =
      isOpen(item, reader) &&
      (languages.length === 0 || languages.includes(language ?? "en")) &&
      (pattern === undefined || (page !== undefined && isLike(page, pattern)));
    if (!holds) return [];
    // Guidance does not compete with documents, so their nearness is ignored.
    const probabilities = asked.map((texts) =>
      probabilityOf(
        item,
        texts.map((one) => ({ ...one, nearestPassage: null })),
        input,
      ),
    );
    const probability = topics.length === 0 ? 1 : Math.max(...probabilities);
    return probability >= sure ? [{ item, probability }] : [];
  });
}

/** An item with how likely a question means it, and why. */
export interface ExplainedItem extends Match<PlaybookItem["kind"]> {
  /** Undefined where words alone decided. */
  evidence: MatchEvidence | undefined;
  applies: boolean;
}

/** Items that explain what happens to a question: the likeliest ones first. Conditions on page and language are not looked at. */
export function explainPlaybook(
  { answers, guidance, tools, procedures }: Playbook,
  reader: EngineInput["reader"],
  asked: AskedText,
  rules: Release["playbook"],
): ExplainedItem[] {
  return [...answers, ...guidance, ...tools, ...procedures]
    .filter((item) => isOpen(item, reader) && item.wordings.like.length > 0)
    .map((item) => {
      const isGuidance = item.kind === "guidance";
      const text = isGuidance ? { ...asked, nearestPassage: null } : asked;
      const rule = isGuidance ? rules.topics : rules.answers;
      const probability = matchProbability(text, item.wordings, rule);
      const evidence = matchEvidence(text, item.wordings);
      return { item, probability, evidence, applies: probability >= rule.thresholds.sure };
    })
    .toSorted((left, right) => right.probability - left.probability)
    .slice(0, MAX_EXPLAINED);
}

const MAX_EXPLAINED = 20;

export function isOpen(
  { content }: PlaybookItem,
  { audience, now }: EngineInput["reader"],
): boolean {
  const { valid_since, valid_before } = toInterval(content);
  return (
    (content.audience.length === 0 || content.audience.some((name) => audience.includes(name))) &&
    (valid_since === null || now >= valid_since) &&
    (valid_before === null || now < valid_before)
  );
}

/** Whether a path is like a pattern with `*` for any characters. Takes time in proportion to both. */
function isLike(path: string, pattern: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  if (!path.startsWith(first)) return false;
  let at = first.length;
  const last = rest.pop();
  if (last === undefined) return at === path.length;
  for (const part of rest) {
    const found = path.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return path.length - last.length >= at && path.endsWith(last);
}
