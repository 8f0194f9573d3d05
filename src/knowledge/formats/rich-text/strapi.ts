import { cleanMarkdown } from "../markdown.ts";
import { slateToMarkdown } from "./slate.ts";

/** Strapi's "Rich text (Blocks)" → Markdown. Its "Rich text (Markdown)" is a string and is read as Markdown. */
export function strapiToMarkdown(value: unknown): string {
  return typeof value === "string" ? cleanMarkdown(value) : slateToMarkdown(value, "Strapi blocks");
}
