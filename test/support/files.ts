import { strToU8, zipSync } from "fflate";

const OFFICE = "application/vnd.openxmlformats-officedocument.";
export const PDF = "application/pdf";
export const DOCX = `${OFFICE}wordprocessingml.document`;
export const XLSX = `${OFFICE}spreadsheetml.sheet`;
export const ODT = "application/vnd.oasis.opendocument.text";

/** A PDF with one line of text on each page. An empty text makes an empty page. */
export function pdf(pages: string[]): Uint8Array<ArrayBuffer> {
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Kids [${pages.map((_, i) => `${4 + i * 2} 0 R`).join(" ")}] /Count ${pages.length} >>`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ...pages.flatMap((text, i) => {
      const stream = text ? `BT /F1 12 Tf 72 720 Td (${text}) Tj ET` : "";
      return [
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents ${5 + i * 2} 0 R /Resources << /Font << /F1 3 0 R >> >> >>`,
        `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
      ];
    }),
  ];
  let body = "%PDF-1.4\n";
  const offsets = objects.map((object, i) => {
    const offset = body.length;
    body += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  const xref = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}`;
  const trailer = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF`;
  return strToU8(body + xref + trailer);
}

export function zip(files: Record<string, string>): Uint8Array<ArrayBuffer> {
  return zipSync(
    Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])),
  );
}

export function docx(paragraphs: { text: string; style?: string }[]): Uint8Array<ArrayBuffer> {
  const body = paragraphs.map(({ text, style }) => {
    const properties = style ? `<w:pPr><w:pStyle w:val="${style}"/></w:pPr>` : "";
    return `<w:p>${properties}<w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`;
  });
  const types = "http://schemas.openxmlformats.org/package/2006/content-types";
  const relations = "http://schemas.openxmlformats.org/package/2006/relationships";
  const kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument";
  const word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
  return zip({
    "[Content_Types].xml": `<Types xmlns="${types}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="${DOCX}.main+xml"/></Types>`,
    "_rels/.rels": `<Relationships xmlns="${relations}"><Relationship Id="r1" Type="${kind}" Target="word/document.xml"/></Relationships>`,
    "word/document.xml": `<w:document xmlns:w="${word}"><w:body>${body.join("")}</w:body></w:document>`,
  });
}

/** A workbook with one sheet. Its texts are stored as Excel stores them: in a table of their own. */
export function xlsx(name: string, rows: (string | number)[][]): Uint8Array<ArrayBuffer> {
  const strings: string[] = [];
  const cells = rows.map((row) =>
    row.map((cell) => {
      if (typeof cell === "number") return `<c><v>${cell}</v></c>`;
      return `<c t="s"><v>${strings.push(cell) - 1}</v></c>`;
    }),
  );
  return zip({
    "[Content_Types].xml": "<Types/>",
    "xl/workbook.xml": `<workbook><sheets><sheet name="${name}" sheetId="1"/></sheets></workbook>`,
    "xl/sharedStrings.xml": `<sst>${strings.map((text) => `<si><t>${text}</t></si>`).join("")}</sst>`,
    "xl/worksheets/sheet1.xml": `<worksheet><sheetData>${cells.map((row) => `<row>${row.join("")}</row>`).join("")}</sheetData></worksheet>`,
  });
}

/** A zip whose directory names the same 11 MB ten times. */
export function hugeZip(): Uint8Array<ArrayBuffer> {
  const one = zipSync({ "word/document.xml": new Uint8Array(11 * 1024 * 1024) }, { level: 1 });
  const end = one.slice(-22);
  const view = new DataView(end.buffer);
  const directory = one.slice(view.getUint32(16, true), -22);
  for (const at of [8, 10]) view.setUint16(at, 10, true);
  view.setUint32(12, 10 * directory.length, true);
  const parts = [one.slice(0, view.getUint32(16, true)), ...Array(10).fill(directory), end];
  return new Uint8Array(parts.flatMap((part: Uint8Array) => Array.from(part)));
}

/** A zip whose central directory gives this unpacked size for each entry, whatever that is. */
export function zipBomb(unpacked: number, bytes = docx([{ text: "x" }])): Uint8Array<ArrayBuffer> {
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < bytes.length - 4; at++) {
    if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, unpacked, true);
  }
  return bytes;
}
