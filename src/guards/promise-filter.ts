import { foldWord } from "../text/fold.ts";
import { splitSentences } from "../text/sentences.ts";
import { wordsOf } from "../text/words.ts";
import { promises } from "./promises.ts";

/** Where a sentence may end. An ASCII full stop also stands within addresses and numbers, so white space has to follow. */
const END = /\n|[。！？][”’」）)]*|[.!?؟…]+["'”’)»*_]*(?=\s)/gu;
/** Citations behind the end belong to the sentence. */
const CITATIONS = /^(?:\s*(?:\[[\d,\s]{1,12}\]|【[^】\n]{0,40}】))*[^\S\n]*/u;
const OPEN_CITATION = /^(?:\[[\d,\s]{0,12}|【[^】\n]{0,40})$/u;
/** A full stop after these ends no sentence; "3." may be a day or a step. */
const ABBREVIATION =
  /(?:^|[\s(])(?:\p{L}\.\s?\p{L}|etc|approx|incl|ca|bzw|mr|mrs|ms|dr|st|nr|no|art|tel|\d{1,3})\.$/iu;
const LONGEST_ABBREVIATION = 10;
/** A longer sentence is checked in pieces. */
const MAX_SENTENCE = 1200;

/** Share of a sentence's words that one sentence of a source has to hold, for the source to say it. Chosen, not measured. */
const SAID = 0.75;
/** The words that it lacks are longer: "was" and "will" make another claim. */
const SHORT_WORD = 4;

/**
 * Removes the sentences of a model's answer that claim that something was done or will be done, unless a source says them. Text is passed on
 * sentence by sentence, with the citations behind it.
 */
export class PromiseFilter {
  readonly #isNoted: boolean;
  readonly #sources: () => string[];
  #said: Set<string>[] | undefined;
  #held = "";
  /** Up to here no sentence ends. */
  #from = 0;

  /**
   * @param sources texts that the answer is made of
   * @param isNoted whether a wish for a person is recorded: the answer may say that it is noted
   */
  constructor(sources: () => string[], isNoted: boolean) {
    this.#sources = sources;
    this.#isNoted = isNoted;
  }

  /** @returns the sentences that are complete and promise nothing */
  push(delta: string): string {
    this.#held += delta;
    let passed = "";
    for (let end = this.#end(); end > 0; end = this.#end()) {
      passed += this.#honest(this.#held.slice(0, end));
      this.#held = this.#held.slice(end);
      this.#from = 0;
    }
    return passed;
  }

  /** @returns the rest, if it promises nothing */
  end(): string {
    const rest = this.#held;
    this.#held = "";
    return rest === "" ? "" : this.#honest(rest);
  }

  /** Where the first sentence of what is held ends; 0 where that is not known yet. */
  #end(): number {
    END.lastIndex = this.#from;
    for (let found = END.exec(this.#held); found; found = END.exec(this.#held)) {
      const end = found.index + found[0].length;
      if (found[0] === "\n") return end;
      if (ABBREVIATION.test(this.#held.slice(Math.max(0, end - LONGEST_ABBREVIATION), end)))
        continue;
      const next = end + (CITATIONS.exec(this.#held.slice(end))?.[0].length ?? 0);
      const rest = this.#held.slice(next, next + 44);
      if (rest !== "" && !OPEN_CITATION.test(rest)) return next;
      this.#from = found.index;
      return 0;
    }
    this.#from = Math.max(0, this.#held.length - LONGEST_ABBREVIATION);
    return this.#held.length > MAX_SENTENCE ? this.#held.length : 0;
  }

  /** A sentence; of one that promises, the line's end. */
  #honest(sentence: string): string {
    const isHonest = !promises(sentence, this.#isNoted) || this.#isSaid(sentence);
    return isHonest ? sentence : (/\n\s*$/.exec(sentence)?.[0] ?? "");
  }

  #isSaid(sentence: string): boolean {
    const words = comparable(sentence.replace(/\[[\d,\s]+\]/g, ""));
    this.#said ??= this.#sources()
      .flatMap(splitSentences)
      .map((one) => new Set(comparable(one)));
    return this.#said.some((said) => {
      const lacking = words.filter((word) => !said.has(word));
      return (
        lacking.length <= words.length * (1 - SAID) &&
        lacking.every(({ length }) => length > SHORT_WORD)
      );
    });
  }
}

function comparable(text: string): string[] {
  return wordsOf(text).map(foldWord);
}
