import * as original from "../../../../../src/knowledge/ingest/chunk.ts";
import { isOff } from "../../../switches.ts";

export * from "../../../../../src/knowledge/ingest/chunk.ts";

export const embeddedText: typeof original.embeddedText = (title, chunk) =>
  isOff("title and headings embedded") ? chunk.text : original.embeddedText(title, chunk);
