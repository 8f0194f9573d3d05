import mammoth from "mammoth/mammoth.browser.js";
import { strFromU8, unzipSync } from "fflate";
import { Parser } from "htmlparser2";
import { getDocumentProxy } from "unpdf";
import { htmlToMarkdown } from "../../src/knowledge/formats/html.ts";
import { pageText } from "./pdf-page-text.ts";

type Answer = ConversionResponse;
type Convert = (name: string, bytes: Uint8Array) => Promise<string>;

/** The file types that the local platform can read. The service reads more (other spreadsheets, images by a vision model). */
const CONVERTERS: Record<string, { mimeType: string; convert: Convert }> = {
  ".pdf": { mimeType: "application/pdf", convert: fromPdf },
  ".docx": {
    mimeType: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    convert: fromDocx,
  },
  ".xlsx": {
    mimeType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    convert: fromXlsx,
  },
  ".odt": { mimeType: "application/vnd.oasis.opendocument.text", convert: fromOdt },
};

/**
 * Returns what the service's conversion returns: for an unreadable file a result with `format: "error"`, not an exception.
 * https://developers.cloudflare.com/workers-ai/features/markdown-conversion/usage/binding/
 */
export async function toMarkdown({ name, blob }: MarkdownDocument): Promise<Answer> {
  const id = crypto.randomUUID();
  const extension = /\.[^.]+$/.exec(name)?.[0].toLowerCase() ?? "";
  const converter = CONVERTERS[extension];
  const mimeType = converter?.mimeType ?? blob.type;
  if (!converter) return { id, name, mimeType, format: "error", error: "Unsupported file type" };
  try {
    const data = await converter.convert(name, new Uint8Array(await blob.arrayBuffer()));
    return { id, name, mimeType, format: "markdown", tokens: Math.ceil(data.length / 4), data };
  } catch (error) {
    return { id, name, mimeType, format: "error", error: String(error) };
  }
}

/** The text around the pages is the service's, also with `metadata: false`. */
async function fromPdf(name: string, bytes: Uint8Array): Promise<string> {
  const document = await getDocumentProxy(bytes);
  const pages: string[] = [];
  for (let number = 1; number <= document.numPages; number++) {
    const { items } = await (await document.getPage(number)).getTextContent();
    const text = pageText(items.filter((item) => "str" in item));
    pages.push(`### Page ${number}\n\n${text}\n\n`);
  }
  return `# ${name}\n\n## Contents\n${pages.join("")}`;
}

async function fromDocx(name: string, bytes: Uint8Array): Promise<string> {
  const arrayBuffer = bytes.slice().buffer;
  const isXml = ({ name: path }: { name: string }): boolean => /\.(?:xml|rels)$/.test(path);
  for (const xml of Object.values(unzipSync(bytes, { filter: isXml })))
    if (hasBrokenTag(strFromU8(xml))) throw new Error("Not well-formed XML");
  const { value } = await mammoth.convertToHtml({ arrayBuffer });
  return `# ${name}\n\n${htmlToMarkdown(value)}`;
}

/** A `<` that no `>` follows before the next `<`. The library's XML parser takes quadratic time in them. */
function hasBrokenTag(xml: string): boolean {
  for (let open = xml.indexOf("<"); open >= 0;) {
    const close = xml.indexOf(">", open);
    const next = xml.indexOf("<", open + 1);
    if (close < 0 || (next >= 0 && next < close)) return true;
    open = next;
  }
  return false;
}

/** Each sheet is a heading and a table. */
async function fromXlsx(name: string, bytes: Uint8Array): Promise<string> {
  const files = unzipSync(bytes);
  const xml = (path: string): string => (files[path] ? strFromU8(files[path]) : "");
  const strings = textsOf(xml("xl/sharedStrings.xml"), "si");
  const names = [...xml("xl/workbook.xml").matchAll(/<sheet\b[^>]*\bname="([^"]*)"/g)];
  const sheets = Object.keys(files).filter((path) => /^xl\/worksheets\/sheet\d+\.xml$/.test(path));
  if (sheets.length === 0) throw new Error("No worksheets");
  const tables = sheets.toSorted().map((path, index) => {
    const rows = rowsOf(xml(path), strings).map((cells) => `<tr>${cells.join("")}</tr>`);
    return `<h2>${names[index]?.[1] ?? `Sheet${index + 1}`}</h2><table>${rows.join("")}</table>`;
  });
  return `# ${name}\n\n${htmlToMarkdown(tables.join(""))}`;
}

function rowsOf(sheet: string, strings: string[]): string[][] {
  const rows: string[][] = [];
  let type = "";
  let value: string | undefined;
  const parser = new Parser(
    {
      onopentag(tag, attributes) {
        if (tag === "row") rows.push([]);
        if (tag === "c") type = attributes["t"] ?? "";
        if (tag === "c" || tag === "v" || tag === "t") value = "";
      },
      ontext(text) {
        if (value !== undefined) value += text;
      },
      onclosetag(tag) {
        if (tag !== "c") return;
        const text = type === "s" ? (strings[Number(value)] ?? "") : (value ?? "");
        const cell = rows.length === 1 ? "th" : "td";
        rows.at(-1)?.push(`<${cell}>${escape(text)}</${cell}>`);
        value = undefined;
      },
    },
    { xmlMode: true },
  );
  parser.end(sheet);
  return rows;
}

async function fromOdt(name: string, bytes: Uint8Array): Promise<string> {
  const { "content.xml": content } = unzipSync(bytes, {
    filter: (file) => file.name === "content.xml",
  });
  if (!content) throw new Error("No content.xml");
  const html = strFromU8(content)
    .replace(/<(\/?)text:h\b[^>]*>/g, "<$1h2>")
    .replace(/<(\/?)text:p\b[^>]*>/g, "<$1p>")
    .replace(/<(\/?)text:list-item\b[^>]*>/g, "<$1li>")
    .replace(/<(\/?)text:list\b[^>]*>/g, "<$1ul>");
  return `# ${name}\n\n${htmlToMarkdown(html.slice(html.indexOf("<office:body")))}`;
}

function textsOf(xml: string, element: string): string[] {
  const texts: string[] = [];
  const parser = new Parser(
    {
      onopentag: (tag) => void (tag === element && texts.push("")),
      ontext: (text) => void (texts.length > 0 && (texts[texts.length - 1] += text)),
    },
    { xmlMode: true },
  );
  parser.end(xml);
  return texts;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
