import type { Source } from "../citations/source.ts";
import { JOINER } from "../guards/allowed-address.ts";

export interface CachedAnswer {
  text: string;
  sources: { n: number; external_id: string; version: number; reader_version: number }[];
}

/**
 * The cached text with its citations renumbered to the sources of this turn; undefined if one of its own sources is missing among them
 * or has another version, or was read anew. The sources of this turn were just read for this reader. A cached answer therefore never shows text of a
 * document that was changed, deleted or restricted.
 */
export function currentText(cached: CachedAnswer, sources: Source[]): string | undefined {
  const numbers = new Map<number, number>();
  for (const { n, external_id, version, reader_version } of cached.sources) {
    const now = sources.find((source) => source.externalId === external_id);
    if (now?.version !== version || now.readerVersion !== reader_version) return undefined;
    numbers.set(n, now.n);
  }
  // The filter will make the names inert again. With its joiners, the text would not stand in its sources.
  return cached.text
    .replaceAll(JOINER, "")
    .replace(/\[(\d{1,2})\]/g, (_, n) => `[${numbers.get(Number(n)) ?? 0}]`);
}
