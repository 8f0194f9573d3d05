import { instructionKinds, instructionPhrases } from "./instruction-phrases.ts";
import { hiddenPassages, withoutInvisible } from "../../text/invisible-characters.ts";

/** `hidden_text`: instructions that a page's readers do not see. `invisible_characters`: text written in zero-width characters. */
export const warningKinds = [...instructionKinds, "hidden_text", "invisible_characters"] as const;

/** A passage that reads as if it were written for a model. */
export interface DocumentWarning {
  kind: (typeof warningKinds)[number];
  excerpt: string;
}

const MAX_WARNINGS = 20;
const MAX_EXCERPT = 200;
/** The limit for each kind, so that one kind does not crowd out the others. */
const MAX_OF_A_KIND = 5;
/** The matches read for each kind, so that a text full of such passages costs no more than one with some. */
const MAX_LOOKED_AT = 50;

/**
 * Finds passages that the document's owner should look at. It blocks nothing: a help page may explain what such passages look
 * like, and other measures keep them from having an effect (docs/decisions/0041).
 * @param source the document as it was sent, or the text of a file
 * @param markdown the text that readers and models get
 */
export function findWarnings(title: string, source: string, markdown: string): DocumentWarning[] {
  const shown = `${title}\n${markdown}`;
  const visible = instructionsIn(shown);
  const shownLetters = squeeze(shown);
  const hidden = instructionsIn(withoutTags(source))
    .filter(({ phrase }) => !shownLetters.includes(squeeze(phrase)))
    .map((warning) => ({ ...warning, kind: "hidden_text" as const }));
  const invisible = hiddenPassages(`${title}\n${source}`).map((excerpt) => ({
    kind: "invisible_characters" as const,
    excerpt,
  }));
  return limited([...visible, ...hidden, ...invisible]);
}

function instructionsIn(text: string): (DocumentWarning & { phrase: string })[] {
  const plain = withoutInvisible(text.normalize("NFKC"));
  return instructionPhrases.flatMap(([kind, form]) =>
    Array.from(plain.matchAll(form))
      .slice(0, MAX_LOOKED_AT)
      .map(({ index, 0: phrase }) => {
        return { kind, phrase, excerpt: lineAround(plain, index, phrase.length) };
      }),
  );
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

function squeeze(text: string): string {
  return withoutInvisible(text.normalize("NFKC"))
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "");
}

function limited(warnings: DocumentWarning[]): DocumentWarning[] {
  const byExcerpt = new Map<string, DocumentWarning>();
  const counts = new Map<string, number>();
  for (const { kind, excerpt: whole } of warnings) {
    const excerpt = whole.replace(/\s+/g, " ").trim().slice(0, MAX_EXCERPT).toWellFormed();
    const count = counts.get(kind) ?? 0;
    if (byExcerpt.has(excerpt) || count >= MAX_OF_A_KIND) continue;
    counts.set(kind, count + 1);
    byExcerpt.set(excerpt, { kind, excerpt });
  }
  return [...byExcerpt.values()].slice(0, MAX_WARNINGS);
}
