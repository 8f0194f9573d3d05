import type { Services } from "../../runtime/services.ts";
import { detectLanguage } from "../../language/detect.ts";
import { runYielding, type Steps } from "../../runtime/steps.ts";
import { withoutInvisible } from "../../text/invisible-characters.ts";
import type { LeftOut } from "../formats/html/left-out.ts";
import { normaliseInSteps } from "../formats/normalise.ts";
import { fileWarnings, type CleanedFile } from "../formats/converted.ts";
import { unreadable, UnreadableDocument } from "../formats/unreadable-document.ts";
import { warningsInSteps, type DocumentWarning } from "../formats/warnings.ts";
import { chunkInSteps, type Chunk } from "./chunk.ts";
import type { Failures } from "./reasons.ts";
import type { DocumentWork } from "./pending-work.ts";
import { readFileAsMarkdown } from "./read-file.ts";

/** A version that is ready to be served. */
export interface Draft {
  work: DocumentWork;
  markdown: string;
  /** As its owner states it, or else as detected in the text. */
  language: string | null;
  chunks: Chunk[];
  normalisedAt: number;
  warnings: DocumentWarning[];
}

type DraftServices = Pick<Services, "db" | "converter" | "now">;

/** Drafts every version that is not served yet, or as an older reader read it: read → normalise → chunk. */
export async function draftVersions(
  services: DraftServices,
  works: DocumentWork[],
  failures: Failures,
): Promise<Draft[]> {
  const drafts: Draft[] = [];
  for (const work of works) {
    const isServed = work.liveVersion === work.version && !work.isOutdated;
    if (work.status === "deleted" || isServed) continue;
    try {
      drafts.push(await draftVersion(services, work));
    } catch (error) {
      failures.set(work.documentId, error);
    }
  }
  return drafts;
}

/** @throws {UnreadableDocument} when no further attempt can succeed */
async function draftVersion(services: DraftServices, work: DocumentWork): Promise<Draft> {
  const file = await readFileAsMarkdown(services, work);
  try {
    return await runYielding(draftInSteps(work, file, services.now));
  } catch (error) {
    throw unreadable(error);
  }
}

/** In steps, so that a long document delays no visitor whose turn the same isolate serves. */
function* draftInSteps(
  work: DocumentWork,
  file: CleanedFile | undefined,
  now: Services["now"],
): Steps<Draft> {
  const leftOut: LeftOut[] = [];
  const read = file?.markdown ?? (yield* normaliseInSteps(work.content, work.contentType, leftOut));
  const markdown = withoutInvisible(read);
  if (!markdown.trim()) throw new UnreadableDocument("The document contains no text.");
  const chunks = yield* chunkInSteps(work.title, markdown);
  const language = work.language ?? detectLanguage(markdown);
  yield;
  const source = file?.markdown ?? work.content;
  const warnings = [
    ...(yield* warningsInSteps(work.title, source, markdown, leftOut)),
    ...(file ? fileWarnings(file) : []),
  ];
  return { work, markdown, chunks, language, warnings, normalisedAt: now() };
}
