import { Parser } from "htmlparser2";
import type { ParsedFile } from "../parse-file.ts";
import { titleFromId } from "../parse-file.ts";
import { escapeHtml, unpack, xmlText } from "./unpack.ts";

interface Slide {
  title: string;
  /** HTML. */
  blocks: string[];
}

/** A PowerPoint file → HTML: each slide is a heading with its texts, tables and notes, in the order in which they are shown. */
export function readPresentation(externalId: string, bytes: Uint8Array): ParsedFile {
  const files = unpack(
    bytes,
    (name) => /^ppt\/.*\.(?:xml|rels)$/.test(name) || name === "docProps/core.xml",
  );
  const slides = slideFiles(files).map((file) => {
    const slide = readSlide(xmlText(files.get(file)));
    const notes = relations(files, file).find(({ type }) => type.endsWith("/notesSlide"))?.file;
    return { slide, notes: notes ? readSlide(xmlText(files.get(notes)), true).blocks : [] };
  });
  if (slides.length === 0) throw new Error("It is no PowerPoint file: it has no slides");
  const content = slides.map(({ slide, notes }, index) => {
    const heading = `<h2>${escapeHtml(slide.title || `Slide ${index + 1}`)}</h2>`;
    return [heading, ...slide.blocks, ...notes].join("\n");
  });
  const title = slides[0]?.slide.title || titleFromId(externalId);
  return {
    document: {
      external_id: externalId,
      title,
      content: content.join("\n"),
      content_type: "text/html",
    },
    notes: [],
  };
}

/** The files of the slides that are shown, in their order. */
function slideFiles(files: Map<string, Uint8Array>): string[] {
  const byId = new Map(relations(files, "ppt/presentation.xml").map(({ id, file }) => [id, file]));
  const order: string[] = [];
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (name === "p:sldId") order.push(byId.get(attributes["r:id"] ?? "") ?? "");
      },
    },
    { xmlMode: true },
  );
  parser.end(xmlText(files.get("ppt/presentation.xml")));
  return order.filter(
    (file) => files.has(file) && !/<p:sld\b[^>]{0,2000}\bshow="0"/.test(xmlText(files.get(file))),
  );
}

function relations(
  files: Map<string, Uint8Array>,
  file: string,
): { id: string; type: string; file: string }[] {
  const at = file.lastIndexOf("/");
  const folder = file.slice(0, at);
  const found: { id: string; type: string; file: string }[] = [];
  const parser = new Parser(
    {
      onopentag(name, { Id = "", Type = "", Target = "" }) {
        if (name !== "Relationship") return;
        const target = new URL(Target, `file:///${folder}/`).pathname.slice(1);
        found.push({ id: Id, type: Type, file: target });
      },
    },
    { xmlMode: true },
  );
  parser.end(xmlText(files.get(`${folder}/_rels/${file.slice(at + 1)}.rels`)));
  return found;
}

/** The texts of a slide, or of its notes: those have a picture of the slide and its number beside them. */
function readSlide(xml: string, isNotes = false): Slide {
  const slide: Slide = { title: "", blocks: [] };
  let role = "";
  let lines: string[] = [];
  let isBullet = false;
  let isText = false;
  let cell: string[] | undefined;
  const close = (): void => {
    const texts = lines.map((line) => line.replace(/\s+/g, " ").trim()).filter(Boolean);
    lines = [];
    if (texts.length === 0 || /^(?:sldNum|dt|ftr|hdr|sldImg)$/.test(role)) return;
    if (/^(?:title|ctrTitle)$/i.test(role))
      slide.title = slide.title ? slide.title : texts.join(" ");
    else if (texts.length > 1 && !isNotes && isBullet)
      slide.blocks.push(`<ul>${texts.map((text) => `<li>${escapeHtml(text)}</li>`).join("")}</ul>`);
    else slide.blocks.push(...texts.map((text) => `<p>${escapeHtml(text)}</p>`));
  };
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (name === "p:sp") [role, isBullet] = ["", false];
        else if (name === "p:ph") {
          role = attributes["type"] ?? "body";
          isBullet = role === "body";
        } else if (name === "a:tbl") slide.blocks.push("<table>");
        else if (name === "a:tr") slide.blocks.push("<tr>");
        else if (name === "a:tc") cell = [];
        else if (name === "a:p") lines.push("");
        else if (name === "a:br") lines[lines.length - 1] += " ";
        isText = name === "a:t";
      },
      ontext(text) {
        if (isText && lines.length > 0) lines[lines.length - 1] += text;
      },
      onclosetag(name) {
        if (name === "a:t") isText = false;
        else if (name === "p:sp") close();
        else if (name === "a:tbl") slide.blocks.push("</table>");
        else if (name === "a:tr") slide.blocks.push("</tr>");
        else if (name === "a:tc" && cell) {
          const isHead = !slide.blocks.slice(slide.blocks.lastIndexOf("<table>")).includes("</tr>");
          const text = escapeHtml(lines.join(" ").trim());
          slide.blocks.push(isHead ? `<th>${text}</th>` : `<td>${text}</td>`);
          lines = [];
        }
      },
    },
    { xmlMode: true },
  );
  parser.end(xml);
  return slide;
}
