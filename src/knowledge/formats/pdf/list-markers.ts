const BULLET = /^([•▪‣●▸►◦○■□–—*·-])(?: |$)/;
/** A dash or a hyphen may also stand within a sentence. */
const DASH = /^[–—*·-]/;
/** Word's bullet of the second level. */
const SUB_BULLET = /^o(?= \p{Lu})/u;
const NUMBER = /^\(?(\d{1,3}|[a-z])[.)](?: |$)/;

/** The lists that are open, also from one page to the next. */
export interface ListMarkers {
  /** The signs of the open lists, the outermost first; numbers count as one sign, letters as another. */
  open: string[];
  /** The last number of each of them. */
  lastNumbers: number[];
}

export interface Marker {
  sign: string;
  level: number;
  text: string;
}

export function readBullet(line: string): string | undefined {
  return BULLET.exec(line)?.[1];
}

/**
 * The marker that a line begins with. A number begins an item only where it continues a list or is the first; a dash only below a line
 * that ends, or within a list.
 */
export function readMarker(line: string, lists: ListMarkers, last: string): Marker | undefined {
  const bullet =
    readBullet(line) ?? (lists.open.length > 0 ? SUB_BULLET.exec(line)?.[0] : undefined);
  if (bullet !== undefined) {
    const isOpen = lists.open.includes(bullet);
    if (DASH.test(line) && !isOpen && !/[.:!?]$/.test(last.slice(-1)) && last !== "") return;
    const level = enter(lists, bullet);
    return { sign: "-", level, text: line.slice(bullet.length).trim() };
  }
  const found = NUMBER.exec(line);
  if (!found?.[1]) return undefined;
  const isLetter = /[a-z]/.test(found[1]);
  const number = isLetter ? found[1].charCodeAt(0) - 96 : Number(found[1]);
  const sign = isLetter ? "letter" : "number";
  const at = lists.open.indexOf(sign);
  if (number !== 1 && lists.lastNumbers[at] !== number - 1) return undefined;
  const level = enter(lists, sign);
  lists.lastNumbers[level] = number;
  return { sign: `${number}.`, level, text: line.slice(found[0].length).trim() };
}

/** Opens the list of this sign, or returns to it. @returns how deep it is */
function enter({ open, lastNumbers }: ListMarkers, sign: string): number {
  const known = open.indexOf(sign);
  const level = known < 0 ? open.length : known;
  open.splice(level, open.length, sign);
  lastNumbers.splice(level + 1);
  return level;
}
