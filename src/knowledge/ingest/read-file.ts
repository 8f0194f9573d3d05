import type { Services } from "../../runtime/services.ts";
import { storeConversion, readFile } from "../accept/files.ts";
import { checkFile, fileType } from "../formats/file-types.ts";
import { officeParts } from "../formats/office-parts.ts";
import { unreadable, UnreadableDocument } from "../formats/unreadable-document.ts";
import { convertedInSteps, type CleanedFile } from "../formats/converted.ts";
import { runYielding } from "../../runtime/steps.ts";
import { utf8Length } from "../../text/utf8-length.ts";
import { MAX_VALUE_BYTES } from "../accept/rows.ts";
import { MAX_DOCUMENT_BYTES } from "../formats/limits.ts";
import { UnsupportedFile } from "../../models/ports.ts";
import { isOutOfNeurons, readAllowance } from "../../limits/quotas.ts";
import { NeuronsUsedUp } from "./reasons.ts";
import type { DocumentWork } from "./pending-work.ts";

/**
 * Reads a document that is a file as Markdown. A file is converted once; what the converter answers is kept with it.
 * @returns undefined for a document whose content is text
 * @throws {UnreadableDocument} when no further attempt can succeed. @throws {NeuronsUsedUp} for an image, until there are neurons
 */
export async function readFileAsMarkdown(
  { db, converter, now }: Pick<Services, "db" | "converter" | "now">,
  { workspaceId, content, contentType }: DocumentWork,
): Promise<CleanedFile | undefined> {
  const type = fileType(contentType);
  if (!type) return undefined;
  const isZip = type.container === "zip";
  const { bytes, conversion } = await readFile(db, workspaceId, content, isZip);
  const fileName = `document.${type.extension}`;
  if (conversion !== null) return withParts(await clean(fileName, conversion), bytes, isZip);
  await checkFile(bytes, type);
  // A model describes images; other files are converted without one.
  if (type.container === "image" && isOutOfNeurons(await readAllowance(db, workspaceId, now())))
    throw new NeuronsUsedUp();
  const converted = await convert(converter, fileName, contentType, bytes);
  if (converted === undefined) {
    throw new UnreadableDocument(
      `The ${type.name} file could not be read: it is damaged or protected by a password.`,
    );
  }
  const cleaned = await clean(fileName, converted);
  await storeConversion(db, workspaceId, content, converted);
  return withParts(cleaned, bytes, isZip);
}

/** With what the converter left out of an office file. */
async function withParts(
  file: CleanedFile,
  bytes: Uint8Array<ArrayBuffer>,
  isZip: boolean,
): Promise<CleanedFile> {
  if (!isZip) return file;
  const { runningLines, hiddenSheets } = await officeParts(bytes, file.markdown);
  return { ...file, leftOut: [...file.leftOut, ...runningLines], hiddenSheets };
}

async function clean(fileName: string, converted: string): Promise<CleanedFile> {
  if (utf8Length(converted) > MAX_VALUE_BYTES) throw tooLong();
  const cleaned = await runYielding(convertedInSteps(fileName, converted)).catch(
    (error: unknown) => {
      throw unreadable(error);
    },
  );
  if (utf8Length(cleaned.markdown) > MAX_DOCUMENT_BYTES) throw tooLong();
  return cleaned;
}

function tooLong(): UnreadableDocument {
  return new UnreadableDocument(
    `The file holds more than ${MAX_DOCUMENT_BYTES / 1024 / 1024} MB of text. Split it into several documents.`,
  );
}

/** What a file can be saved as, where the platform does not convert its type. */
const OTHER_TYPES: Record<string, string> = {
  ".xls": ".xlsx",
  ".ods": ".xlsx",
  ".odt": ".docx",
  ".pptx": "PDF",
};

async function convert(
  converter: Services["converter"],
  ...file: Parameters<Services["converter"]["convert"]>
): Promise<string | undefined> {
  try {
    return await converter.convert(...file);
  } catch (error) {
    if (!(error instanceof UnsupportedFile)) throw error;
    const [name] = file;
    const extension = name.slice(name.lastIndexOf("."));
    throw new UnreadableDocument(
      `Files of the type ${extension} are not converted here. Save it as ${OTHER_TYPES[extension] ?? "PDF or text"}.`,
    );
  }
}
