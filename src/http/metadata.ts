import { z } from "zod";

const MAX_METADATA_CHARACTERS = 8192;

/** Levels of objects and lists. SQLite refuses JSON of more than 1,000. */
const MAX_METADATA_LEVELS = 32;

/** Data that a caller keeps with a document or a conversation. It is stored and returned, never searched. */
export const metadataSchema = z
  .record(
    z
      .string()
      .max(64)
      .regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u, "holds control characters"),
    z.unknown(),
  )
  .refine(
    isSmall,
    `holds more than ${MAX_METADATA_CHARACTERS} characters of JSON, or more than ${MAX_METADATA_LEVELS} levels`,
  );

function isSmall(value: unknown): boolean {
  return (
    !nestsDeeper(value, MAX_METADATA_LEVELS) &&
    JSON.stringify(value).length <= MAX_METADATA_CHARACTERS
  );
}

function nestsDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => nestsDeeper(inner, levels - 1));
}
