import { runAtOnce } from "../../src/runtime/steps.ts";
import { stringToMarkdown } from "../../src/webhooks/contract/entry.ts";
import type { Kind } from "./grammars.ts";
import type { Target } from "./target.ts";
import { message, answer } from "./visitor-targets.ts";
import { document, office, passage, pdf, richText, RICH_TEXT, text } from "./document-targets.ts";
import { header, webhook } from "./delivery-targets.ts";

/** By kind of input, or by grammar where grammars of a kind are read by different code. The first is the ordinary way of an input. */
const TARGETS: Record<string, Record<string, Target>> = {
  message,
  query: message,
  answer,
  text,
  markdown: { ...document("text/markdown"), ...passage },
  html: { ...document("text/html"), field: (input: string) => runAtOnce(stringToMarkdown(input)) },
  csv: document("text/csv"),
  json: document("application/json"),
  webhook,
  header,
  xlsx: office("xlsx"),
  docx: office("docx"),
  pdf,
  ...Object.fromEntries(Object.entries(RICH_TEXT).map(([name, read]) => [name, richText(read)])),
};

export function targetsOf(grammar: { name: string; kind: Kind }): Record<string, Target> {
  return TARGETS[grammar.name] ?? TARGETS[grammar.kind] ?? {};
}
