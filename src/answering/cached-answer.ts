import type { Source } from "../citations/source.ts";
import { JOINER } from "../guards/allowed-address.ts";
import type { ModelUsage } from "../models/ports.ts";

/** An answer of a model, kept for the same question. */
export interface CachedAnswer {
  text: string;
  /** All that the model was given. */
  sources: { n: number; external_id: string; version: number; reader_version: number }[];
  /** Whether it is given before a model is asked. */
  comesFirst: boolean;
  /** What its model used. */
  saved: ModelUsage;
}

const MARKER = /\[(\d{1,2})\]/g;

/**
 * The cached text with its citations renumbered to the sources of this turn. Undefined if a source that it cites is missing among them, if
 * a source has another version or was read anew, or if the first one was not given to the model: it may be a new document that answers
 * better. The sources of this turn were just read for this reader.
 */
export function currentText(
  { text, sources: given }: CachedAnswer,
  sources: Source[],
): string | undefined {
  const numbers = new Map<number, number>();
  for (const { n, external_id, version, reader_version } of given) {
    const now = sources.find((source) => source.externalId === external_id);
    if (!now) continue;
    if (now.version !== version || now.readerVersion !== reader_version) return undefined;
    numbers.set(n, now.n);
  }
  const cited = Array.from(text.matchAll(MARKER), ([, n]) => numbers.get(Number(n)));
  if (cited.includes(undefined) || ![...numbers.values()].includes(1)) return undefined;
  // The filter will make the names inert again. With its joiners, the text would not stand in its sources.
  return text.replaceAll(JOINER, "").replace(MARKER, (_, n) => `[${numbers.get(Number(n))}]`);
}

/** How many citations a text has. */
export function countMarkers(text: string): number {
  return text.match(MARKER)?.length ?? 0;
}
