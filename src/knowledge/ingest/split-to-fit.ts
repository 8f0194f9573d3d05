import { estimateTokens } from "../../text/tokens.ts";

/** More characters than a token of any text has on average, the white space after it included. */
const MAX_CHARACTERS_PER_TOKEN = 12;

/** Tokens; white space, which has none, counts by its length, so that no passage is long because of it. */
export function sizeOf(text: string): number {
  return Math.max(estimateTokens(text), text.length / MAX_CHARACTERS_PER_TOKEN);
}

/** Cuts a text that exceeds the budget of tokens between its words. */
export function splitToFit(unit: string, budget: number): string[] {
  if (sizeOf(unit) <= budget) return [unit];
  const pieces: string[] = [];
  let open = "";
  // The running estimate. Estimating all of `open` anew for each word would take seconds per page.
  let settled = 0;
  let unsettled = "";
  for (const word of unit.split(/(?<=\s)/).flatMap((part) => splitLongWord(part, budget))) {
    if (open && settled + sizeOf(unsettled + word) > budget) {
      if (open.trim()) pieces.push(open.trimEnd());
      [open, settled, unsettled] = ["", 0, ""];
    }
    open += word;
    unsettled += word;
    if (!/\s$/.test(word)) continue;
    settled += sizeOf(unsettled);
    unsettled = "";
  }
  if (open.trim()) pieces.push(open.trimEnd());
  return pieces;
}

/** Cuts a long word, since text without spaces (Chinese, a data URL) may fill a page. A character is at most one token. */
function splitLongWord(word: string, budget: number): string[] {
  if (estimateTokens(word) <= budget) return [word];
  const characters = Array.from(word);
  const pieces: string[] = [];
  for (let start = 0; start < characters.length; start += budget) {
    pieces.push(characters.slice(start, start + budget).join(""));
  }
  return pieces;
}
