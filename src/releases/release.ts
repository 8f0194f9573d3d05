import { z } from "@hono/zod-openapi";
import { sha256Hex } from "../crypto/hash.ts";
import { INTENTS, type Intent } from "../language/intents.ts";
import type { LanguageCode } from "../language/language.ts";
import shipped from "./default.json" with { type: "json" };
import ar from "./sentences/ar.json" with { type: "json" };
import de from "./sentences/de.json" with { type: "json" };
import es from "./sentences/es.json" with { type: "json" };
import fr from "./sentences/fr.json" with { type: "json" };
import it from "./sentences/it.json" with { type: "json" };
import ja from "./sentences/ja.json" with { type: "json" };
import nl from "./sentences/nl.json" with { type: "json" };
import pl from "./sentences/pl.json" with { type: "json" };
import pt from "./sentences/pt.json" with { type: "json" };

const weight = z.number().min(-100).max(100);
const positive = z.number().min(0).max(100);
const share = z.number().min(0).max(1);
const line = z.string().min(1).max(2000);
/** One embedding represents it well. */
const exemplar = z.string().min(1).max(200);
/** The placeholders that every sentence may hold. */
const OWN_PLACEHOLDERS = ["contact", "company", "assistant", "introduction"] as const;
export type OwnPlaceholder = (typeof OWN_PLACEHOLDERS)[number];
const PLACEHOLDER = /\{(\w+)\}/g;

/**
 * A sentence that Edgewise says itself, with the placeholders that it must hold, and may hold. Those of the workspace are allowed in
 * each.
 */
const sentence = (required: string[] = [], allowed: string[] = []) =>
  line.superRefine((text, context) => {
    const found = new Set(Array.from(text.matchAll(PLACEHOLDER), ([, name = ""]) => name));
    for (const name of required)
      if (!found.has(name)) context.addIssue({ code: "custom", message: `needs {${name}}` });
    for (const name of found)
      if (![...required, ...allowed, ...OWN_PLACEHOLDERS].includes(name))
        context.addIssue({
          code: "custom",
          message: `{${name}} is no placeholder of this sentence`,
        });
  });

/**
 * The sentences that Edgewise says itself, in one language. `{titles}`, `{question}` and `{title}` are filled in, and what the workspace's
 * settings say of it: `{contact}`, `{company}`, `{assistant}`, and `{introduction}`, which says that the assistant is an AI.
 */
const sentencesSchema = z.strictObject({
  abstention: sentence(),
  clarification: z.strictObject({
    one: sentence(["titles"]),
    several: sentence(["titles"]),
    /** Asks for a value that the answer depends on. */
    value: sentence(["titles"]),
  }),
  unanswered: sentence(["question"]),
  /** Follows the answer where a part of the message was not answered. */
  elsewhere: sentence(),
  /** Answers a wish to talk to a person. */
  person: sentence(),
  /** Answers "are you a robot?". */
  human: sentence(),
  /** Answers a request for another language. */
  languages: sentence(["languages"]),
  /** Answers an insult, and a complaint where the documents are silent. */
  sorry: sentence(),
  /** Answers praise and suggestions. */
  feedback: sentence(),
  /** In front of quoted text that is written in another language than the reply. `{language}` is its name. */
  foreign: sentence(["language"]),
  /** In front of quoted text that may not answer (`decision.sure`). */
  unsure: sentence(),
  /** Answers a question how the company can be reached, and follows an answer from documents. */
  reach: sentence(),
  /** Ends a quoted procedure that is too long to be quoted whole. `{title}` is a link where the document has an address, `{step}` the next step. */
  continued: sentence(["title"], ["step"]),
  /** Closes a question whose turn has failed. */
  failure: sentence(),
  /** Ends a model's answer that breaks off, where what was shown of it stands. */
  cut: sentence(),
  /** Of tools and procedures. `{title}` is what the owner calls one. */
  actions: z.strictObject({
    /** Asks for a value that has no question of its own. */
    ask: sentence(["name"]),
    /** In front of a question that is asked again. */
    invalid: sentence(),
    /** Proposes a change. `{values}` is a list. */
    propose: sentence(["title", "values"]),
    /** What the buttons of a proposal say, and the message that they send: it has to say yes or no. */
    yes: line,
    no: line,
    declined: sentence([], ["title"]),
    cancelled: sentence(["title"]),
    resumed: sentence(["title"]),
    /** Something could not be looked up. */
    failed: sentence(["title"]),
    /** A change was refused by the tool. */
    unchanged: sentence(["title"]),
    /** Nobody knows whether a change was made. */
    unknown: sentence(["title"]),
    /** A button of a proposal that is no longer open. */
    closed: sentence(),
    /** A procedure cannot go on. */
    stuck: sentence(["title"]),
    /** Comes back to a question after something else was answered. */
    back: sentence(["title", "question"]),
  }),
  /** `{contact}` if the workspace's settings name none, with a company's name and without. */
  contact: line,
  companyContact: sentence(["company"]),
  /** `{company}` and `{assistant}` if the settings name none. */
  company: line,
  assistant: line,
  /** `{introduction}` if the settings name the assistant, and if they do not. Each says that it is an AI. */
  introduction: sentence(["assistant"]),
  unnamed: line,
  greeting: sentence(),
  thanks: sentence(),
  farewell: sentence(),
});

export type Sentences = z.infer<typeof sentencesSchema>;

/** The logistic regression for the probability that a message asks what the wordings of an item ask (playbook/match.ts). */
const matchRule = z.strictObject({
  /** From `sure` on the item applies. From `likely` on an owner's answer is said where the documents do not answer, and says that it may be none. */
  thresholds: z
    .strictObject({ sure: share, likely: share })
    .refine(({ sure, likely }) => likely <= sure, "has `likely` above `sure`"),
  bias: weight,
  weights: z.strictObject({
    nearest: weight,
    mean: weight,
    said: weight,
    lead: weight,
  }),
});
export type MatchRule = z.infer<typeof matchRule>;

/** A name that the deployment's model binding understands. */
const modelId = z.string().min(1).max(200);

/**
 * Everything that an answer depends on besides the workspace's documents. A release is an immutable value, and
 * {@link identify} derives its id from its content.
 */
export const releaseSchema = z.strictObject({
  prompt: z.strictObject({
    role: line,
    /** The prompt also says how to cite, how to refuse and that sources are data. These rules cannot be changed, because code depends on them. */
    rules: z.array(line).max(50),
    /** Example questions and answers that a model is shown before the conversation. */
    exemplars: z.array(z.strictObject({ question: line, answer: line })).max(20),
  }),
  models: z.strictObject({
    /** `extractive`: no language model; answers are quoted from the sources. */
    chat: modelId,
    /** The model to ask if `chat` fails or the day's budget is nearly used up; null: none. */
    small: modelId.nullable(),
    reranker: modelId.nullable(),
    /**
     * `tokens`: the length limit of an answer. `rewriteMs`: how long a follow-up waits for a model that completes it, in milliseconds; 0:
     * none is asked.
     */
    parameters: z.strictObject({
      tokens: z.int().min(16).max(8192),
      rewriteMs: z.int().min(0).max(5000),
    }),
  }),
  retrieval: z.strictObject({
    fusion: z.strictObject({
      /** Weight of the keyword leg in the fused score; the vector leg has the rest (retrieval/fuse.ts). */
      keywords: share,
      /**
       * Where no cosine is known: how near in meaning a passage is taken to be, between an unrelated (0) and a matching (1) pair of texts,
       * with none of the question's words and for each whole share of them.
       */
      expected: z.strictObject({ nearness: share, perShare: share }),
    }),
    /** BM25 weight of each indexed field (retrieval/keywords.ts). */
    fields: z.strictObject({ title: positive, headings: positive, body: positive }),
    /** Weights of the evidence that orders passages (retrieval/rank.ts). */
    ranking: z.strictObject({
      similarity: positive,
      sentence: positive,
      pairs: positive,
      document: positive,
    }),
    /**
     * How much the order by the other variants of a follow-up counts (answering/in-context.ts); the standalone question's counts 1. `clear`: a
     * word shows that the message depends on what was said before. `possible`: it may be a question of its own. `cited`: what a passage of a
     * document that the last answer cited gains, as a share of the best score.
     */
    variants: z.strictObject({
      clear: z.strictObject({ alone: positive, evidence: positive, cited: share }),
      possible: z.strictObject({ alone: positive, evidence: positive, cited: share }),
      /** The question as a model completed it (answering/rewrite.ts). Searched with keywords alone. */
      rewritten: positive,
    }),
    /**
     * How much the order by a question with the values of the visitor's attributes counts beside that by the question, and what a passage gains that
     * is about such a value, as a share of the best score (retrieval/personal-order.ts).
     */
    personal: z.strictObject({ weight: positive, gain: share }),
    /** When a passage is superseded by another one (retrieval/prefer-current.ts). */
    time: z.strictObject({
      /** Share of words that a title or heading has in common with that of an outdated text, from which on it is its current version. */
      nearTitle: share,
      /** The same for two texts that are both in force, of which the newer one is used. */
      sameTitle: share,
      /** Share of an outdated passage's score from which on any current passage replaces it. */
      currentShare: share,
      /** Share of what the older passage covers of the question that the newer one has to cover. */
      coveredShare: share,
    }),
  }),
  /** The logistic regression for the probability that the passages answer, and the thresholds for answering and clarifying. */
  decision: z.strictObject({
    thresholds: z
      .strictObject({ answer: share, clarify: share })
      .refine(({ answer, clarify }) => clarify <= answer, "has `clarify` above `answer`"),
    /** Below it, an answer without a model says that it may be none: nobody has read what it quotes. */
    sure: share,
    /** From where on a clarifying question offers documents. Below it, down to `thresholds.clarify`, only a model is asked. */
    choices: z.strictObject({
      probability: share,
      /** Of the first passage: what is further away is about something else. */
      similarity: share,
      /** Of each offered document: its probability as a share of the likeliest one's. */
      share,
    }),
    bias: weight,
    weights: z.strictObject({
      similarity: weight,
      coverage: weight,
      questionLength: weight,
      unknownWords: weight,
      longSimilarity: weight,
      meaningLead: weight,
      wordsLead: weight,
    }),
  }),
  /** How a message is recognised that no article answers: by the exemplar that is nearest to it in meaning. */
  intents: z.strictObject({
    /** How near the exemplar has to be, between an unrelated (0) and a matching (1) pair of texts. */
    threshold: z.number().min(0).max(2),
    /** `none` are questions that look alike and are searched for. */
    exemplars: z.strictObject(
      Object.fromEntries(
        [...INTENTS, "none" as const].map((intent) => [intent, z.array(exemplar).max(50)]),
      ) as Record<Intent | "none", z.ZodArray<typeof exemplar>>,
    ),
  }),
  /** What the owner wants said and done (src/playbook/). */
  playbook: z.strictObject({
    /** The hash of its items; null where there are none. It follows from them, and an overlay cannot set it. */
    name: z.string().nullable(),
    /** Of an owner's answer, which documents compete with. */
    answers: matchRule,
    /** Of guidance, and of answers without a look at documents. */
    topics: matchRule,
  }),
  /** When a kept answer of a model is given instead of asking it (conversations/cached-answers.ts). */
  cache: z.strictObject({
    /** How near in meaning a question has to be that is asked in other words, between an unrelated (0) and a matching (1) pair of texts. */
    nearness: z.number().min(0).max(2),
    /** Whether it is looked for before a model is asked; else only after all models failed. */
    before: z.boolean(),
  }),
  /** In English. What is said in a language that has no sentences is English, too. */
  sentences: sentencesSchema,
  /** The same sentences in the other languages, by their code. */
  translations: z.strictObject({
    de: sentencesSchema,
    fr: sentencesSchema,
    es: sentencesSchema,
    pt: sentencesSchema,
    it: sentencesSchema,
    nl: sentencesSchema,
    pl: sentencesSchema,
    ja: sentencesSchema,
    ar: sentencesSchema,
  } satisfies Record<Exclude<LanguageCode, "en">, unknown>),
});

export type Release = z.infer<typeof releaseSchema>;

/** The release that this version ships. */
export const shippedRelease: Release = releaseSchema.parse({
  ...shipped,
  translations: { de, fr, es, pt, it, nl, pl, ja, ar },
});

/** The fields that change a release, as a part of its JSON. */
export type Overlay = Record<string, unknown>;

/**
 * Applies overlays to a release; a later overlay overrides an earlier one. Objects are merged field by field. Other values,
 * lists included, are replaced.
 * @throws {z.ZodError} if the result is not a valid release
 */
export function withOverlays(release: Release, ...overlays: Overlay[]): Release {
  return releaseSchema.parse(overlays.reduce<unknown>(merge, release));
}

function merge(base: unknown, over: unknown): unknown {
  if (!isObject(base) || !isObject(over)) return over;
  const names = [...new Set([...Object.keys(base), ...Object.keys(over)])];
  return Object.fromEntries(
    names.map((name) => [
      name,
      Object.hasOwn(over, name) ? merge(base[name], over[name]) : base[name],
    ]),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A release with its id: `rel_` and 16 hexadecimal digits of the SHA-256 of its canonical JSON. */
export interface IdentifiedRelease {
  id: string;
  release: Release;
  /** Its canonical JSON. */
  json: string;
}

/** Derives the id of a release from its content: equal releases have equal ids, wherever their fields came from. */
export async function identify(release: Release): Promise<IdentifiedRelease> {
  const json = canonicalJson(release);
  return { id: `rel_${(await sha256Hex(json)).slice(0, 16)}`, release, json };
}

/** JSON with the fields of every object in alphabetical order and no white space (as RFC 8785 for such values). */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    isObject(part)
      ? Object.fromEntries(
          Object.entries(part).toSorted(([left], [right]) => (left < right ? -1 : 1)),
        )
      : part,
  );
}
