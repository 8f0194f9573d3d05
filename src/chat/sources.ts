import type { FoundPassage } from "../retrieval/retrieve.ts";
import type { Source, SourceReference } from "./turn.ts";

const MAX_SOURCES = 4;
const MAX_PASSAGES_PER_SOURCE = 3;
/** A document whose best passage scores below this share of the very best one only distracts. */
const MIN_SHARE_OF_BEST = 0.55;

/** Groups passages by document, best document first: a visitor reads "[1]" as an article, not as a fragment of one. */
export function selectSources(passages: FoundPassage[]): Source[] {
  const best = passages[0]?.score ?? 0;
  const sources = new Map<string, Source>();
  for (const passage of passages) {
    const known = sources.get(passage.externalId);
    if (known) {
      if (known.passages.length < MAX_PASSAGES_PER_SOURCE) known.passages.push(passage);
      continue;
    }
    if (sources.size >= MAX_SOURCES || passage.score < best * MIN_SHARE_OF_BEST) continue;
    const { externalId, title, url } = passage;
    sources.set(externalId, { n: sources.size + 1, externalId, title, url, passages: [passage] });
  }
  return [...sources.values()];
}

export function toReference({ n, externalId, title, url }: Source): SourceReference {
  return { n, external_id: externalId, title, url };
}
