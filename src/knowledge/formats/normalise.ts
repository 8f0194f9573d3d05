import { cleanHtml } from "./html/html.ts";
import type { LeftOut } from "./html/left-out.ts";
import { refuseCostlyMarkdown } from "./markdown/markdown-limits.ts";
import { markdownSlices } from "./markdown.ts";
import { cleanCsv, cleanJson } from "./question-lists/question-list.ts";
import { cleanPlainText } from "./plain-text.ts";
import { runAtOnce, type Steps } from "../../runtime/steps.ts";
import { unreadable, UnreadableDocument } from "./unreadable-document.ts";

export { UnreadableDocument };

const readers: Record<string, (content: string, leftOut: LeftOut[]) => Iterable<string>> = {
  "text/markdown": markdownSlices,
  "text/html": cleanHtml,
  "text/plain": cleanPlainText,
  "text/csv": cleanCsv,
  "application/json": cleanJson,
};

export const supportedContentTypes = Object.keys(readers);

/** The media type without parameters; undefined if it is not supported. */
export function supportedContentType(contentType: string): string | undefined {
  const mediaType = contentType.split(";")[0]?.trim().toLowerCase() ?? "";
  return Object.hasOwn(readers, mediaType) ? mediaType : undefined;
}

/**
 * Any supported format → the one Markdown dialect that is stored and chunked.
 * @throws {UnreadableDocument} with a reason for the document's owner
 */
export function normalise(content: string, contentType: string): string {
  return runAtOnce(normaliseInSteps(content, contentType));
}

/**
 * The same in steps of some tens of milliseconds (`runtime/steps.ts`).
 * @param leftOut is told what of a page was not read
 */
export function* normaliseInSteps(
  content: string,
  contentType: string,
  leftOut: LeftOut[] = [],
): Steps<string> {
  const read = readers[contentType];
  if (!read) throw new UnreadableDocument(`Documents of type ${contentType} cannot be read.`);
  const written: string[] = [];
  try {
    for (const slice of read(content.replaceAll("\0", "").toWellFormed(), leftOut)) {
      if (slice) written.push(slice);
      yield;
    }
  } catch (error) {
    throw unreadable(error);
  }
  const markdown = written.join("\n");
  refuseCostlyMarkdown(markdown);
  if (!markdown.trim()) throw new UnreadableDocument("The document contains no text.");
  return markdown;
}
