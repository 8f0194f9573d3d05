import { UnreadableDocument } from "./unreadable-document.ts";
import { unpackedSize } from "./zip.ts";

/** The size of one uploaded file. */
export const MAX_FILE_BYTES = 10 * 1024 * 1024;
/** The unpacked size of an office file, which is a zip: 1 MB can unpack to 1 GB. */
const MAX_UNPACKED_BYTES = 100 * 1024 * 1024;

interface FileType {
  /** For error messages. */
  name: string;
  extension: string;
  container: "pdf" | "zip" | "image" | "other";
}

/** JPEG, PNG and WebP. A picture that is named like another of these types is converted all the same. */
const IMAGE_BEGINNINGS = /^(?:\u00ff\u00d8\u00ff|\u0089PNG\r\n|RIFF[^]{4}WEBP)/;

const OFFICE = "application/vnd.openxmlformats-officedocument.";
const OPEN = "application/vnd.oasis.opendocument.";

/**
 * The file types that can be uploaded. Workers AI converts them, and others that seldom hold answers.
 * https://developers.cloudflare.com/workers-ai/features/markdown-conversion/supported-formats/
 */
const FILE_TYPES: Record<string, FileType> = {
  "application/pdf": { name: "PDF", extension: "pdf", container: "pdf" },
  [`${OFFICE}wordprocessingml.document`]: { name: "Word", extension: "docx", container: "zip" },
  [`${OFFICE}spreadsheetml.sheet`]: { name: "Excel", extension: "xlsx", container: "zip" },
  [`${OFFICE}presentationml.presentation`]: {
    name: "PowerPoint",
    extension: "pptx",
    container: "zip",
  },
  [`${OPEN}text`]: { name: "OpenDocument text", extension: "odt", container: "zip" },
  [`${OPEN}spreadsheet`]: { name: "OpenDocument spreadsheet", extension: "ods", container: "zip" },
  "application/vnd.ms-excel": { name: "Excel", extension: "xls", container: "other" },
  "image/jpeg": { name: "JPEG", extension: "jpeg", container: "image" },
  "image/png": { name: "PNG", extension: "png", container: "image" },
  "image/webp": { name: "WebP", extension: "webp", container: "image" },
};

export const fileContentTypes = Object.keys(FILE_TYPES);

export function fileType(contentType: string): FileType | undefined {
  return Object.hasOwn(FILE_TYPES, contentType) ? FILE_TYPES[contentType] : undefined;
}

/**
 * Checks what the file begins with, and how long a zip is when it is unpacked.
 * @throws {UnreadableDocument}
 */
export async function checkFile(
  bytes: Uint8Array<ArrayBuffer>,
  { name, container }: FileType,
): Promise<void> {
  if (container === "pdf" && !ascii(bytes.subarray(0, 1024)).includes("%PDF-")) {
    throw new UnreadableDocument("The file is not a PDF, or its beginning is damaged.");
  }
  if (container === "image" && !IMAGE_BEGINNINGS.test(ascii(bytes.subarray(0, 12)))) {
    throw new UnreadableDocument(`The file is not a ${name} image, or its beginning is damaged.`);
  }
  if (container !== "zip") return;
  if (ascii(bytes.subarray(0, 8)) === "\u00d0\u00cf\u0011\u00e0\u00a1\u00b1\u001a\u00e1") {
    throw new UnreadableDocument(
      `The ${name} file is protected by a password or in a format from before 2007. Save it without a password in the current format.`,
    );
  }
  const unpacked = await unpackedSize(bytes, MAX_UNPACKED_BYTES);
  if (unpacked === undefined) {
    throw new UnreadableDocument(`The file is not a ${name} file, or it is damaged.`);
  }
  if (unpacked > MAX_UNPACKED_BYTES) {
    throw new UnreadableDocument(
      `The ${name} file unpacks to more than ${MAX_UNPACKED_BYTES / 1024 / 1024} MB. Split it into smaller files.`,
    );
  }
}

function ascii(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
