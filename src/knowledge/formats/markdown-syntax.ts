import type { Code, Construct, Effects, Extension, State } from "micromark-util-types";
import { gfm } from "micromark-extension-gfm";

/**
 * At a mark the parser may look back through all that it found in the paragraph so far, or ahead through the rest of it: 16 KB
 * of `*a_` took 5 s, 200 KB of `a<!--` minutes. So a mark counts as many steps as there are events to look back on, and each
 * character looked at counts one. A document that has used up this many, which costs some seconds, is read on as text
 * without markup within its paragraphs. 1 MB of ordinary text counts about a million.
 */
const MAX_STEPS = 2e7;
const MARKS = Array.from("!&*<[\\]_`~hHwW", (mark) => mark.charCodeAt(0));

/** What reading one document has taken so far. */
export interface ParserWork {
  steps: number;
}

/** Paragraphs whose characters are counted. */
const counted = new WeakSet<Effects>();

/** GitHub's Markdown with bounded work on paragraphs. Addresses of mail are text, as they are to a reader. */
export function boundedMarkdown(work: ParserWork): Extension[] {
  const syntax = gfm();
  // It is tried at every word, which takes most of the parser's time, and parts the text into words that are joined again.
  syntax.text = Object.fromEntries(
    Object.entries(syntax.text ?? {}).map(([code, constructs]) => [
      code,
      listOf(constructs).filter(({ name }) => name !== "emailAutolink"),
    ]),
  );
  return [syntax, { text: Object.fromEntries(MARKS.map((code) => [code, bounded(code, work)])) }];
}

function listOf(constructs: Construct | Construct[] | undefined): Construct[] {
  if (constructs === undefined) return [];
  return Array.isArray(constructs) ? constructs : [constructs];
}

/** Takes the rest of a line for text once its document has used up its steps; else leaves the character to the other constructs. */
function bounded(mark: number, work: ParserWork): Construct {
  const construct: Construct = {
    previous(before) {
      const others = listOf(this.parser.constructs.text[mark]).filter((one) => one !== construct);
      return others.some(({ previous }) => previous?.call(this, before) ?? true);
    },
    tokenize(effects, ok, nok) {
      return (code) => {
        if (!counted.has(effects)) countCharacters(effects, work);
        work.steps += this.events.length;
        if (work.steps <= MAX_STEPS) return nok(code);
        effects.enter("data");
        return restOfLine(code);
      };

      function restOfLine(code: Code): State | undefined {
        if (code === null || code < 0) {
          effects.exit("data");
          return ok(code);
        }
        effects.consume(code);
        return restOfLine;
      }
    },
  };
  return construct;
}

/** From here on, every character counts that a construct looks at in this paragraph, however often it does. */
function countCharacters(effects: Effects, work: ParserWork): void {
  const { consume } = effects;
  effects.consume = (code) => {
    work.steps += 1;
    consume(code);
  };
  counted.add(effects);
}
