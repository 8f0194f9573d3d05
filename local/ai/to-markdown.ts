import { strFromU8, unzipSync } from "fflate";
import { getDocumentProxy } from "unpdf";
import { htmlToMarkdown } from "../../src/knowledge/formats/html/html.ts";
import { docxHtml } from "./docx-html.ts";
import { pageText } from "./pdf-page-text.ts";
import { sheetsToMarkdown } from "./xlsx.ts";

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
  const isXml = ({ name: path }: { name: string }): boolean => /\.(?:xml|rels)$/.test(path);
  for (const xml of Object.values(unzipSync(bytes, { filter: isXml })))
    if (hasBrokenTag(strFromU8(xml))) throw new Error("Not well-formed XML");
  return `# ${name}\n\n${htmlToMarkdown(await docxHtml(bytes))}`;
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

async function fromXlsx(name: string, bytes: Uint8Array): Promise<string> {
  return `# ${name}\n\n${sheetsToMarkdown(unzipSync(bytes))}`;
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
