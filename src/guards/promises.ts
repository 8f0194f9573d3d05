import trained from "../language/classifiers/promises.json" with { type: "json" };
import { probabilities } from "../text/linear-classifier.ts";

/** From which probability on a sentence, or a clause of it, is taken for a promise. Measured in docs/decisions/0078. */
const SENTENCE_THRESHOLD = 0.25;
const CLAUSE_THRESHOLD = 0.95;
/** What has fewer letters claims nothing. */
const LEAST_LETTERS = 3;
const LETTER = /\p{L}/gu;
/** A shorter clause says too little to be told, in characters. */
const LEAST_CLAUSE = 15;

const QUESTION = /[?？؟]\s*$/u;
/** Citations and Markdown marks say nothing. */
const MARKS = /\[\d{1,2}\]|[*_`#>]+/g;

const CLAUSE_END = /(?<=[,;:،؛、–—])/u;
/** Where a clause begins: behind punctuation, and with "that" and "and". */
const CLAUSE_BEGIN =
  /(?<=[,;:،؛、–—])|(?<!\s)\s+(?=(?:that|dass|que|che|dat|że|ze|and|und|et|y|e|en|i)\s)/u;

/** A clause with one of these says that something is noted. */
const NOTED =
  /(?<!\p{L})(?:noted|recorded|notiert|vermerkt|noté|enregistré|anotad|registr?ad|annotat|registrat|genoteerd|geregistreerd|zanotowan|zapisan)|記録|سجل/iu;

/**
 * Whether a sentence claims that something was done, or will be done, for the visitor: by a classifier that was trained on sentences in ten
 * languages. Takes linear time.
 * @param isNoted whether a wish for a person is recorded: that something is noted is then no mere claim
 */
export function promises(sentence: string, isNoted = false): boolean {
  const whole = sentence.replace(MARKS, "").replace(/\s+/gu, " ").trim();
  // "I've cancelled it, is there anything else?" asks with its last clause only.
  const text = QUESTION.test(whole) ? withoutLastClause(whole) : whole;
  const claimed = isNoted ? withoutNoted(text) : text;
  if ((claimed.match(LETTER) ?? []).length < LEAST_LETTERS) return false;
  return (
    probabilityOf(claimed) >= SENTENCE_THRESHOLD ||
    claimed
      .split(CLAUSE_BEGIN)
      .some((clause) => clause.length >= LEAST_CLAUSE && probabilityOf(clause) >= CLAUSE_THRESHOLD)
  );
}

function probabilityOf(text: string): number {
  return probabilities<"promise">(trained, text).promise;
}

/** What is said beside "your wish is noted": "I have noted this, and a colleague will call you". */
function withoutNoted(text: string): string {
  return text
    .split(CLAUSE_END)
    .filter((clause) => !NOTED.test(clause))
    .join("");
}

function withoutLastClause(text: string): string {
  return text.split(CLAUSE_END).slice(0, -1).join("").trim();
}
