import type { Citation, Source, SourceReference } from "../citations/source.ts";
import type { LanguageCode } from "../language/language.ts";
import type { ModelUsage, TokenUsage } from "../models/ports.ts";
import type { GuidanceForm } from "../playbook/items.ts";
import type { Decision } from "../retrieval/candidates.ts";
import type { Acted } from "./actions.ts";
import type { Applied } from "./apply-playbook.ts";

export type Outcome = "answered" | "clarified" | "abstained" | "handed_over" | "small_talk";

/** The step of the ladder that wrote the answer (generate.ts); `owner` where the owner of the workspace did, `none` where nobody did. */
export type Rung = "model" | "small_model" | "cached" | "extractive" | "owner" | "none";

/** What a clarifying question offers: what it is called, and the message that chooses it. */
export interface Choice {
  label: string;
  message: string;
  /** It is a value that the conversation remembers, and no article. */
  isValue?: true;
  /** The attribute that it is a value of. */
  name?: string;
  /** The document that is about the value, where it is about no other one. */
  externalId?: string;
  /** It agrees to this proposal, and to no other one. */
  confirm?: string;
}

/** What the engine made of a message. */
export interface Answer {
  text: string;
  /** What Edgewise says itself at the end of the text: all of a reply without an answer, and what follows an answer. */
  own: string;
  /** Of the reply. */
  language: LanguageCode;
  outcome: Outcome;
  /** Probability, 0 to 1, that the sources answer the message. */
  confidence: number;
  rung: Rung;
  /** The language model that wrote the text; null where none did. */
  model: string | null;
  /** What ordered the passages: `text`, or the reranker model's id; null where none were looked for. */
  reranker: string | null;
  citations: Citation[];
  sources: Source[];
  /** What a clarifying question offers; empty for any other text. */
  choices: Choice[];
  /** Of the model that wrote the text. */
  usage: TokenUsage;
  /** Tokens of models whose text was discarded. They cost money, too. */
  wasted: ModelUsage[];
  /** Where a kept answer came before the model: what that used when it wrote it. */
  saved?: ModelUsage;
  /** A model's text that ends early, because the model failed. */
  isCut?: true;
  /** The reader stopped the answer: its text is what was shown until then. */
  stopped?: true;
  /** The message as it stands on its own; the next follow-up starts from it. */
  standalone: string;
  /** The visitor wants to talk to a person. */
  personWanted: boolean;
  /** The items of the playbook that applied. */
  applied: Applied[];
  /** What the visitor is asked to fill in. */
  form?: GuidanceForm;
  /** Where tools and procedures are concerned. */
  acted?: Acted;
}

/** What happens while a message is answered, in order. */
export type AnswerEvent =
  | { type: "decided"; action: Decision["action"] | "small_talk" }
  /** A tool is being called. `title` is what the visitor reads meanwhile. */
  | { type: "progress"; tool: string; title: string }
  | { type: "sources"; sources: SourceReference[] }
  | { type: "text"; delta: string }
  /** The text so far is void: another rung starts over. Never sent under the policy `hold`. */
  | { type: "restart" };

export type Emit = (event: AnswerEvent) => void;
