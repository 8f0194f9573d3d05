import { detections, surroundings, type Detector } from "./detection.ts";

/** Forms of credentials: our own first, the others as their issuers document them. */
const KNOWN = new RegExp(
  [
    String.raw`sk_(?:live_|test_)?[A-Za-z0-9_]{16,128}`,
    String.raw`(?:rk_live|rk_test|whsec|shpat|shpss|dop_v1|npm|hf|glpat|gh[oprsu]|github_pat)[_-][A-Za-z0-9_-]{16,255}`,
    String.raw`sk-[A-Za-z0-9_-]{20,255}`,
    String.raw`xox[abeprs]-[A-Za-z0-9-]{10,255}`,
    String.raw`(?:AKIA|ASIA)[A-Z0-9]{16}`,
    String.raw`AIza[A-Za-z0-9_-]{35}`,
    String.raw`ya29\.[A-Za-z0-9_-]{20,512}`,
    String.raw`SG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,64}`,
    String.raw`eyJ[A-Za-z0-9_-]{8,2048}\.[A-Za-z0-9_-]{8,8192}\.[A-Za-z0-9_-]{0,2048}`,
  ]
    .map((form) => `(?<![\\p{L}\\p{N}_-])${form}(?![\\p{L}\\p{N}_-])`)
    .join("|"),
  "gu",
);

const PRIVATE_KEY =
  /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]{0,8192}?-----END [A-Z ]{0,30}PRIVATE KEY-----/gu;
const BEARER = /(?<=\bBearer\s)[A-Za-z0-9._~+/-]{16,2048}={0,2}/gu;
const OPAQUE = /(?<![\p{L}\p{N}_+/=.-])[A-Za-z0-9_+/-]{20,512}={0,2}(?![\p{L}\p{N}_+/=.])/gu;
const SECRET_WORD = /\b(?:api|key|token|secret|password|passwort|credential|bearer)\b/iu;

/** The least entropy of a random token, in bits a character. Words, paths and names have less. */
const RANDOM_BITS = 3.9;
const LONG_TOKEN = 32;

/** Credentials that are recognised by their form alone. False alarms are rare enough to remove them from an answer. */
export const knownSecrets: Detector = (text) => [
  ...detections(text, "SECRET", PRIVATE_KEY),
  ...detections(text, "SECRET", KNOWN),
];

/** Credentials by their form, by the word before them, and by their entropy. */
export const secrets: Detector = (text) => [
  ...knownSecrets(text),
  ...detections(text, "SECRET", BEARER),
  ...detections(text, "SECRET", OPAQUE, (match, start) => {
    const named = SECRET_WORD.test(surroundings(text, start, start + match.length));
    const mixed = /\d/.test(match) && /[A-Z]/.test(match) && /[a-z]/.test(match);
    if (/^[0-9a-f]+$/i.test(match)) return named && match.length >= LONG_TOKEN;
    return (
      mixed &&
      !isSlug(match) &&
      (named || match.length >= LONG_TOKEN) &&
      entropy(match) >= RANDOM_BITS
    );
  }),
];

/** Words joined by hyphens or slashes, as in a URL: a random token has few separators for its length. */
function isSlug(text: string): boolean {
  return text.split(/[-_/]/).length - 1 > text.length / 16;
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
