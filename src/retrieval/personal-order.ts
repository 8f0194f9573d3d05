import type { Release } from "../releases/release.ts";
import type { FoundPassage, Query, Searched } from "./candidates.ts";
import { isAbout, labelsOf, namesAnother } from "./labels.ts";
import { orderTogether } from "./order-together.ts";
import { preferCurrent } from "./prefer-current.ts";

/**
 * The passages in the order for a visitor: together with what was found for the question with the values of the visitor's attributes, and those
 * that are about a value by their title, a heading or a cell before others that are nearly as good.
 * @param ordered the passages of the question itself
 * @param personal those of the question with the values, ordered by text
 * @returns undefined where the question names another value, or nothing in the best document is about one
 */
export function personalOrder(
  ordered: FoundPassage[],
  { candidates, passages }: Searched,
  { text }: Pick<Query, "text">,
  { personal, time }: Pick<Release["retrieval"], "personal" | "time">,
): Searched | undefined {
  const together = orderTogether(ordered, [passages], [personal]);
  const { prefers = [] } = candidates.question;
  const all = labelsOf(together);
  if (prefers.some((attribute) => namesAnother(text, all, attribute))) return undefined;
  const gain = personal.gain * (together[0]?.score ?? 0);
  const raised = together
    .map((passage) => {
      const labels = labelsOf([passage]);
      const times = prefers.filter((attribute) => isAbout(labels, attribute)).length;
      return { passage: { ...passage, score: passage.score + gain * times }, isOwn: times > 0 };
    })
    .toSorted((a, b) => b.passage.score - a.passage.score);
  const first = raised[0]?.passage;
  if (!raised.some(({ passage, isOwn }) => passage.externalId === first?.externalId && isOwn))
    return undefined;
  const current = raised.map(({ passage }) => passage);
  return { candidates, passages: preferCurrent(current, candidates, time).passages };
}
