import type { FoundPassage, Ranking } from "../retrieval/candidates.ts";
import { emails, phones } from "../privacy/contact.ts";
import { PhoneChecks } from "../privacy/phone-checks.ts";
import { isTitle } from "./choose.ts";
import type { ContactWish } from "./asked.ts";
import type { Understood } from "./understand.ts";

/** Passages that are read for an address or a time of day, best first. Chosen, not measured. */
const READ_PASSAGES = 12;

const TIME_OF_DAY =
  /\b\d{1,2}(?:[:.]\d{2})?\s?(?:[ap]\.?m\b|uhr\b)|\b\d{1,2}[:h]\d{2}\b|\b24\s?\/\s?7\b|\b24\s?(?:h\b|hours|stunden|heures|horas)/i;

/**
 * The passages that a message may be answered from. The visitor chooses a document from those that were offered, or names one by its exact
 * title; then only its passages are left, also where they are superseded. A message that asks for a telephone number, mail address or opening hours is answered by passages
 * that hold one.
 * @returns also whether the visitor has named the document
 */
export function eligible(
  { passages, superseded }: Pick<Ranking, "passages" | "superseded">,
  { chosen, title, contact }: Understood,
): { passages: FoundPassage[]; isNamed: boolean } {
  const named = [...passages, ...superseded].filter(
    (passage) =>
      passage.externalId === chosen || (title !== undefined && isTitle(title, passage.title)),
  );
  if (named.length > 0) return { passages: named, isNamed: true };
  if (contact === undefined || contact.rest !== undefined) return { passages, isNamed: false };
  const holding = passages.slice(0, READ_PASSAGES).filter(({ text }) => holds(text, contact.wish));
  // A page may say "open the chat" to whoever wants to reach anybody.
  const isOptional = contact.wish === "person" || contact.wish === "any";
  return { passages: holding.length > 0 || !isOptional ? holding : passages, isNamed: false };
}

function holds(text: string, wish: ContactWish): boolean {
  const holdsPhone = (): boolean => phones(text, new PhoneChecks()).length > 0;
  const holdsEmail = (): boolean => emails(text).length > 0;
  switch (wish) {
    case "phone":
      return holdsPhone();
    case "email":
      return holdsEmail();
    case "hours":
      return TIME_OF_DAY.test(text);
    case "person":
    case "any":
      return holdsEmail() || holdsPhone();
  }
}
