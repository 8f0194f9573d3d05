import type { Element } from "hast";
import { type Measure, wordsOf } from "./html-measure.ts";

/** Why a part of a page was not read. */
const pageReasons = [
  "hidden",
  "navigation",
  "header",
  "footer",
  "aside",
  "form",
  "feedback",
  "comments",
  "outside",
  "metadata",
] as const;
type Reason = (typeof pageReasons)[number];

/** Why a part of a document was not read. `running_lines`: headers, footers and page numbers of a PDF. */
export const leftOutReasons = [...pageReasons, "running_lines"] as const;

/** The parts of a page that were not read for one reason. */
export interface LeftOut {
  reason: Reason;
  blocks: number;
  words: number;
  /** Words that are neither links nor buttons. */
  prose: number;
  /** The beginning of the part with the most words. */
  excerpt: string;
  largest: number;
}

const MAX_EXCERPT = 200;

export function leaveOut(all: LeftOut[], reason: Reason, element: Element, measure: Measure): void {
  const { words, linked } = measure;
  count(all, reason, { words, prose: words - linked }, () => wordsOf(element, MAX_EXCERPT));
}

/** The same for a text that is no element. */
export function leaveOutText(all: LeftOut[], reason: Reason, text: string): void {
  const words = text.split(/\s+/).filter(Boolean).length;
  count(all, reason, { words, prose: 0 }, () => text.slice(0, MAX_EXCERPT));
}

function count(
  all: LeftOut[],
  reason: Reason,
  { words, prose }: { words: number; prose: number },
  excerptOf: () => string,
): void {
  if (words === 0) return;
  let known = all.find((one) => one.reason === reason);
  if (!known)
    all.push((known = { reason, blocks: 0, words: 0, prose: 0, excerpt: "", largest: 0 }));
  known.blocks += 1;
  known.words += words;
  known.prose += prose;
  if (words <= known.largest) return;
  known.largest = words;
  known.excerpt = excerptOf();
}

const SAID: Record<Reason, string> = {
  hidden: "are hidden, and nothing on the page shows them",
  navigation: "were taken for navigation",
  header: "were taken for the site's header",
  footer: "were taken for the site's footer",
  aside: "were taken for a sidebar",
  form: "were taken for a form",
  feedback: "were taken for a request for feedback",
  comments: "were taken for comments of readers",
  outside: "stand outside the main content and were taken for parts of the site",
  metadata: "stand in fields such as an id, tags or a category",
};

/** In words. A hidden part of fewer is a message of the interface. */
const LEAST_HIDDEN = 5;
/** In words that are neither links nor buttons. What a site repeats on each page has fewer. */
const LEAST_PROSE = 40;
/** Parts of the site are remarkable if they have more than this share of the words that were read. */
const SHARE = 0.1;

/**
 * What the document's owner is told of each reason, the most remarkable first. `usual` is what any page has around its text: a menu, a
 * footer, a message of the interface. Long parts and hidden text may be the document's own.
 */
export function leftOutWarnings(all: LeftOut[], markdown: string) {
  const wordsRead = all.length > 0 ? markdown.split(/\s+/).length : 0;
  const isRemarkable = ({ reason, words, prose }: LeftOut): boolean =>
    reason === "hidden" ? words >= LEAST_HIDDEN : prose >= LEAST_PROSE && prose > wordsRead * SHARE;
  return all
    .toSorted((a, b) => Number(isRemarkable(b)) - Number(isRemarkable(a)))
    .map((one) => ({
      kind: "left_out" as const,
      excerpt: one.excerpt,
      reason: one.reason,
      blocks: one.blocks,
      words: one.words,
      message: `${counted(one.words, "word")} in ${counted(one.blocks, "block")} ${SAID[one.reason]}.`,
      ...(!isRemarkable(one) && { usual: true }),
    }));
}

function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
