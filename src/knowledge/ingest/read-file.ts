import type { Services } from "../../runtime/services.ts";
import { storeConversion, readFile } from "../accept/files.ts";
import { checkFile, fileType } from "../formats/file-types.ts";
import { readable, UnreadableDocument } from "../formats/unreadable-document.ts";
import { cleanConverted } from "../formats/converted.ts";
import { MAX_DOCUMENT_BYTES } from "../formats/limits.ts";
import { isOutOfNeurons, readAllowance } from "../../limits/quotas.ts";
import { NeuronsUsedUp } from "./reasons.ts";
import type { DocumentWork } from "./pending-work.ts";

/**
 * Reads a document that is a file as Markdown. A file is converted once; its Markdown is kept with it.
 * @returns undefined for a document whose content is text
 * @throws {UnreadableDocument} when no further attempt can succeed. @throws {NeuronsUsedUp} for an image, until there are neurons
 */
export async function readFileAsMarkdown(
  { db, converter, now }: Pick<Services, "db" | "converter" | "now">,
  { workspaceId, content, contentType }: DocumentWork,
): Promise<string | undefined> {
  const type = fileType(contentType);
  if (!type) return undefined;
  const { bytes, markdown } = await readFile(db, workspaceId, content);
  if (markdown !== null) return markdown;
  await checkFile(bytes, type);
  // A model describes images; other files are converted without one.
  if (type.container === "image" && isOutOfNeurons(await readAllowance(db, workspaceId, now())))
    throw new NeuronsUsedUp();
  const fileName = `document.${type.extension}`;
  const converted = await converter.convert(fileName, contentType, bytes);
  if (converted === undefined) {
    throw new UnreadableDocument(
      `The ${type.name} file could not be read: it is damaged or protected by a password.`,
    );
  }
  const cleaned = readable(() => cleanConverted(fileName, converted));
  if (new TextEncoder().encode(cleaned).byteLength > MAX_DOCUMENT_BYTES) {
    throw new UnreadableDocument(
      `The file holds more than ${MAX_DOCUMENT_BYTES / 1024 / 1024} MB of text. Split it into several documents.`,
    );
  }
  await storeConversion(db, workspaceId, content, cleaned);
  return cleaned;
}
