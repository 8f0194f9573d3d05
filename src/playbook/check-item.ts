import { Problem } from "../http/problem.ts";
import { toInterval } from "../knowledge/accept/validity.ts";
import { messageLanguage } from "../language/message-language.ts";
import { redact } from "../privacy/redact.ts";
import type { MatchRule } from "../releases/release.ts";
import { contentStems } from "../retrieval/query-terms.ts";
import { batchByName } from "../runtime/named-batch.ts";
import type { Guidance } from "./items.ts";
import { matchProbability, type AskedText } from "./match.ts";
import type { PlaybookItem } from "./playbook.ts";

/** A message that visitors wrote, or a document's title, that an item would apply to. */
export interface AlsoMatches {
  text: string;
  from: "visitor" | "document";
}

/** Another item that would apply to a wording of this one. */
export interface Overlap {
  id: string;
  wording: string;
}

/** A message or title that an item is tried with. */
export interface Probe extends AlsoMatches {
  /** Taken whatever the item is about: of these, few may match. */
  isSample: boolean;
}

const QUESTIONS = 40;
const NEAR_TITLES = 20;
const SAMPLED_TITLES = 40;
/** Titles that are read, to find those with the item's words. */
const READ_TITLES = 2000;
/** An item that applies to a larger share of so many titles applies to anything. */
const EVERYTHING = { share: 0.5, titles: 10 };
const SHOWN = 10;

/** What visitors asked last, the titles of documents that have most words in common with the item, and a sample of all titles. */
export async function readProbes(
  db: D1Database,
  workspaceId: string,
  texts: string[],
): Promise<Probe[]> {
  const { questions, titles } = await batchByName<{
    questions: { text: string };
    titles: { title: string };
  }>(db, {
    questions: db
      .prepare(
        `SELECT substr(coalesce(m.standalone, m.text), 1, 300) AS text
         FROM (SELECT id FROM conversations WHERE workspace_id = ?1 ORDER BY updated_at DESC LIMIT ${QUESTIONS}) AS latest
         CROSS JOIN messages m ON m.conversation_id = latest.id
         WHERE m.workspace_id = ?1 AND m.role = 'visitor' LIMIT ${QUESTIONS}`,
      )
      .bind(workspaceId),
    titles: db
      .prepare(
        `SELECT title FROM documents WHERE workspace_id = ?1 AND live_version > 0 AND status <> 'deleted'
         ORDER BY id LIMIT ${READ_TITLES}`,
      )
      .bind(workspaceId),
  });
  const stems = new Set(texts.flatMap(contentStems));
  const shared = (title: string): number => new Set(contentStems(title)).intersection(stems).size;
  const nearest = titles
    .map(({ title }) => ({ title, count: shared(title) }))
    .filter(({ count }) => count > 0)
    .toSorted((left, right) => right.count - left.count)
    .slice(0, NEAR_TITLES)
    .map(({ title }) => title);
  const step = Math.max(1, Math.floor(titles.length / SAMPLED_TITLES));
  const sample = titles.filter((_, at) => at % step === 0).slice(0, SAMPLED_TITLES);
  const sampled = new Set(sample.map(({ title }) => title));
  const asked = new Set(questions.map(({ text }) => redact(text)));
  return [
    ...Array.from(asked, (text) => ({ text, from: "visitor" as const, isSample: false })),
    ...[...new Set([...nearest, ...sampled])].map((text) => ({
      text,
      from: "document" as const,
      isSample: sampled.has(text),
    })),
  ];
}

interface Measure {
  model: string;
  rule: MatchRule;
}

function askedText(text: string, vector: ArrayLike<number> | null, model: string): AskedText {
  const pieces = [{ text, vector: vector && Array.from(vector) }];
  const language = messageLanguage(text, undefined) ?? null;
  return { text, pieces, model, language, nearestPassage: null };
}

/**
 * What an item would apply to beside its own wordings.
 * @throws Problem `validation_failed` where that is nearly everything
 */
export function alsoMatches(
  { kind, wordings }: PlaybookItem,
  probes: (Probe & { vector: number[] | null })[],
  { model, rule }: Measure,
): AlsoMatches[] {
  if (wordings.like.length === 0) return [];
  const found = probes
    .map(({ vector, ...probe }) => ({
      ...probe,
      probability: matchProbability(askedText(probe.text, vector, model), wordings, rule),
    }))
    .filter(({ probability }) => probability >= rule.thresholds.sure)
    .toSorted((left, right) => right.probability - left.probability);
  const sample = probes.filter(({ isSample }) => isSample).length;
  const matched = found.filter(({ isSample }) => isSample).length;
  if (sample >= EVERYTHING.titles && matched > EVERYTHING.share * sample)
    throw refused(
      kind === "answer" ? "wordings" : "when.topics",
      `would apply to ${matched} of ${sample} titles of documents. Use more particular words.`,
    );
  const own = new Set(wordings.like.map((one) => one.toLowerCase()));
  return found
    .filter(({ text }) => !own.has(text.toLowerCase()))
    .slice(0, SHOWN)
    .map(({ text, from }) => ({ text, from }));
}

/** Items of the same kind that would apply to a wording of this one, or this one to a wording of theirs. */
export function overlaps(
  item: PlaybookItem,
  others: PlaybookItem[],
  { model, rule }: Measure,
): Overlap[] {
  const applies = (text: string, vector: ArrayLike<number> | null, to: PlaybookItem): boolean =>
    matchProbability(askedText(text, vector, model), to.wordings, rule) >= rule.thresholds.sure;
  return others.flatMap((other) => {
    if (!meet(item, other)) return [];
    const pairs = [
      { of: item, to: other },
      { of: other, to: item },
    ];
    const shared = pairs.flatMap(({ of, to }) =>
      of.wordings.like.filter((text, at) => applies(text, of.wordings.vectors?.[at] ?? null, to)),
    );
    return shared.slice(0, 1).map((wording) => ({ id: other.id, wording }));
  });
}

/** Whether both can apply to the same visitor at the same time. */
function meet({ content: one }: PlaybookItem, { content: other }: PlaybookItem): boolean {
  const readers = new Set(one.audience);
  const [left, right] = [whenOf(one), whenOf(other)];
  if (left && right && !share(left, right)) return false;
  const sameReaders =
    one.audience.length === 0 ||
    other.audience.length === 0 ||
    other.audience.some((name) => readers.has(name));
  const first = toInterval(one);
  const second = toInterval(other);
  const isBefore = (end: number | null, start: number | null): boolean =>
    end !== null && start !== null && end <= start;
  return (
    sameReaders &&
    !isBefore(first.valid_before, second.valid_since) &&
    !isBefore(second.valid_before, first.valid_since)
  );
}

function whenOf(content: PlaybookItem["content"]): Guidance["when"] | undefined {
  return "when" in content && "languages" in content.when ? content.when : undefined;
}

/** Whether a message can meet both conditions on language and page. */
function share(one: Guidance["when"], other: Guidance["when"]): boolean {
  const anyLanguage = one.languages.length === 0 || other.languages.length === 0;
  const languages = new Set(one.languages).intersection(new Set(other.languages));
  const isPageShared =
    one.page === undefined || other.page === undefined || one.page === other.page;
  return (anyLanguage || languages.size > 0) && isPageShared;
}

/**
 * Refuses guidance that says the opposite of another one about the same.
 * @param others those that it overlaps with
 * @throws Problem `validation_failed`
 */
export function requireNoContradiction(
  guidance: Guidance,
  others: { id: string; content: Guidance }[],
): void {
  for (const { id, content } of others) {
    const areActions = guidance.action !== undefined && content.action !== undefined;
    const differs = areActions && guidance.action !== content.action;
    if (differs && (guidance.action === "refuse" || content.action === "refuse"))
      throw refused("action", `contradicts “${id}”, which applies to the same messages.`);
    if (isOpposite(guidance.instruction, content.instruction))
      throw refused("instruction", `says the opposite of “${id}” about the same messages.`);
  }
}

const NEGATION =
  /\b(?:not|never|no|don't|doesn't|without|avoid|nicht|nie|kein\w*|ne|jamais|nunca)\b/giu;
/** Words that two sentences share, one of which denies what the other says. */
const SAME_WORDS = 0.75;

/** "Always mention the fee", "never mention the fee". */
function isOpposite(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  const isDenied = (text: string): boolean => (text.match(NEGATION)?.length ?? 0) % 2 === 1;
  if (isDenied(one) === isDenied(other)) return false;
  const stems = (text: string): Set<string> =>
    new Set(contentStems(text.replace(NEGATION, " ").replace(/\balways\b/giu, " ")));
  const left = stems(one);
  const right = stems(other);
  const most = Math.max(left.size, right.size);
  return most > 0 && left.intersection(right).size / most >= SAME_WORDS;
}

function refused(path: string, message: string): Problem {
  return new Problem("validation_failed", `${path}: ${message}`, { errors: [{ path, message }] });
}
