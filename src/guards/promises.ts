import { PROMISES, type PromiseWords } from "../language/promises.ts";
import { plain } from "../language/languages.ts";

const QUESTION = /[?？؟]\s*$/u;
const BETWEEN_CLAUSES = /[,;:،؛、]\s*|\s[–—-]\s|\s(?:that|dass|que|che|dat|ze|أن(?:ك|كم|ه|ها)?)\s/u;
/** Citations, Markdown marks and the vowels of Arabic say nothing. */
const MARKS = /\[\d{1,2}\]|[*_`#>]+|[\u064B-\u0652\u0640]/g;

/** A clause with one of these says that something is noted. */
const NOTED =
  /\b(?:noted|recorded|notiert|vermerkt|note|enregistre|anotad|registr?ad|annotat|registrat|genoteerd|geregistreerd|zanotowan|zapisan)|記録|سجل/u;

/**
 * Whether a sentence claims that something was done, or will be done, for the visitor. Takes linear time.
 * @param isNoted whether a wish for a person is recorded: that something is noted is then no mere claim
 */
export function promises(sentence: string, isNoted = false): boolean {
  const plainText = sentence.normalize("NFC").replace(MARKS, "").replaceAll("’", "'");
  const whole = plainText.replace(/\s+/gu, " ").trim();
  // "I've cancelled it, is there anything else?" asks with its last clause only.
  const text = QUESTION.test(whole) ? withoutLastClause(whole) : whole;
  if (text === "") return false;
  const folded = foldedText(text);
  return (
    PROMISES.folded.some((words) => claims(folded, words, isNoted)) ||
    PROMISES.written.some((words) => claims(text, words, isNoted))
  );
}

function withoutLastClause(text: string): string {
  const clauses = text.split(/(?<=[,;:،؛、–—])/u);
  return clauses.slice(0, -1).join("").trim();
}

function foldedText(text: string): string {
  return text
    .split(" ")
    .map((word) => word.split("'").map(plain).join("'"))
    .join(" ");
}

function claims(
  sentence: string,
  { did, will, not, condition }: PromiseWords,
  isNoted: boolean,
): boolean {
  const isRule = condition.test(sentence);
  return sentence.split(BETWEEN_CLAUSES).some((clause) => {
    if (not.test(clause) || (isNoted && NOTED.test(clause))) return false;
    return did.test(clause) || (!isRule && will.test(clause));
  });
}
