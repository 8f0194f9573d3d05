import { zipSync, strToU8 } from "fflate";
import { toMarkdown } from "../../local/ai/to-markdown.ts";
import { excerpt } from "../../src/answering/extractive/excerpt.ts";
import { ROOM } from "../../src/answering/extractive/quoted-blocks.ts";
import { relevance } from "../../src/answering/extractive/best-passage.ts";
import { buildPrompt } from "../../src/answering/prompt.ts";
import { CitationVerifier } from "../../src/citations/citation-verifier.ts";
import { withoutForeignMarkers } from "../../src/citations/foreign-markers.ts";
import { parseJson } from "../../src/http/json.ts";
import { cleanLine } from "../../src/knowledge/accept/schema.ts";
import { cleanConverted } from "../../src/knowledge/formats/converted.ts";
import { normalise } from "../../src/knowledge/formats/normalise.ts";
import { contentfulToMarkdown } from "../../src/knowledge/formats/rich-text/contentful.ts";
import { hygraphToMarkdown } from "../../src/knowledge/formats/rich-text/hygraph.ts";
import { kontentToMarkdown } from "../../src/knowledge/formats/rich-text/kontent.ts";
import { portableTextToMarkdown } from "../../src/knowledge/formats/rich-text/portable-text.ts";
import { storyblokToMarkdown } from "../../src/knowledge/formats/rich-text/storyblok.ts";
import { strapiToMarkdown } from "../../src/knowledge/formats/rich-text/strapi.ts";
import { findWarnings } from "../../src/knowledge/formats/warnings.ts";
import { chunkMarkdown, embeddedText } from "../../src/knowledge/ingest/chunk.ts";
import { detectLanguage } from "../../src/language/detect.ts";
import { indexTerms } from "../../src/language/index-terms.ts";
import { redact } from "../../src/privacy/redact.ts";
import { shippedRelease } from "../../src/releases/release.ts";
import { toAttributes } from "../../src/retrieval/attributes.ts";
import { isAbout, labelsOf, namesAnother } from "../../src/retrieval/labels.ts";
import { lexicalEvidence, questionWords, readText } from "../../src/retrieval/lexical-evidence.ts";
import { hiddenPassages, withoutInvisible } from "../../src/text/invisible-characters.ts";
import { presentAt } from "../../src/language/times/asked-time.ts";
import { scopeOfLabel, scopeOfOpening, withoutTimes } from "../../src/language/times/scope.ts";
import { fitOfText } from "../../src/retrieval/time-fit.ts";
import { splitSentences } from "../../src/text/sentences.ts";
import { runAtOnce, type Steps } from "../../src/runtime/steps.ts";
import { stemsOf } from "../../src/text/stems.ts";
import { estimateTokens } from "../../src/text/tokens.ts";
import { readEntry, stringToMarkdown } from "../../src/webhooks/contract/entry.ts";
import { isObject } from "../../src/webhooks/contract/json.ts";
import { candidatesFor, PASSAGE, QUESTION, SOURCE } from "./world.ts";
import type { Target } from "./target.ts";

/** The stages of ingestion (src/knowledge/ingest/draft.ts) on text of one content type. */
export function document(contentType: string): Record<string, Target> {
  return {
    normalise: (input) => normalise(input, contentType),
    document: (input) => draft(input, normalise(input, contentType)),
  };
}

function draft(source: string, normalised: string): number {
  const markdown = withoutInvisible(normalised);
  const chunks = chunkMarkdown("Title", markdown);
  detectLanguage(markdown);
  findWarnings("Title", source, markdown);
  const terms = chunks.map(({ text }) => indexTerms(text, null).others.length);
  return chunks.reduce(
    (sum, chunk, index) => sum + embeddedText("Title", chunk).length + (terms[index] ?? 0),
    0,
  );
}

/** What a stored passage passes through when it is found: the longest chunk that a document can have. */
export const passage: Record<string, Target> = {
  "passage and its time"(input) {
    const text = longestChunk(input);
    const scopes = [scopeOfLabel(input), scopeOfOpening(text)];
    return [scopes, withoutTimes(input), fitOfText(text, presentAt(0))];
  },
  "passage as evidence"(input) {
    const read = readText({ ...PASSAGE, text: longestChunk(input) });
    return questionWords(candidatesFor(QUESTION)).map((words) => lexicalEvidence(words, read));
  },
  "passage quoted"(input) {
    const text = longestChunk(input);
    const relevant = relevance({
      question: candidatesFor(QUESTION).question,
      candidates: candidatesFor(QUESTION),
      passages: [],
      variants: [],
      superseded: [],
      reranker: "",
      decision: { action: "answer", confidence: 1, isSure: true },
    });
    const { stretches } = excerpt([text, text, text], 1, relevant, ROOM.first);
    const verifier = new CitationVerifier([{ ...SOURCE, passages: [{ ...PASSAGE, text }] }]);
    for (const stretch of stretches)
      verifier.push(`${withoutForeignMarkers(stretch.text)} [1]\n\n`);
    return verifier.end();
  },
  "labels for a visitor"(input) {
    const labels = labelsOf([{ ...PASSAGE, text: input }]);
    return CANADA.map((attribute) => [
      isAbout(labels, attribute),
      namesAnother(QUESTION, labels, attribute),
    ]);
  },
  "passage in a prompt"(input) {
    const text = longestChunk(input);
    const source = { ...SOURCE, passages: [{ ...PASSAGE, text }] };
    return buildPrompt({ message: QUESTION }, [source], shippedRelease.prompt, {
      random: "0000",
      now: 0,
    });
  },
};

const CANADA = toAttributes({ country: "CA" });

function longestChunk(markdown: string): string {
  const chunks = chunkMarkdown("Title", markdown);
  return chunks.reduce((most, { text }) => (text.length > most.length ? text : most), "");
}

export const text: Record<string, Target> = {
  ...document("text/plain"),
  ...passage,
  sentences: splitSentences,
  tokens: estimateTokens,
  language: detectLanguage,
  warnings: (input) => findWarnings("Title", input, input),
  hidden: hiddenPassages,
  stems: stemsOf,
  "clean line": cleanLine,
  field: (input) => runAtOnce(stringToMarkdown(input)),
  redact: (input) => redact(input.slice(0, 8000)),
};

type Reader = (value: unknown) => Steps<string>;

export const RICH_TEXT: Record<string, Reader> = {
  contentful: contentfulToMarkdown,
  "portable-text": portableTextToMarkdown,
  storyblok: storyblokToMarkdown,
  slate: strapiToMarkdown,
  hygraph: hygraphToMarkdown,
  kontent: kontentToMarkdown,
};

/** A delivery with rich text: the body is parsed, the field converted and ingested. */
export function richText(read: Reader): Record<string, Target> {
  return {
    "rich text": (input) => runAtOnce(read(JSON.parse(input))),
    delivery(input) {
      const body = parseJson(`{"title":"a","body":${input}}`);
      const options = {
        title_fields: ["title"],
        body_fields: ["body"],
        valid_from_fields: ["valid_from"],
        valid_until_fields: ["valid_until"],
      };
      const entry = isObject(body) ? runAtOnce(readEntry(body, options, read)) : undefined;
      const content = entry?.content ?? "";
      return draft(content, normalise(content, "text/markdown"));
    },
  };
}

/** The text of a PDF, as the converter gives it. */
export const pdf: Record<string, Target> = {
  pages(input) {
    const markdown = cleanConverted("document.pdf", `## Contents\n### Page 1\n${input}`);
    return draft(markdown, markdown);
  },
};

/** The part of the archive that holds the text. */
const OFFICE = { xlsx: "xl/worksheets/sheet1.xml", docx: "word/document.xml" };

export function office(extension: keyof typeof OFFICE): Record<string, Target> {
  return {
    async file(input) {
      const bytes = zipSync({ [OFFICE[extension]]: strToU8(input) }, { level: 1 });
      const name = `document.${extension}`;
      const blob = new Blob([bytes]);
      const answer = await toMarkdown({ name, blob });
      if (answer.format === "error") throw new Error(answer.error);
      const markdown = cleanConverted(name, answer.data);
      return draft(markdown, markdown);
    },
  };
}
