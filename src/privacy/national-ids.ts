import {
  detectionsWithin,
  digitsOf,
  surroundings,
  type Detection,
  type Detector,
} from "./detection.ts";

/**
 * National identity and tax numbers of big countries. Where a format has check digits they decide. A tenth of all numbers has a
 * right single check digit by chance, so such a number must also be grouped as it is printed, or be named nearby.
 */
export const nationalIds: Detector = (text) => [
  ...find(text, SSN, (match, named) => match.includes("-") || named()),
  ...find(text, NINO, (match) => !/^(?:BG|GB|KN|NK|NT|TN|ZZ)/i.test(match)),
  ...find(text, FR_NIR, isNir),
  ...find(text, DNI, isDni),
  ...find(text, CODICE_FISCALE, isCodiceFiscale),
  ...find(text, CPF, (match, named) => isCpf(digitsOf(match)) && (/\D/.test(match) || named())),
  ...find(
    text,
    STEUER_ID,
    (match, named) => isSteuerId(digitsOf(match)) && (/ /.test(match) || named()),
  ),
  ...find(
    text,
    AADHAAR,
    (match, named) => verhoeff(digitsOf(match)) && (/\D/.test(match) || named()),
  ),
  ...find(text, PAN, (_, named) => named()),
];

const NAMED =
  /\b(?:ssn|social security|nino|national insurance|steuer-?(?:id|identifikation\w*|nummer)|idnr|tax (?:id|number)|n[ií]r|s[ée]cu(?:rit[ée] sociale)?|dni|nie|nif|codice fiscale|cpf|aadhaa?r|pan|national id|identity (?:card|number)|passport)\b/iu;

function find(
  text: string,
  pattern: RegExp,
  accepts: (match: string, named: () => boolean) => boolean,
): Detection[] {
  return detectionsWithin(text, "NATIONAL_ID", pattern, (match, start) => {
    const named = (): boolean => NAMED.test(surroundings(text, start, start + match.length));
    return accepts(match, named) ? match.length : 0;
  });
}

/** US: no area 000 or 666, no group 00, no serial 0000 (ssa.gov/employer/randomization.html). */
const SSN =
  /(?<![\p{L}\p{N}_]|[\p{L}\p{N}_]-)(?!000|666)\d{3}([- ]?)(?!00)\d{2}\1(?!0000)\d{4}(?![\p{L}\p{N}_]|-\d)/gu;

const NINO =
  /(?<![\p{L}\p{N}_])[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D](?![\p{L}\p{N}_])/giu;

const FR_NIR =
  /(?<![\p{L}\p{N}_])[12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}(?![\p{L}\p{N}_])/giu;

function isNir(match: string): boolean {
  // Corsica's departments count as 19 and 18 (insee.fr: numéro d'inscription au répertoire).
  const digits = match.replaceAll(" ", "").toUpperCase().replace("2A", "19").replace("2B", "18");
  if (!/^\d{15}$/.test(digits)) return false;
  return 97 - Number(BigInt(digits.slice(0, 13)) % 97n) === Number(digits.slice(13));
}

const DNI = /(?<![\p{L}\p{N}_])(?:\d{8}|[XYZ]-?\d{7})-?[A-HJ-NP-TV-Z](?![\p{L}\p{N}_])/giu;

function isDni(match: string): boolean {
  const id = match.replaceAll("-", "").toUpperCase();
  const number = Number(id.slice(0, -1).replace("X", "0").replace("Y", "1").replace("Z", "2"));
  return "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23] === id.at(-1);
}

const CODICE_FISCALE =
  /(?<![\p{L}\p{N}_])[A-Z]{6}[\dLMNP-V]{2}[ABCDEHLMPRST][\dLMNP-V]{2}[A-Z][\dLMNP-V]{3}[A-Z](?![\p{L}\p{N}_])/giu;
/** Values of the characters at odd positions (Decreto ministeriale 23 dicembre 1976, art. 6). */
const CF_ODD = [
  1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
];

function isCodiceFiscale(match: string): boolean {
  const code = match.toUpperCase();
  let sum = 0;
  for (let index = 0; index < 15; index++) {
    const character = code.charAt(index);
    const value = /\d/.test(character) ? Number(character) : character.charCodeAt(0) - 65;
    sum += index % 2 === 0 ? (CF_ODD[value] ?? 0) : value;
  }
  return String.fromCharCode(65 + (sum % 26)) === code.charAt(15);
}

const CPF = /(?<![\p{L}\p{N}_]|\p{N}[.-])\d{3}\.?\d{3}\.?\d{3}-?\d{2}(?![\p{L}\p{N}_]|[.-]\d)/gu;

function isCpf(digits: string): boolean {
  if (/^(\d)\1+$/.test(digits)) return false;
  const check = (length: number): number => {
    let sum = 0;
    for (let index = 0; index < length; index++)
      sum += Number(digits[index]) * (length + 1 - index);
    return ((sum * 10) % 11) % 10;
  };
  return check(9) === Number(digits[9]) && check(10) === Number(digits[10]);
}

const STEUER_ID =
  /(?<![\p{L}\p{N}_+]|[\p{L}\p{N}_]-)[1-9]\d ?\d{3} ?\d{3} ?\d{3}(?![\p{L}\p{N}_]|[.-]\d)/gu;

/** ISO 7064 mod 11,10. Eight or nine of the first ten digits are distinct. */
function isSteuerId(digits: string): boolean {
  const distinct = new Set(digits.slice(0, 10)).size;
  if (distinct !== 9 && distinct !== 8) return false;
  let product = 10;
  for (const digit of digits.slice(0, 10)) {
    const sum = (Number(digit) + product) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return (11 - product) % 10 === Number(digits[10]);
}

/** Twelve digits, and not sixteen, which look like a card's. */
const AADHAAR =
  /(?<![\p{L}\p{N}_+]|[\p{L}\p{N}_]-)[2-9]\d{3}[ -]?\d{4}[ -]?\d{4}(?![\p{L}\p{N}_]|[.-]\d| \d{4}(?!\d))/gu;
const PAN = /(?<![\p{L}\p{N}_])[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z](?![\p{L}\p{N}_])/gu;

const VERHOEFF_PERMUTATION = [
  "0123456789",
  "1576283094",
  "5803796142",
  "8916043527",
  "9453126870",
  "4286573901",
  "2793806415",
  "7046913258",
] as const;

/** Verhoeff's check digit, over the dihedral group of order ten. */
function verhoeff(digits: string): boolean {
  let check = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = Number(digits[digits.length - 1 - index]);
    check = dihedral(check, Number(VERHOEFF_PERMUTATION[index % 8]?.[digit]));
  }
  return check === 0;
}

function dihedral(left: number, right: number): number {
  const turn = left < 5 ? (left + right) % 5 : (left - right + 10) % 5;
  return left < 5 === right < 5 ? turn : turn + 5;
}
