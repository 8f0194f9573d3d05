import { strFromU8, unzipSync } from "fflate";
import mammoth, { type DocxPart } from "mammoth/mammoth.browser.js";

/** Around the number of a list's first item, until the HTML is written. */
const MARK = "\uE000";
const FIRST_ITEM = new RegExp(`<ol><li>${MARK}(\\d+)${MARK}`, "g");
const OTHER_ITEM = new RegExp(`${MARK}\\d+${MARK}`, "g");

/**
 * The text of a Word file as HTML. The library ends a numbered list where bullets or other text follow, and begins the next one with 1;
 * Word goes on counting.
 */
export async function docxHtml(bytes: Uint8Array): Promise<string> {
  const arrayBuffer = bytes.slice().buffer;
  const { value } = restartsLists(bytes)
    ? await mammoth.convertToHtml({ arrayBuffer })
    : await mammoth.convertToHtml({ arrayBuffer }, { transformDocument: continueLists });
  return value.replace(FIRST_ITEM, '<ol start="$1"><li>').replace(OTHER_ITEM, "");
}

/** Whether a list begins anew with a number: the library does not say which one does. */
function restartsLists(bytes: Uint8Array): boolean {
  const numbering = unzipSync(bytes, { filter: ({ name }) => name === "word/numbering.xml" });
  return Object.values(numbering).some((xml) => strFromU8(xml).includes("startOverride"));
}

function continueLists(part: DocxPart): DocxPart {
  const children = part.children ?? [];
  nestBullets(children);
  numberLists(children);
  for (const child of children) if (child.children) continueLists(child);
  return part;
}

/** Bullets between two items of one numbered list belong to the item above them. */
function nestBullets(children: DocxPart[]): void {
  let item: DocxPart | undefined;
  let bullets: DocxPart[] = [];
  for (const child of children) {
    if (child.numbering && !child.numbering.isOrdered) {
      bullets.push(child);
      continue;
    }
    const above = item?.numbering;
    if (above && child.numbering === above)
      for (const bullet of bullets) {
        const level = Number(above.level) + 1 + Number(bullet.numbering?.level ?? 0);
        if (bullet.numbering && Number(bullet.numbering.level) <= Number(above.level))
          bullet.numbering = { ...bullet.numbering, level: String(level) };
      }
    item = child.numbering ? child : undefined;
    bullets = [];
  }
}

/** Gives a list that other text has interrupted the number with which it goes on. */
function numberLists(children: DocxPart[]): void {
  const counts = new Map<NonNullable<DocxPart["numbering"]>, number>();
  for (const [index, child] of children.entries()) {
    const { numbering } = child;
    if (!numbering?.isOrdered) continue;
    for (const other of counts.keys())
      if (Number(other.level) > Number(numbering.level)) counts.delete(other);
    const count = (counts.get(numbering) ?? 0) + 1;
    counts.set(numbering, count);
    if (count === 1 || numbering.level !== "0" || children[index - 1]?.numbering) continue;
    const value = `${MARK}${count}${MARK}`;
    child.children = [
      { type: "run", children: [{ type: "text", value }] },
      ...(child.children ?? []),
    ];
  }
}
