import { z } from "zod";

const MAX_METADATA_CHARACTERS = 8192;

/** What a caller keeps with a document or a conversation for its own use. It is stored and given back, never searched. */
export const metadataSchema = z
  .record(z.string().max(64), z.unknown())
  .refine(
    isSmall,
    `holds more than ${MAX_METADATA_CHARACTERS} characters of JSON, or nests too deeply`,
  );

function isSmall(value: unknown): boolean {
  try {
    return JSON.stringify(value).length <= MAX_METADATA_CHARACTERS;
  } catch {
    return false;
  }
}
