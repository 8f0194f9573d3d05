import type { Services } from "../../runtime/services.ts";
import { keepConversion, readFile } from "../accept/files.ts";
import { checkFile, fileType } from "../formats/file-types.ts";
import { normalise } from "../formats/normalise.ts";
import { readable, UnreadableDocument } from "../formats/unreadable-document.ts";
import { cleanConverted } from "../formats/converted.ts";
import { MAX_DOCUMENT_BYTES } from "../formats/limits.ts";
import type { DocumentWork } from "./work.ts";

/**
 * A document's source, text or file → the stored dialect.
 * @throws {UnreadableDocument} when no further attempt can succeed
 */
export async function readDocument(services: Services, work: DocumentWork): Promise<string> {
  const type = fileType(work.contentType);
  if (!type) return normalise(work.content, work.contentType);
  const { db, converter } = services;
  const { bytes, markdown } = await readFile(db, work.workspaceId, work.content);
  if (markdown !== null) return markdown;
  checkFile(bytes, type);
  const fileName = `document.${type.extension}`;
  const converted = await converter.convert(fileName, work.contentType, bytes);
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
  await keepConversion(db, work.workspaceId, work.content, cleaned);
  return cleaned;
}
