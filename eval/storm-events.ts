import { mulberry32, shuffle } from "./sample.ts";

/** A source's event about a document. An event without a text is a deletion. */
export interface StormEvent {
  id: string;
  /** The source's time (RFC 3339). */
  at: string;
  text: string | undefined;
}

export interface Storm {
  /** Every event of every document at least once, some several times, shuffled. */
  deliveries: StormEvent[];
  /** The final text of each document; undefined if it is deleted. */
  last: Map<string, string | undefined>;
}

const MAX_EVENTS = 3;
const MAX_DELIVERIES = 5;
const DELETIONS = 0.2;
const TOPICS = ["kettle", "lantern", "hammock", "barrow", "trowel", "bucket", "ladder", "fountain"];
const PLACES = ["shed", "cellar", "attic", "porch", "garage"];

/** Documents with one to three events each, delivered one to five times altogether. The same seed gives the same events. */
export function drawStorm(documents: number, seed: number): Storm {
  const random = mulberry32(seed);
  const upTo = (count: number): number => 1 + Math.floor(random() * count);
  const start = Date.UTC(2026, 0, 1);
  const deliveries: StormEvent[] = [];
  const last = new Map<string, string | undefined>();
  for (let number = 0; number < documents; number++) {
    const id = `document-${number}`;
    const events = Array.from({ length: upTo(MAX_EVENTS) }, (_, index): StormEvent => {
      const deletes = random() < DELETIONS;
      const at = new Date(start + (number * MAX_EVENTS + index) * 60_000).toISOString();
      return { id, at, text: deletes ? undefined : drawText(random) };
    });
    last.set(id, events.at(-1)?.text);
    const again = Array.from(
      { length: upTo(MAX_DELIVERIES) },
      () => events[upTo(events.length) - 1],
    );
    const wanted = [...events, ...again.flatMap((event) => event ?? [])];
    deliveries.push(...wanted.slice(0, Math.max(events.length, upTo(MAX_DELIVERIES))));
  }
  return { deliveries: shuffle(deliveries, seed), last };
}

/** Two sections from a small stock, so that few embeddings are computed, and an edit keeps some chunks. */
function drawText(random: () => number): string {
  const draw = <T>(items: T[]): T => items[Math.floor(random() * items.length)] as T;
  return [draw(TOPICS), draw(TOPICS)]
    .map((topic, index) => `## ${topic} ${index}\n\nThe ${topic} is kept in the ${draw(PLACES)}.`)
    .join("\n\n");
}
