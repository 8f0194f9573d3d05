import { Parser } from "htmlparser2";
import { titleFromId, type ParsedFile } from "../parse-file.ts";
import { escapeHtml, unpack, xmlText } from "./unpack.ts";

/** Cells and rows of a sheet that are written out for one that is repeated: the rest of a sheet is one cell, many times. */
const MAX_REPEATED = 100;
/** Of the HTML. A document is at most a megabyte of text. */
const MAX_CHARACTERS = 20_000_000;

/** An OpenDocument spreadsheet or presentation → HTML: each sheet or slide is a heading with its tables and texts. */
export function readOpenDocument(externalId: string, bytes: Uint8Array): ParsedFile {
  const xml = xmlText(unpack(bytes, (name) => name === "content.xml").get("content.xml"));
  if (!xml) throw new Error("It is no OpenDocument file: it has no content");
  const title = titleFromId(externalId);
  const content = writeHtml(xml);
  return {
    document: { external_id: externalId, title, content, content_type: "text/html" },
    notes: [],
  };
}

function writeHtml(xml: string): string {
  const html: string[] = [];
  let row: string[] | undefined;
  let rowRepeats = 1;
  let cell = "";
  let cellRepeats = 1;
  let isHeader = false;
  let text: string | undefined;
  let characters = 0;
  const count = (added: number): void => {
    characters += added;
    if (characters > MAX_CHARACTERS)
      throw new Error("Its repeated cells hold too much text. Split it into several files");
  };
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (name === "table:table" || name === "draw:page") {
          const heading = attributes["table:name"] ?? attributes["draw:name"];
          if (heading) html.push(`<h2>${escapeHtml(heading)}</h2>`);
          if (name === "table:table") html.push("<table>");
          isHeader = true;
        } else if (name === "table:table-row") {
          row = [];
          rowRepeats = repeats(attributes["table:number-rows-repeated"]);
        } else if (name === "table:table-cell" || name === "table:covered-table-cell") {
          cell = "";
          cellRepeats = repeats(attributes["table:number-columns-repeated"]);
        } else if (name === "text:p" || name === "text:h") text = "";
        else if (text !== undefined && /^text:(?:s|tab|line-break)$/.test(name)) text += " ";
      },
      ontext(part) {
        if (text !== undefined) text += part;
      },
      onclosetag(name) {
        if (name === "text:p" || name === "text:h") {
          const written = escapeHtml(text?.trim() ?? "");
          text = undefined;
          if (row) cell += cell && written ? `<br>${written}` : written;
          else if (written) html.push(`<p>${written}</p>`);
        } else if (/^table:(?:covered-)?table-cell$/.test(name)) {
          const tag = isHeader ? "th" : "td";
          count(cell.length * cellRepeats);
          for (let time = 0; time < cellRepeats; time++) row?.push(`<${tag}>${cell}</${tag}>`);
        } else if (name === "table:table-row" && row) {
          const cells = withoutEmptyEnd(row);
          row = undefined;
          if (cells.length === 0) return;
          isHeader = false;
          const written = `<tr>${cells.join("")}</tr>`;
          count(written.length * rowRepeats);
          for (let time = 0; time < rowRepeats; time++) html.push(written);
        } else if (name === "table:table") html.push("</table>");
      },
    },
    { xmlMode: true },
  );
  const body = xml.indexOf("<office:body");
  parser.end(body < 0 ? xml : xml.slice(body));
  return html.join("\n");
}

function repeats(count: string | undefined): number {
  return Math.min(MAX_REPEATED, Math.max(1, Number(count) || 1));
}

function withoutEmptyEnd(cells: string[]): string[] {
  return cells.slice(0, cells.findLastIndex((cell) => !/^<t[hd]><\/t[hd]>$/.test(cell)) + 1);
}
