import { splitSentences } from "../text/sentences.ts";
import type { History } from "./history.ts";

/** Sentences at the end of an answer among which its question is: more may follow it than its own words. */
const LAST_SENTENCES = 3;
const MAX_QUESTION = 300;
/** What an answer is about, it says at its beginning. */
const MAX_BEGINNING = 240;
/** Titles of what an answer cites, of which it is about. */
const MAX_CITED = 2;
const MAX_CHOICES = 9;
const MAX_CHOICE = 120;

/** `(1) an order or (2) a subscription`, `1. An order`, `- An order`. */
const NUMBERED = /\((\d)\)\s*((?:[^()\n?.;]|\.(?=\S))+)/g;
const LISTED = /^[ \t]{0,9}(?:\d[.)]|[-*•])[ \t]+(.+)$/gm;

/** What the last answer is about, and what it asks. */
export function aboutAnswer(
  answer: string,
  cited: string[],
): Pick<History, "question" | "choices" | "evidence"> {
  return {
    question: questionIn(answer),
    choices: choicesIn(answer),
    evidence: cited.length > 0 ? cited.slice(0, MAX_CITED).join("\n") : beginningOf(answer),
  };
}

/** The question that an answer ends with. */
function questionIn(answer: string): string | undefined {
  const last = splitSentences(answer).slice(-LAST_SENTENCES);
  const question = last.findLast((sentence) => /[?？؟]\s*$/u.test(sentence))?.trim();
  return question !== undefined && question.length <= MAX_QUESTION ? question : undefined;
}

/** What an answer lists for the visitor to choose from. */
function choicesIn(answer: string): string[] {
  const numbered = Array.from(answer.matchAll(NUMBERED), ([, , text = ""]) => text);
  const found =
    numbered.length > 1 ? numbered : Array.from(answer.matchAll(LISTED), ([, text = ""]) => text);
  const choices = found.map((text) =>
    text
      .slice(0, MAX_CHOICE)
      .replace(/[\s,;.]+(?:or|and|oder|und|ou|et|o|y)?\s*$/iu, "")
      .replace(/\s*\[\d+\]/g, "")
      .trim(),
  );
  return choices.length > 1 && choices.length <= MAX_CHOICES ? choices : [];
}

/** The beginning of an answer, without the marks of its citations. */
function beginningOf(answer: string): string | undefined {
  const plain = answer.replace(/\[\d+\]/g, "").replace(/[*_#>|`]+/g, " ");
  let beginning = "";
  for (const sentence of splitSentences(plain)) {
    if (beginning !== "" && beginning.length + sentence.length > MAX_BEGINNING) break;
    beginning = `${beginning} ${sentence}`.trim();
  }
  return beginning.slice(0, MAX_BEGINNING) || undefined;
}
