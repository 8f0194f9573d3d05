import type { Source } from "../citations/source.ts";

export interface CachedAnswer {
  text: string;
  sources: { n: number; external_id: string; version: number }[];
}

/**
 * The kept text with its citations renumbered to the sources of this turn, or undefined unless each source that it was
 * written from is among them in the same version: they were read for this reader just now, so nothing is shown that a
 * changed, withdrawn or restricted document once said.
 */
export function currentText(cached: CachedAnswer, sources: Source[]): string | undefined {
  const numbers = new Map<number, number>();
  for (const { n, external_id, version } of cached.sources) {
    const now = sources.find((source) => source.externalId === external_id);
    if (!now || now.version !== version) return undefined;
    numbers.set(n, now.n);
  }
  return cached.text.replace(/\[(\d{1,2})\]/g, (_, n) => `[${numbers.get(Number(n)) ?? 0}]`);
}
