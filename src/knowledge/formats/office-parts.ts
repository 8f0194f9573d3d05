import { unpackedText } from "./zip.ts";

/** What the converter leaves out of an office file. */
export interface OfficeParts {
  /** Lines of a Word file's headers and footers. */
  runningLines: string[];
  /** Names of a workbook's hidden sheets. */
  hiddenSheets: string[];
}

const RUNNING = /^word\/(?:header|footer)\d*\.xml$/;
const WORKBOOK = "xl/workbook.xml";
/** Of each file that is looked at, in bytes, and how many there are: what is longer is not counted. */
const MAX_BYTES = 500_000;
const MAX_FILES = 20;
/** Lines and sheets that are looked for in the text. */
const MAX_LOOKED_FOR = 200;
const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** @param markdown what the converter read: what stands in it was not left out */
export async function officeParts(
  bytes: Uint8Array<ArrayBuffer>,
  markdown: string,
): Promise<OfficeParts> {
  const isWanted = (name: string): boolean => RUNNING.test(name) || name === WORKBOOK;
  const files = await unpackedText(bytes, isWanted, { files: MAX_FILES, bytes: MAX_BYTES });
  const parts: OfficeParts = { runningLines: [], hiddenSheets: [] };
  for (const [name, xml] of files) {
    if (name === WORKBOOK) parts.hiddenSheets.push(...hiddenSheets(xml));
    else parts.runningLines.push(...paragraphs(xml));
  }
  const isLeftOut = (text: string): boolean => !markdown.includes(text);
  return {
    runningLines: [...new Set(parts.runningLines)].slice(0, MAX_LOOKED_FOR).filter(isLeftOut),
    hiddenSheets: parts.hiddenSheets
      .slice(0, MAX_LOOKED_FOR)
      .filter((name) => isLeftOut(`## ${name}\n`)),
  };
}

function paragraphs(xml: string): string[] {
  return xml
    .split("</w:p>")
    .map((paragraph) =>
      Array.from(paragraph.matchAll(/<w:t(?:\s[^<>]*)?>([^<]*)/g), ([, text = ""]) => text).join(
        "",
      ),
    )
    .map((text) => decoded(text).replace(/\s+/g, " ").trim())
    .filter(Boolean);
}

function hiddenSheets(xml: string): string[] {
  return Array.from(xml.matchAll(/<(?:\w+:)?sheet\s([^<>]*)/g), ([, attributes = ""]) => attributes)
    .filter((attributes) => /\sstate="(?:veryHidden|hidden)"/.test(` ${attributes}`))
    .map((attributes) => decoded(/\bname="([^"]*)"/.exec(attributes)?.[1] ?? ""));
}

function decoded(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => ENTITIES[name] ?? "");
}
