import type { Steps } from "../../../runtime/steps.ts";
import { markdownInSteps } from "../markdown.ts";
import { slateToMarkdown } from "./slate.ts";

/** Strapi's "Rich text (Blocks)" → Markdown. Its "Rich text (Markdown)" is a string and is read as Markdown. */
export function strapiToMarkdown(value: unknown): Steps<string> {
  return typeof value === "string"
    ? markdownInSteps(value)
    : slateToMarkdown(value, "Strapi blocks");
}
