import { instructionKinds, instructionPhrases } from "./instruction-phrases.ts";
import { type LeftOut, type leftOutReasons, leftOutWarnings } from "./html/left-out.ts";
import { runAtOnce, type Steps } from "../../runtime/steps.ts";
import { hiddenPassages, withoutInvisible } from "../../text/invisible-characters.ts";

/**
 * `hidden_text`: instructions that a page's readers do not see. `invisible_characters`: text written in zero-width characters. `left_out`:
 * parts of a document that were not read. `lost_columns`: what looks like a table of a PDF, without its columns.
 */
export const warningKinds = [
  ...instructionKinds,
  "hidden_text",
  "invisible_characters",
  "left_out",
  "lost_columns",
] as const;

/** A passage that reads as if it were written for a model, or the beginning of what was not read. */
export interface DocumentWarning {
  kind: (typeof warningKinds)[number];
  excerpt: string;
  /** Of what was not read: why, how much, and both as a sentence. */
  reason?: (typeof leftOutReasons)[number];
  blocks?: number;
  words?: number;
  message?: string;
  /** Whether any document of its kind has such parts. They are shown with the document only, not in lists. */
  usual?: true;
}

const MAX_WARNINGS = 40;
const MAX_EXCERPT = 200;
/** The limit for each kind, so that one kind does not crowd out the others. */
const MAX_OF_A_KIND = 5;
/** The matches read for each kind, so that a text full of such passages costs no more than one with some. */
const MAX_LOOKED_AT = 50;
/** Searched for one kind of phrase. */
const CHARACTERS_PER_STEP = 100_000;
/** A phrase may reach so many characters beyond its step. */
const LONGEST_PHRASE = 1000;

/**
 * Finds passages that the document's owner should look at. It blocks nothing: a help page may explain what such passages look
 * like, and other measures keep them from having an effect (docs/decisions/0041).
 * @param source the document as it was sent, or the text of a file
 * @param markdown the text that readers and models get
 */
export function findWarnings(title: string, source: string, markdown: string): DocumentWarning[] {
  return runAtOnce(warningsInSteps(title, source, markdown));
}

/** The same in steps of some tens of milliseconds (`runtime/steps.ts`). */
export function* warningsInSteps(
  title: string,
  source: string,
  markdown: string,
  leftOut: LeftOut[] = [],
): Steps<DocumentWarning[]> {
  const shown = `${title}\n${markdown}`;
  const visible = yield* instructionsIn(shown);
  const inSource = yield* instructionsIn(withoutTags(source));
  const shownLetters = inSource.length > 0 ? lettersAndDigits(shown) : "";
  const hidden = inSource
    .filter(({ phrase }) => !shownLetters.includes(lettersAndDigits(phrase)))
    .map(({ excerpt }) => ({ excerpt, kind: "hidden_text" as const }));
  const invisible = hiddenPassages(`${title}\n${source}`).map((excerpt) => ({
    kind: "invisible_characters" as const,
    excerpt,
  }));
  const notRead = leftOutWarnings(leftOut, markdown);
  return limited([
    ...notRead.filter(({ usual }) => !usual),
    ...visible.map(({ kind, excerpt }) => ({ kind, excerpt })),
    ...hidden,
    ...invisible,
    ...notRead.filter(({ usual }) => usual),
  ]);
}

function* instructionsIn(text: string): Steps<(DocumentWarning & { phrase: string })[]> {
  const plain = withoutInvisible(text.normalize("NFKC"));
  const found: (DocumentWarning & { phrase: string })[] = [];
  for (const [kind, form] of instructionPhrases) {
    let lookedAt = 0;
    for (
      let start = 0;
      start < plain.length && lookedAt < MAX_LOOKED_AT;
      start += CHARACTERS_PER_STEP
    ) {
      if (start > 0) yield;
      const from = Math.max(0, start - LONGEST_PHRASE);
      const piece = plain.slice(from, start + CHARACTERS_PER_STEP + LONGEST_PHRASE);
      for (const { index, 0: phrase } of piece.matchAll(form)) {
        const at = from + index;
        if (at < start) continue;
        if (at >= start + CHARACTERS_PER_STEP || lookedAt >= MAX_LOOKED_AT) break;
        lookedAt += 1;
        found.push({ kind, phrase, excerpt: lineAround(plain, at, phrase.length) });
      }
    }
  }
  return found;
}

/** The phrase with the rest of its line. */
function lineAround(text: string, start: number, length: number): string {
  const from = Math.max(text.lastIndexOf("\n", start) + 1, start - MAX_EXCERPT / 4);
  const lineEnd = text.indexOf("\n", start + length);
  return text.slice(from, lineEnd < 0 ? text.length : lineEnd);
}

/** The words of HTML, including those in comments and attributes. */
function withoutTags(source: string): string {
  return source.replace(/<!--|-->/g, "\n").replace(/<\/?[a-z][\w-]*|[<>="]+/gi, " ");
}

function lettersAndDigits(text: string): string {
  return withoutInvisible(text.normalize("NFKC"))
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "");
}

function limited(warnings: DocumentWarning[]): DocumentWarning[] {
  const byExcerpt = new Map<string, DocumentWarning>();
  const counts = new Map<string, number>();
  for (const { excerpt: whole, ...warning } of warnings) {
    const { kind } = warning;
    const excerpt = whole.replace(/\s+/g, " ").trim().slice(0, MAX_EXCERPT).toWellFormed();
    const count = counts.get(kind) ?? 0;
    const key = kind === "left_out" ? `${warning.reason}: ${excerpt}` : excerpt;
    // There are few reasons.
    const isMany = kind !== "left_out" && count >= MAX_OF_A_KIND;
    if (byExcerpt.has(key) || isMany) continue;
    counts.set(kind, count + 1);
    byExcerpt.set(key, { ...warning, excerpt });
  }
  return [...byExcerpt.values()].slice(0, MAX_WARNINGS);
}
