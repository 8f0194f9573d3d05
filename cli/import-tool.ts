import { stringify } from "yaml";
import type { ImportedTool } from "./tool-import/tool-draft.ts";

export { importCurl } from "./tool-import/curl-tool.ts";
export { listOperations, readOpenApi } from "./tool-import/openapi-document.ts";
export { importOperation } from "./tool-import/operation-tool.ts";
export type { ImportedTool } from "./tool-import/tool-draft.ts";

/** The text of `tools/<name>.yaml`. Its comments hold the notes, as a list of what is left to do; secrets are not in it. */
export function toolFile({ content, notes }: Pick<ImportedTool, "content" | "notes">): string {
  const comments = notes.map((note) => `# - ${note}\n`).join("");
  return `${comments}${stringify(content, { lineWidth: 100 })}`;
}
