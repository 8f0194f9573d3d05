import type { Services } from "../../runtime/services.ts";
import { detectLanguage } from "../../language/detect.ts";
import { withoutInvisible } from "../../text/invisible-characters.ts";
import { normalise } from "../formats/normalise.ts";
import { readable, UnreadableDocument } from "../formats/unreadable-document.ts";
import { findWarnings, type DocumentWarning } from "../formats/warnings.ts";
import { chunkMarkdown, type Chunk } from "./chunk.ts";
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

/** Drafts every version that is not served yet: read → normalise → chunk. */
export async function draftVersions(
  services: DraftServices,
  works: DocumentWork[],
  failures: Failures,
): Promise<Draft[]> {
  const drafts: Draft[] = [];
  for (const work of works) {
    if (work.status === "deleted" || work.liveVersion === work.version) continue;
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
  return readable(() => {
    const markdown = withoutInvisible(file ?? normalise(work.content, work.contentType));
    if (!markdown.trim()) throw new UnreadableDocument("The document contains no text.");
    return {
      work,
      markdown,
      chunks: chunkMarkdown(work.title, markdown),
      language: work.language ?? detectLanguage(markdown),
      warnings: findWarnings(work.title, file ?? work.content, markdown),
      normalisedAt: services.now(),
    };
  });
}
