import type { Code, Construct, Effects, Extension, State } from "micromark-util-types";
import { gfm } from "micromark-extension-gfm";

/**
 * The parser's work on one document is capped at this many steps, which take some seconds. At each character that may begin
 * markup, the parser may look back at every event of the paragraph so far, or ahead to its end: 16 KB of `*a_` took 5 s, 200 KB of
 * `a<!--` minutes. So such a character counts one step for each event before it, and every character read counts one. When the
 * steps are used up, the rest of the document's paragraphs is read as text without markup. 1 MB of ordinary text takes about a
 * million steps.
 */
const MAX_STEPS = 2e7;
const MARKUP_CHARACTERS = Array.from("!&*<[\\]_`~hHwW", (mark) => mark.charCodeAt(0));

/** The steps that one document has used so far. */
export interface ParserWork {
  steps: number;
}

/** The paragraphs whose characters are being counted. */
const counted = new WeakSet<Effects>();

/** GitHub-flavoured Markdown with capped work on paragraphs. Mail addresses stay text. */
export function boundedMarkdown(work: ParserWork): Extension[] {
  const syntax = gfm();
  // The parser would try `emailAutolink` at every word, which takes most of its time and splits text into words.
  syntax.text = Object.fromEntries(
    Object.entries(syntax.text ?? {}).map(([code, constructs]) => [
      code,
      listOf(constructs).filter(({ name }) => name !== "emailAutolink"),
    ]),
  );
  return [
    syntax,
    { text: Object.fromEntries(MARKUP_CHARACTERS.map((code) => [code, capped(code, work)])) },
  ];
}

function listOf(constructs: Construct | Construct[] | undefined): Construct[] {
  if (constructs === undefined) return [];
  return Array.isArray(constructs) ? constructs : [constructs];
}

/** Reads the rest of the line as text once the document has used up its steps. Before that, the other constructs read it. */
function capped(mark: number, work: ParserWork): Construct {
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

/** Counts a step each time a construct reads a character of this paragraph. */
function countCharacters(effects: Effects, work: ParserWork): void {
  const { consume } = effects;
  effects.consume = (code) => {
    work.steps += 1;
    consume(code);
  };
  counted.add(effects);
}
