import { decodeHTML } from "entities";
import { unpack } from "./convert/unpack.ts";
import { decodeText } from "./decode.ts";

/** What programs write into a file's properties by themselves. */
const BY_PROGRAMS =
  /^(?:microsoft (?:word|powerpoint|excel)\b.*|untitled.*|unbenannt.*|sans titre.*|sin título.*|(?:document|dokument|presentation|präsentation|book|mappe|workbook|sheet|slide|scan|print|template|title|titel)[\s_-]*\d*|(?:powerpoint|word|excel)[ -](?:presentation|document|präsentation|dokument)|[^\s]+\.(?:docx?|xlsx?|pptx?|pdf|od[tsp]|indd|qxp|tex|dvi|html?))$/i;
const MOST_CHARACTERS = 200;

/** The title that a file gives itself: its only heading of the first level, or its properties. Undefined if it gives none. */
export function titleOfFile(bytes: Uint8Array, extension: string): string | undefined {
  try {
    const title = extension === "pdf" ? titleOfPdf(bytes) : titleOfOffice(bytes);
    const line = title?.replace(/[\s\p{Cc}]+/gu, " ").trim() ?? "";
    const isTitle =
      /\p{L}/u.test(line) && line.length <= MOST_CHARACTERS && !BY_PROGRAMS.test(line);
    return isTitle ? line : undefined;
  } catch {
    // The check of the file says what is wrong with it.
    return undefined;
  }
}

function titleOfOffice(bytes: Uint8Array): string | undefined {
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) return undefined;
  const files = unpack(bytes, (name) =>
    /^(?:docProps\/core\.xml|meta\.xml|word\/document\.xml)$/.test(name),
  );
  const text = (name: string): string =>
    decodeText(files.get(name) ?? new Uint8Array(), { isMarkup: true }).text;
  const property = /<dc:title[^>]*>([^<]*)<\/dc:title>/.exec(
    text("docProps/core.xml") || text("meta.xml"),
  );
  return headingOfWord(text("word/document.xml")) ?? decodeHTML(property?.[1] ?? "");
}

/** A paragraph in the style of a title, or the only heading of the first level. */
function headingOfWord(xml: string): string | undefined {
  const inStyle = (style: string): string[] =>
    xml
      .split("</w:p>")
      .map((part) => part.slice(Math.max(part.lastIndexOf("<w:p>"), part.lastIndexOf("<w:p "))))
      .filter((part) => part.includes(`<w:pStyle w:val="${style}"/>`))
      .map((part) =>
        decodeHTML(
          [...part.matchAll(/<w:t(?:\s[^>]*)?>([^<]*)<\/w:t>/g)].map((found) => found[1]).join(""),
        ),
      )
      .filter((found) => found.trim());
  const [title] = inStyle("Title");
  const [heading, ...others] = inStyle("Heading1");
  return title ?? (others.length === 0 ? heading : undefined);
}

/** Of a PDF whose properties are neither compressed nor encrypted. */
function titleOfPdf(bytes: Uint8Array): string | undefined {
  const source = Buffer.from(bytes).toString("latin1");
  const [, number, generation] = [...source.matchAll(/\/Info\s+(\d+)\s+(\d+)\s+R/g)].at(-1) ?? [];
  if (!number || /\/Encrypt\s+\d/.test(source)) return undefined;
  const start = new RegExp(`(?:^|[\\r\\n\\s])${number}\\s+${generation}\\s+obj\\b`).exec(
    source,
  )?.index;
  if (start === undefined) return undefined;
  const object = source.slice(start, source.indexOf("endobj", start));
  const [, text, hex] =
    /\/Title\s*(?:\(((?:\\[^]|[^\\()]|\((?:\\[^]|[^\\()])*\))*)\)|<([0-9A-Fa-f\s]*)>)/.exec(
      object,
    ) ?? [];
  const value =
    hex === undefined
      ? withoutEscapes(text ?? "")
      : Buffer.from(hex.replace(/\s/g, ""), "hex").toString("latin1");
  return decodePdfText(value);
}

const ESCAPES: Record<string, string> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };

function withoutEscapes(text: string): string {
  return text.replace(/\\(\d{1,3}|\r\n|[^])/g, (_, escaped: string) => {
    if (/^\d/.test(escaped)) return String.fromCharCode(Number.parseInt(escaped, 8) & 0xff);
    return /^[\r\n]/.test(escaped) ? "" : (ESCAPES[escaped] ?? escaped);
  });
}

/** UTF-16 or UTF-8 with its mark, else one byte a character. */
function decodePdfText(value: string): string {
  const bytes = Buffer.from(value, "latin1");
  if (value.startsWith("\u00fe\u00ff")) return new TextDecoder("utf-16be").decode(bytes);
  if (value.startsWith("\u00ef\u00bb\u00bf")) return new TextDecoder().decode(bytes);
  return new TextDecoder("windows-1252").decode(bytes);
}
