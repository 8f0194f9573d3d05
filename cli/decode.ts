import { analyse } from "chardet";

export interface Decoded {
  text: string;
  /** What was assumed about the bytes, where they do not say it. */
  note?: string;
}

export interface Declared {
  /** The `charset` of the HTTP header. */
  charset?: string | undefined;
  /** Whether the text itself may name its encoding, as HTML and XML do. */
  isMarkup?: boolean;
}

/** HTML looks for a declaration in the first 1024 bytes; pages with long comments in front have it later. */
const DECLARATION_BYTES = 4096;
const SAMPLE_BYTES = 64 * 1024;
/** UTF-8 whose faults are rarer than this among its other than ASCII characters is UTF-8 with a fault. */
const FEW_FAULTS = 0.1;

/**
 * Bytes → text. A byte order mark counts most, then what is valid UTF-8, then what the header or the text declares. Other bytes are
 * read in the most probable encoding, which is noted. NUL characters are dropped, and a lone CR becomes a line feed.
 */
export function decodeText(bytes: Uint8Array, declared: Declared = {}): Decoded {
  const { text, note } = decodeBytes(bytes, declared);
  const lines = text.replaceAll("\0", "").replace(/\r(?!\n)/g, "\n");
  return note ? { text: lines, note } : { text: lines };
}

function decodeBytes(bytes: Uint8Array, { charset, isMarkup }: Declared): Decoded {
  const marked = byteOrderMark(bytes);
  if (marked) return { text: decodeAs(marked, bytes) };
  const unmarked = utf16WithoutMark(bytes);
  if (unmarked) return { text: decodeAs(unmarked, bytes), note: assumed(unmarked) };
  const named = encodingOf(charset) ?? (isMarkup ? encodingInText(bytes) : undefined);
  const utf8 = tryDecode("utf-8", bytes);
  if (utf8 !== undefined && !isMultibyte(named)) return { text: utf8 };
  if (named && named !== "utf-8") return { text: decodeAs(named, bytes) };
  const text = decodeAs("utf-8", bytes);
  const faults = text.split("\uFFFD").length - 1;
  if (faults <= FEW_FAULTS * (text.match(/[^\p{ASCII}]/gu)?.length ?? 0))
    return { text, note: `${faults} characters are no valid UTF-8` };
  const guessed = guessEncoding(bytes);
  return { text: decodeAs(guessed, bytes), note: assumed(guessed) };
}

function assumed(encoding: string): string {
  return `it is not UTF-8 and names no encoding: it was read as ${encoding}`;
}

function byteOrderMark(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return "utf-8";
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  return undefined;
}

/** In UTF-16 every space and line end has a zero byte, always on the same side. Other text has no zero bytes. */
function utf16WithoutMark(bytes: Uint8Array): string | undefined {
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  let even = 0;
  let odd = 0;
  for (const [at, byte] of sample.entries()) {
    if (byte !== 0) continue;
    if (at % 2 === 0) even += 1;
    else odd += 1;
  }
  const few = Math.max(3, sample.length / 20);
  if (odd > few && odd > 9 * even) return "utf-16le";
  if (even > few && even > 9 * odd) return "utf-16be";
  return undefined;
}

/** `<meta charset>`, `<meta http-equiv>` or an XML declaration. A text that can be read for it is not UTF-16. */
function encodingInText(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, DECLARATION_BYTES)).toString("latin1");
  const [, name] =
    /^\s*<\?xml[^>]{0,200}\bencoding\s*=\s*["']([\w.:-]{1,40})/i.exec(head) ??
    /<meta\b[^>]{0,200}\bcharset\s*=\s*["']?\s*([\w.:-]{1,40})/i.exec(head) ??
    [];
  const encoding = encodingOf(name);
  return encoding?.startsWith("utf-16") ? "utf-8" : encoding;
}

/** The standard's name of an encoding: `latin1` is `windows-1252`. */
function encodingOf(label: string | undefined): string | undefined {
  try {
    return label ? new TextDecoder(label.trim()).encoding : undefined;
  } catch {
    return undefined;
  }
}

/** In these encodings a short text may also be valid UTF-8. Single-byte text with other than ASCII characters never is. */
function isMultibyte(encoding: string | undefined): boolean {
  return encoding !== undefined && /^(?:gb|big5|shift|euc|iso-2022)/.test(encoding);
}

/** Each encoding of East Asia, with the script that shows that it is the right one and the least share of it. */
const EAST_ASIAN: [string, RegExp, number][] = [
  ["shift_jis", /\p{Script=Hiragana}/gu, 0.2],
  ["euc-jp", /\p{Script=Hiragana}/gu, 0.2],
  ["euc-kr", /\p{Script=Hangul}/gu, 0.8],
  ["gb18030", /\p{Script=Han}/gu, 0.9],
  ["big5", /\p{Script=Han}/gu, 0.9],
];
/** What Windows writes differs from the standard's set in few bytes, which statistics overlook. */
const ON_WINDOWS: Record<string, string> = {
  "iso-8859-2": "windows-1250",
  "iso-8859-5": "windows-1251",
  "iso-8859-7": "windows-1253",
  "iso-8859-8": "windows-1255",
};
/** With fewer other than ASCII bytes, statistics say nothing. */
const FEW_BYTES = 3;

/** Short texts of East Asia have too few bytes for the statistics of the library. */
function guessEncoding(bytes: Uint8Array): string {
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  const high = sample.filter((byte) => byte >= 0x80);
  if (high.length < FEW_BYTES) return "windows-1252";
  for (const [encoding, script, least] of isDense(sample) ? EAST_ASIAN : []) {
    const text = tryDecode(encoding, bytes)?.slice(0, SAMPLE_BYTES) ?? "";
    const characters = text.match(/[^\p{ASCII}\p{P}]/gu) ?? [];
    if ((text.match(script)?.length ?? 0) > least * characters.length) return encoding;
  }
  for (const { name, confidence } of analyse(sample)) {
    const encoding = encodingOf(name);
    if (confidence < 10 || !encoding || encoding.startsWith("utf-") || isMultibyte(encoding))
      continue;
    const onWindows = ON_WINDOWS[encoding] ?? encoding;
    return letters(decodeAs(encoding, sample)) > letters(decodeAs(onWindows, sample))
      ? encoding
      : onWindows;
  }
  return "windows-1252";
}

/** Whether other than ASCII bytes stand side by side, as in texts of another alphabet, and not within words of Latin letters. */
function isDense(bytes: Uint8Array): boolean {
  let high = 0;
  let pairs = 0;
  for (const [at, byte] of bytes.entries()) {
    if (byte < 0x80) continue;
    high += 1;
    if (at > 0 && (bytes[at - 1] ?? 0) >= 0x80) pairs += 1;
  }
  return pairs * 3 > high;
}

function letters(text: string): number {
  return text.match(/\p{L}/gu)?.length ?? 0;
}

function tryDecode(encoding: string, bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    return undefined;
  }
}

function decodeAs(encoding: string, bytes: Uint8Array): string {
  return new TextDecoder(encoding).decode(bytes);
}
