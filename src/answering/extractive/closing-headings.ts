import { CLOSING_HEADINGS } from "../../language/article-headings.ts";
import { foldWord } from "../../text/fold.ts";

const CLOSING = new Set(CLOSING_HEADINGS.map(foldWord));
/** Those that a longer heading may begin with, where it is a question. */
const QUESTIONS = [...CLOSING].filter((text) => text.includes(" "));

/** Whether a section closes an article, and answers nothing. */
export function isClosing(headingPath: readonly string[]): boolean {
  const heading = foldWord(headingPath.at(-1)?.trim() ?? "");
  const words = heading.replace(/\s*[?？!.:؟]+$/u, "");
  // "Have more questions about the API?", and no "Feedback widget".
  const isQuestion = words !== heading;
  return CLOSING.has(words) || (isQuestion && QUESTIONS.some((one) => words.startsWith(one)));
}
