import { inContext } from "../../src/answering/in-context.ts";
import { buildPrompt } from "../../src/answering/prompt.ts";
import { readMessage } from "../../src/answering/read-message.ts";
import { replayHistory } from "../../src/answering/replay-history.ts";
import { smallTalkIn } from "../../src/answering/small-talk.ts";
import { asksSomething, subQueriesOf, withVectors } from "../../src/answering/sub-queries.ts";
import { SupportedText } from "../../src/answering/supported-text.ts";
import { understand } from "../../src/answering/understand.ts";
import { AnswerWriter } from "../../src/answering/verify.ts";
import { CitationVerifier } from "../../src/citations/citation-verifier.ts";
import { OutputFilter } from "../../src/guards/output-filter.ts";
import { PromptGuard } from "../../src/guards/prompt-guard.ts";
import { indexTerms } from "../../src/language/index-terms.ts";
import { Pseudonyms } from "../../src/privacy/pseudonyms.ts";
import { redact } from "../../src/privacy/redact.ts";
import { askedTime } from "../../src/language/times/asked-time.ts";
import { shippedRelease } from "../../src/releases/release.ts";
import { compoundSpellings, uncheckedSpellings } from "../../src/retrieval/compounds.ts";
import { lexicalEvidence, questionWords, readText } from "../../src/retrieval/lexical-evidence.ts";
import { queryTerms } from "../../src/retrieval/query-terms.ts";
import { correct } from "../../src/retrieval/spelling.ts";
import { synonymsFor } from "../../src/retrieval/synonyms.ts";
import { withoutInvisible } from "../../src/text/invisible-characters.ts";
import { candidatesFor, PASSAGE, QUESTION, SOURCE } from "./world.ts";
import type { Target } from "./target.ts";

const GENERATION = candidatesFor(QUESTION).question.generation;

/** What a visitor's message passes through before and beside the search. */
export const message: Record<string, Target> = {
  redact,
  pseudonyms(input) {
    const pseudonyms = new Pseudonyms([input]);
    return pseudonyms.restore(pseudonyms.hide(input));
  },
  "query terms": queryTerms,
  "sub-queries": (input) => [subQueriesOf(input), asksSomething(input)],
  compounds: (input) => [compoundSpellings(input), uncheckedSpellings(input)],
  "index terms": (input) => indexTerms(input, null),
  understand(input) {
    const history = {
      ...replayHistory([
        { role: "visitor", text: input },
        { role: "assistant", text: input },
      ]),
      options: [{ externalId: input, title: input }],
    };
    const { context, subQueries, ...read } = inContext(input, readMessage(input), history);
    const asked = {
      ...read,
      isGuessed: false,
      context,
      subQueries: withVectors(subQueries, []),
      corrections: new Map(),
      synonyms: new Map(),
      generation: GENERATION,
    };
    return understand(asked, history, shippedRelease.retrieval);
  },
  "asked time": (input) => askedTime([undefined, input, input], 0),
  "small talk": smallTalkIn,
  "reading a message": readMessage,
  synonyms: (input) => synonymsFor(input, new Map([["parcel", ["package"]]])),
  spelling: (input) => correct(input.split(/\s/)[0] ?? "", [input.slice(0, 64), "parcel"]),
  invisible: withoutInvisible,
  prompt: (input) => buildPrompt({ message: input }, [], shippedRelease.prompt, TERMS),
  evidence(input) {
    const candidates = candidatesFor(input);
    const read = readText(PASSAGE);
    return questionWords(candidates).map((words) => lexicalEvidence(words, read));
  },
};

const TERMS = { random: "0000", now: 0 };

/** Pieces as small as those of a model's stream. */
function inPieces(input: string, push: (piece: string) => unknown): void {
  for (let at = 0; at < input.length; at += 4) push(input.slice(at, at + 4));
}

const mayLinkTo = (host: string): boolean => host === "help.example.com";

/** What an answer passes through while it streams, and as a message of the history. */
export const answer: Record<string, Target> = {
  "answer writer"(input) {
    const prompt = buildPrompt({ message: QUESTION }, [SOURCE], shippedRelease.prompt, TERMS);
    const pseudonyms = new Pseudonyms([QUESTION]);
    const writer = new AnswerWriter([SOURCE], mayLinkTo, {
      prompt,
      pseudonyms,
      handoverRequested: false,
    });
    inPieces(input, (piece) => writer.push(piece));
    return writer.end();
  },
  "link filter": (input) => filterLinks(input, true),
  "link filter at once": (input) => filterLinks(input, false),
  citations(input) {
    const verifier = new CitationVerifier([SOURCE]);
    inPieces(input, (piece) => verifier.push(piece));
    return verifier.end();
  },
  "prompt guard"(input) {
    const guard = new PromptGuard(shippedRelease.prompt.rules.join("\n"));
    inPieces(input, (piece) => guard.push(piece));
    return guard.end();
  },
  "held text"(input) {
    const held = new SupportedText(true);
    inPieces(input, (piece) => held.push(piece));
    return held.text;
  },
  history: (input) =>
    buildPrompt(
      { message: QUESTION, messages: [{ role: "assistant", text: input }], before: [input] },
      [],
      shippedRelease.prompt,
      TERMS,
    ),
  redact,
};

export function filterLinks(input: string, streamed: boolean): string {
  const filter = new OutputFilter(mayLinkTo);
  let shown = "";
  if (streamed) inPieces(input, (piece) => (shown += filter.push(piece)));
  else shown += filter.push(input);
  return shown + filter.end();
}
