import type { Source, SourceReference } from "../citations/source.ts";
import type { Decision, FoundPassage, Finding } from "../retrieval/candidates.ts";
import { withTimeout } from "../models/deadline.ts";
import { readAround } from "../retrieval/passages.ts";
import { viewOf } from "../retrieval/retrieve.ts";
import type { Reader } from "../retrieval/visibility.ts";
import type { EngineDeps } from "./engine-input.ts";
import { bestPassage, passagesToQuote, type Quoted } from "./extractive/best-passage.ts";
import { lackedBetween } from "./extractive/chapters.ts";
import { MAX_VALUES } from "./value-question.ts";

const MAX_SOURCES = 4;
/** A section that takes longer to read is quoted in part. */
const SECTION_MS = 2000;
/** Titles that a clarifying question offers at most: visitors do not read longer lists. */
export const MAX_OPTIONS = 3;
const MAX_PASSAGES_PER_SOURCE = 3;
/** A document is left out if its best passage scores below this share of the question's best passage: it would only distract. */
const MIN_SHARE_OF_BEST = 0.55;

/**
 * Groups passages by document, best document first: a visitor reads "[1]" as an article, not as a fragment of one. Only questions with
 * the message's action count, and each of them gets the same number of sources.
 * @param action what was decided for the whole message; under "clarify" the sources are the options that the visitor chooses from
 */
export function selectSources(findings: Finding[], action: Decision["action"]): Source[] {
  if (action === "abstain") return [];
  const chosen = findings.filter(({ decision }) => decision.action === action);
  const places = Math.ceil(MAX_SOURCES / chosen.length);
  const sources = new Map<string, Source>();
  for (const { passages } of chosen) {
    for (const passage of passagesOfBestDocuments(passages, places)) add(sources, passage);
  }
  for (const source of sources.values()) addNeighbours(source, chosen);
  const most = chosen.some(({ values }) => values) ? MAX_VALUES : MAX_OPTIONS;
  return [...sources.values()].slice(0, action === "clarify" ? most : undefined);
}

/** Adds the neighbours of the best passage for each question. Neighbours of all passages bring no more answers (docs/decisions/0042). */
function addNeighbours(source: Source, findings: Finding[]): void {
  const found = [...source.passages];
  for (const finding of findings) {
    const best = bestPassage(finding, found);
    const chosen = new Set(source.passages.map(({ chunkId }) => chunkId));
    const { neighbours = [], headingPath = [] } =
      finding.passages.find(({ chunkId }) => chunkId === best?.chunkId) ?? {};
    const unseen = neighbours.filter(({ chunkId }) => !chosen.has(chunkId));
    source.passages.push(...unseen.map((neighbour) => ({ ...neighbour, headingPath })));
  }
}

/**
 * The passages that each question is answered from. What stands around them is added to the sources where their sections, or what is quoted
 * between them, were not read whole: a procedure is quoted whole. Without it, where the read fails, the answer is shorter.
 */
export async function quotedSections(
  { db }: Pick<EngineDeps, "db">,
  reader: Reader,
  findings: Finding[],
  sources: Source[],
): Promise<Quoted[][]> {
  const quoted = findings.map((finding) => passagesToQuote(finding, sources));
  const cut = cutSections(findings, quoted);
  if (cut.size === 0) return quoted;
  try {
    const since = Math.min(
      ...findings.map(({ candidates }) => viewOf(reader, candidates.asked).since),
    );
    const reading = readAround(db, { ...reader, since }, [...cut.keys()]);
    for (const { around, version, ...chunk } of await withTimeout(
      reading,
      SECTION_MS,
      "The section",
    )) {
      const source = cut.get(around);
      const isKnown = source?.passages.some(({ chunkId }) => chunkId === chunk.chunkId);
      if (source && !isKnown && version === source.version) source.passages.push(chunk);
    }
  } catch (error) {
    console.warn("sources: a section could not be read whole", { error: String(error) });
  }
  return quoted;
}

/** The passages around which something is not read that is quoted with them, with their documents. */
function cutSections(findings: Finding[], quotedOfEach: Quoted[][]): Map<number, Source> {
  const cut = new Map<number, Source>();
  for (const [index, finding] of findings.entries()) {
    if (finding.decision.action !== "answer") continue;
    const quoted = quotedOfEach[index] ?? [];
    const lacking = new Set(lackedBetween(quoted));
    for (const one of quoted) {
      const { chunkId } = one.passage;
      const found = finding.passages.find((passage) => passage.chunkId === chunkId);
      if (found?.goesOn || lacking.has(one)) cut.set(chunkId, one.source);
    }
  }
  return cut;
}

/** The passages of one question's best documents, in their order. */
function passagesOfBestDocuments(passages: FoundPassage[], places: number): FoundPassage[] {
  const best = Math.max(0, ...passages.map(({ score }) => score));
  const kept = new Map<string, number>();
  return passages.filter(({ externalId, score }) => {
    const known = kept.get(externalId);
    const isNew = known === undefined;
    if (isNew && (kept.size >= places || score < best * MIN_SHARE_OF_BEST)) return false;
    if (known !== undefined && known >= MAX_PASSAGES_PER_SOURCE) return false;
    kept.set(externalId, (known ?? 0) + 1);
    return true;
  });
}

function add(sources: Map<string, Source>, passage: FoundPassage): void {
  const { externalId, title, url, version, readerVersion } = passage;
  const source = sources.get(externalId);
  if (source?.passages.some(({ chunkId }) => chunkId === passage.chunkId)) return;
  if (source) source.passages.push(passage);
  else
    sources.set(externalId, {
      n: sources.size + 1,
      externalId,
      title,
      url,
      version,
      readerVersion,
      passages: [passage],
    });
}

export function toReference({ n, externalId, title, url, kind }: SourceReference): SourceReference {
  return { n, externalId, title, url, ...(kind && { kind }) };
}
