import { codeBlock } from "../../src/knowledge/formats/markdown-code.ts";
import { parseMarkdownFile, titleFromId, type ParsedFile } from "../parse-file.ts";

interface Cell {
  cell_type?: string;
  source?: string | string[];
}

/** A Jupyter notebook → Markdown: its texts, and its code as fenced blocks. What the code once printed is left out. */
export function readNotebook(externalId: string, source: string): ParsedFile {
  const { cells, metadata } = parse(source);
  const language = metadata?.language_info?.name ?? metadata?.kernelspec?.language ?? "";
  const blocks = cells.map((cell) => {
    const text = [cell.source ?? ""].flat().join("").trim();
    if (!text || cell.cell_type === "raw") return "";
    return cell.cell_type === "code" ? codeBlock(text, language) : text;
  });
  const content = blocks.filter(Boolean).join("\n\n");
  return parseMarkdownFile(externalId, content || titleFromId(externalId));
}

interface Notebook {
  cells: Cell[];
  metadata?: { language_info?: { name?: string }; kernelspec?: { language?: string } };
}

function parse(source: string): Notebook {
  let notebook: Partial<Notebook> & { worksheets?: { cells?: Cell[] }[] };
  try {
    notebook = JSON.parse(source) as typeof notebook;
  } catch {
    throw new Error("It is no Jupyter notebook: not JSON");
  }
  const cells = notebook.cells ?? notebook.worksheets?.[0]?.cells;
  if (!Array.isArray(cells)) throw new Error("It is no Jupyter notebook: it has no cells");
  return { ...notebook, cells };
}
