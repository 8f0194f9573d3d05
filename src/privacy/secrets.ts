import { detections, surroundings, type Detection, type Detector } from "./detection.ts";

/** A form of credential: what it begins with, the separator behind that, and the random part. */
interface Form {
  prefixes: string[];
  separator?: string;
  rest: string;
}

/** Our own form first, the others as their issuers document them. */
const FORMS: Form[] = [
  { prefixes: ["sk"], separator: "_", rest: "(?:live_|test_)?[A-Za-z0-9_]{16,}" },
  {
    prefixes:
      "rk_live rk_test whsec shpat shpss dop_v1 npm hf glpat gho ghp ghr ghs ghu github_pat".split(
        " ",
      ),
    separator: "[_-]",
    rest: "[A-Za-z0-9_-]{16,}",
  },
  { prefixes: ["sk"], separator: "-", rest: "[A-Za-z0-9_-]{20,}" },
  {
    prefixes: ["xoxa", "xoxb", "xoxe", "xoxp", "xoxr", "xoxs"],
    separator: "-",
    rest: "[A-Za-z0-9-]{10,}",
  },
  { prefixes: ["AKIA", "ASIA"], rest: "[A-Z0-9]{16}" },
  { prefixes: ["AIza"], rest: "[A-Za-z0-9_-]{35}" },
  { prefixes: ["ya29"], separator: String.raw`\.`, rest: "[A-Za-z0-9_-]{20,}" },
  {
    prefixes: ["SG"],
    separator: String.raw`\.`,
    rest: String.raw`[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}`,
  },
  {
    prefixes: ["eyJ"],
    rest: String.raw`[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*`,
  },
];

/** The letters and digits that credentials begin with. */
export const SECRET_STARTS = FORMS.flatMap(({ prefixes }) =>
  prefixes.map((prefix) => prefix.split("_")[0] ?? ""),
);
/** Those behind which the credential goes on without a separator. */
export const UNSEPARATED_SECRET_STARTS = FORMS.flatMap(({ prefixes, separator }) =>
  separator === undefined ? prefixes : [],
);

const KNOWN = new RegExp(
  FORMS.map(
    ({ prefixes, separator = "", rest }) =>
      // Where a letter stands, so that a run of hyphens is not read again from each of them.
      `(?=[A-Za-z])(?<![\\p{L}\\p{N}_]-*)(?:${prefixes.join("|")})${separator}${rest}(?![\\p{L}\\p{N}_])`,
  ).join("|"),
  "gu",
);

const PRIVATE_KEY_BEGIN = /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----/gu;
const PRIVATE_KEY_END = /-----END [A-Z ]{0,30}PRIVATE KEY-----/gu;
/** The longest text between them, in characters. */
const LONGEST_PRIVATE_KEY = 8192;
const BEARER = /(?<=\bBearer\s)[A-Za-z0-9._~+/-]{16,}={0,2}/gu;
const OPAQUE =
  /(?<![\p{L}\p{N}_+/=-]|[\p{L}\p{N}_]\.)[A-Za-z0-9_+/-]{20,}={0,2}(?![\p{L}\p{N}_+/=]|\.[\p{L}\p{N}_])/gu;
const SECRET_WORD = /\b(?:api|key|token|secret|password|passwort|credential|bearer)\b/iu;

/** The least entropy of a random token, in bits a character. Words, paths and names have less. */
const RANDOM_BITS = 3.9;
const LONG_TOKEN = 32;

/** Credentials that are recognised by their form alone. False alarms are rare enough to remove them from an answer. */
export const knownSecrets: Detector = (text) => [
  ...privateKeys(text),
  ...detections(text, "SECRET", KNOWN),
];

/** Both ends are searched once: one expression would search behind each beginning for an end. */
function privateKeys(text: string): Detection[] {
  const ends = detections(text, "SECRET", PRIVATE_KEY_END);
  const found: Detection[] = [];
  let next = 0;
  for (const { start, end: opened } of detections(text, "SECRET", PRIVATE_KEY_BEGIN)) {
    while (next < ends.length && (ends[next]?.start ?? 0) < opened) next++;
    const closing = ends[next];
    if (start < (found.at(-1)?.end ?? 0)) continue;
    if (closing && closing.start - opened <= LONGEST_PRIVATE_KEY)
      found.push({ kind: "SECRET", start, end: closing.end });
  }
  return found;
}

/** Credentials by their form, by the word before them, and by their entropy. */
export const secrets: Detector = (text) => [
  ...knownSecrets(text),
  ...detections(text, "SECRET", BEARER),
  ...detections(text, "SECRET", OPAQUE, (match, start) => {
    const isNamed = (): boolean =>
      SECRET_WORD.test(surroundings(text, start, start + match.length));
    const isLong = match.length >= LONG_TOKEN;
    if (/^[0-9a-f]+$/i.test(match)) return isLong && isNamed();
    const isMixed = /\d/.test(match) && /[A-Z]/.test(match) && /[a-z]/.test(match);
    return isMixed && !isSlug(match) && (isLong || isNamed()) && entropy(match) >= RANDOM_BITS;
  }),
];

/** Words joined by hyphens or slashes, as in a URL: a random token has few separators for its length, and digits among its letters. */
function isSlug(text: string): boolean {
  const words = text.split(/[-_/]/);
  const areWords = words.every((word) => /^[A-Za-z]*\d{0,2}$/.test(word));
  return words.length - 1 > text.length / 16 || (words.length > 1 && areWords);
}

/** Shannon entropy in bits a character. */
function entropy(text: string): number {
  let bits = 0;
  for (const [, same] of Map.groupBy(text, (character) => character)) {
    const share = same.length / text.length;
    bits -= share * Math.log2(share);
  }
  return bits;
}
