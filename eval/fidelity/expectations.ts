import type { Block } from "./block.ts";
import type { Expected } from "./cases.ts";
import { wordsOf } from "./words.ts";

/** A fixture's `reads` are content even where they are hidden, and its `not` are none even where they are shown. */
export function applyExpectations(blocks: Block[], expected: Expected): Block[] {
  const reads = (expected.reads ?? []).map(wordsOf);
  const not = (expected.not ?? []).map(wordsOf).filter((words) => words.length > 0);
  return blocks.map(({ text, state }) => {
    let words = wordsOf(text);
    const isRead = reads.some((run) => run.length > 1 && indexOfRun(words, run) >= 0);
    for (const run of not)
      for (let at = indexOfRun(words, run); at >= 0; at = indexOfRun(words, run))
        words = words.toSpliced(at, run.length);
    return { text: words.join(" "), state: isRead ? "content" : state };
  });
}

function indexOfRun(words: string[], run: string[]): number {
  return words.findIndex((_, start) => run.every((word, place) => words[start + place] === word));
}
