import { CitationVerifier } from "../citations/citation-verifier.ts";
import type { Citation, Source } from "../citations/source.ts";
import { wordsIn } from "../guards/code.ts";
import { OutputFilter } from "../guards/output-filter.ts";
import { PromiseFilter } from "../guards/promise-filter.ts";
import { PromptGuard } from "../guards/prompt-guard.ts";
import { type Pseudonyms, RestoringStream } from "../privacy/pseudonyms.ts";
import { VisibleStream } from "../text/invisible-characters.ts";
import type { Prompt } from "./prompt.ts";

/** What a model's answer needs beside the checks that every answer passes. */
interface ModelOutput {
  prompt: Prompt;
  pseudonyms: Pseudonyms | undefined;
  /** Whether it is recorded that the visitor wants a person. */
  handoverRequested: boolean;
}

/**
 * Checks an answer while it streams, in this order: a model's sentences that promise something are removed, citations are verified, forbidden output is removed, an answer that repeats the
 * prompt is ended, and placeholders are replaced by the visitor's own words.
 */
export class AnswerWriter {
  readonly #promises: PromiseFilter | undefined;
  readonly #verifier: CitationVerifier;
  readonly #filter: OutputFilter;
  readonly #guard: PromptGuard | undefined;
  readonly #restorer: RestoringStream | undefined;
  readonly #mark: string | undefined;
  readonly #visible = new VisibleStream();
  #text = "";

  constructor(sources: Source[], mayLinkTo: (host: string) => boolean, model?: ModelOutput) {
    const texts = (): string[] =>
      sources.flatMap(({ passages }) => passages.map(({ text }) => text));
    this.#promises = model && new PromiseFilter(texts, model.handoverRequested);
    this.#verifier = new CitationVerifier(sources);
    this.#filter = new OutputFilter(mayLinkTo, wordsIn(texts));
    this.#guard = model && new PromptGuard(model.prompt.rules);
    this.#restorer = model?.pseudonyms && new RestoringStream(model.pseudonyms);
    this.#mark = model?.prompt.mark;
  }

  /** Everything that was shown so far. */
  get text(): string {
    return this.#text;
  }

  get citations(): Citation[] {
    return this.#verifier.citations;
  }

  /**
   * @returns what may be shown now
   * @throws PromptLeak
   */
  push(delta: string): string {
    const plain = this.#plain(delta);
    const honest = this.#promises ? this.#promises.push(plain) : plain;
    return this.#show(this.#filter.push(this.#verifier.push(honest)));
  }

  /** The rest, when the answer has ended. */
  end(): string {
    const honest = this.#verifier.push(this.#promises?.end() ?? "") + this.#verifier.end();
    const rest = this.#filter.push(honest) + this.#filter.end();
    const guarded = this.#guard ? this.#guard.push(rest) + this.#guard.end() : rest;
    const restored = this.#restorer ? this.#restorer.push(guarded) + this.#restorer.end() : guarded;
    this.#text += restored;
    return restored;
  }

  /** A model's words without marks and invisible characters, which would hide forbidden text from the checks. */
  #plain(delta: string): string {
    if (this.#mark === undefined) return delta;
    return this.#visible.push(delta.replaceAll(this.#mark, " "));
  }

  #show(filtered: string): string {
    const guarded = this.#guard ? this.#guard.push(filtered) : filtered;
    const restored = this.#restorer ? this.#restorer.push(guarded) : guarded;
    this.#text += restored;
    return restored;
  }
}
