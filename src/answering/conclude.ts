import type { Source } from "../citations/source.ts";
import { LANGUAGE_CODES, languageName } from "../language/language.ts";
import type { Intent } from "../language/intents.ts";
import type { Sentences } from "../releases/release.ts";
import { linkPolicy } from "../guards/output-filter.ts";
import { contactAddresses, hasContact, say, sentencesIn } from "../releases/sentences.ts";
import type { Decision, Finding, Value } from "../retrieval/candidates.ts";
import type { Answer, Emit, Outcome } from "./answer.ts";
import type { Played } from "./apply-playbook.ts";
import { clarification, offeredArticles, offeredValues } from "./clarify.ts";
import type { EngineInput } from "./engine-input.ts";
import { NO_TOKENS } from "../models/token-usage.ts";
import type { Draft } from "./draft.ts";
import type { Understood } from "./understand.ts";

interface Ending extends Pick<Understood, "intent" | "contact" | "standalone"> {
  decision: Decision | { action: "small_talk"; confidence: number };
  draft: Draft | undefined;
  sources: Source[];
  /** The documents that a clarifying question may offer. */
  choices: Source[];
  /** What it offers instead of documents, where the answer depends on it. */
  values: Value[];
  findings: Finding[];
  played: Played;
}

/**
 * Decides the outcome and the final text. A draft without a verified citation has no support and becomes an abstention, even after it was
 * streamed: the abstention replaces its text in the result, in the history and, in clients that read the outcome, on the screen.
 */
export function conclude(input: EngineInput, ending: Ending, emit: Emit): Answer {
  const { draft, decision, sources, choices, findings, standalone } = ending;
  const supported = draft !== undefined && draft.citations.length > 0;
  const outcome = outcomeOf(ending, supported);
  const offered = outcome === "clarified" ? offeredOf(input, ending) : [];
  const own = ownText(input, ending, { outcome, offered });
  if (!supported && draft?.shown) emit({ type: "restart" });
  const said = supported ? draft.text.trim() : "";
  const addition = said && own ? `\n\n${own}` : own;
  if (addition) emit({ type: "text", delta: addition });
  return {
    text: said + addition,
    own: addition,
    language: input.language ?? "en",
    outcome,
    confidence: Math.round(decision.confidence * 1000) / 1000,
    rung: draft?.rung ?? "none",
    model: draft?.model ?? null,
    reranker: findings[0]?.reranker ?? null,
    citations: supported ? draft.citations.toSorted((a, b) => a.n - b.n) : [],
    sources: decision.action === "clarify" && !supported ? choices : sources,
    choices: offered.flatMap(({ item: _item, ...choice }) => (choice.label ? [choice] : [])),
    usage: draft?.usage ?? NO_TOKENS,
    wasted: draft?.wasted ?? [],
    ...(draft?.saved && { saved: draft.saved }),
    ...(draft?.isCut && { isCut: draft.isCut }),
    standalone,
    personWanted: ending.intent === "person",
    applied: ending.played.applied,
  };
}

function offeredOf(
  { deps }: EngineInput,
  { choices, values, findings }: Ending,
): ReturnType<typeof offeredArticles> {
  const mayLinkTo = linkPolicy(deps.linkHosts, choices);
  if (values.length === 0) return offeredArticles(choices, findings, mayLinkTo);
  return offeredValues(values, mayLinkTo);
}

function outcomeOf({ intent, choices }: Ending, supported: boolean): Outcome {
  if (supported) return "answered";
  if (intent === "person") return "handed_over";
  if (intent === "complaint") return "abstained";
  if (intent) return "small_talk";
  return choices.length > 0 ? "clarified" : "abstained";
}

/** The sentence that answers an intent. */
const SENTENCES = {
  person: "person",
  human: "human",
  greeting: "greeting",
  thanks: "thanks",
  farewell: "farewell",
  chat: "greeting",
  test: "greeting",
  language: "languages",
  abuse: "sorry",
  complaint: "sorry",
  feedback: "feedback",
} as const satisfies Record<Intent, keyof Sentences>;

/** What Edgewise says itself: all of a reply without an answer, and what follows an answer. */
function ownText(
  { language, release, deps }: EngineInput,
  { intent, contact, draft, played }: Ending,
  { outcome, offered }: { outcome: Outcome; offered: ReturnType<typeof offeredArticles> },
): string {
  const { names } = deps;
  const sentences = sentencesIn(release, language);
  const sentence = (text: string): string => say(text, sentences, names);
  if (outcome === "answered") {
    const lacksContact = contactAddresses(names).some((one) => !draft?.text.includes(one));
    if (draft?.isCut) return sentence(sentences.cut);
    if (contact?.rest !== undefined || played.offersPerson) return sentence(sentences.person);
    if (contact) return lacksContact || names.contact !== null ? sentence(sentences.reach) : "";
    return draft?.isPartial ? sentence(sentences.elsewhere) : "";
  }
  if (intent) {
    const languages = LANGUAGE_CODES.map((code) => languageName(code, language ?? "en")).join(", ");
    return say(sentences[SENTENCES[intent]], sentences, names, { languages });
  }
  if (contact && hasContact(names)) return sentence(sentences.reach);
  if (outcome !== "clarified") return sentence(sentences.abstention);
  return clarification(offered, sentences, names);
}
