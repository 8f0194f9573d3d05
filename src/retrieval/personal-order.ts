import type { Release } from "../releases/release.ts";
import type { FoundPassage, Query, Searched } from "./candidates.ts";
import { isAbout, namesAnother } from "./labels.ts";
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
  const wanted = prefers.filter((attribute) => !namesAnother(text, together, attribute));
  if (wanted.length < prefers.length) return undefined;
  const isOwn = (passage: FoundPassage): boolean =>
    wanted.some((attribute) => isAbout(passage, attribute));
  const gain = personal.gain * (together[0]?.score ?? 0);
  const raised = together
    .map((passage) => {
      const times = wanted.filter((attribute) => isAbout(passage, attribute)).length;
      return { ...passage, score: passage.score + gain * times };
    })
    .toSorted((a, b) => b.score - a.score);
  const [first] = raised;
  if (!raised.some((one) => one.externalId === first?.externalId && isOwn(one))) return undefined;
  return { candidates, passages: preferCurrent(raised, candidates, time).passages };
}
