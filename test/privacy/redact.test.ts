import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Pseudonyms, RestoringStream } from "../../src/privacy/pseudonyms.ts";
import { redact, redactValue } from "../../src/privacy/redact.ts";
import { redactLogs } from "../../src/privacy/redact-logs.ts";

/** Nobody's data: documentation ranges, published test numbers, or made-up numbers with valid check digits. */
const PERSONAL: [what: string, kind: string, value: string][] = [
  ["an address", "EMAIL", "ada.lovelace+shop@mail.example.co.uk"],
  ["an address in another script", "EMAIL", "имя@пример.рф"],
  ["an international number", "PHONE", "+44 1632 960 148"],
  ["one with a trunk prefix in brackets", "PHONE", "+49 (0)30 901820"],
  ["a North American number", "PHONE", "(212) 555-0142"],
  ["one with an extension", "PHONE", "212-555-0142x77"],
  ["a Visa test card", "CARD", "4111 1111 1111 1111"],
  ["an American Express test card", "CARD", "378282246310005"],
  ["a German IBAN", "IBAN", "DE89 3704 0044 0532 0130 00"],
  ["a British IBAN", "IBAN", "gb82west12345698765432"],
  ["a US social security number", "NATIONAL_ID", "078-05-1120"],
  ["a British national insurance number", "NATIONAL_ID", "AB 12 34 56 C"],
  ["a German tax id", "NATIONAL_ID", "86 095 742 719"],
  ["a French NIR", "NATIONAL_ID", "2 55 08 14 168 025 38"],
  ["a Spanish DNI", "NATIONAL_ID", "12345678Z"],
  ["a Spanish NIE", "NATIONAL_ID", "X1234567L"],
  ["an Italian codice fiscale", "NATIONAL_ID", "MRTMTT91D08F205J"],
  ["a Brazilian CPF", "NATIONAL_ID", "529.982.247-25"],
  ["an Indian Aadhaar number", "NATIONAL_ID", "2341 2341 2346"],
  ["our secret key", "SECRET", `sk_${"a1b2c3d4".repeat(4)}`],
  ["a GitHub token", "SECRET", `ghp_${"aB3dE5gH7jK9".repeat(3)}`],
  ["an AWS key id", "SECRET", "AKIAIOSFODNN7EXAMPLE"],
  ["a JWT", "SECRET", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlLW9mLWp3dA"],
  ["a random token", "SECRET", "q7Rf2LmZx9Kd4TwPb8Vn3Hs6Yc1Gj5Ae"],
];

/** One digit or letter of each is changed, so that only the check digits are wrong. */
const NOT_PERSONAL: [what: string, text: string][] = [
  ["a card number whose check digit is wrong", "Card 4111 1111 1111 1112 is it"],
  ["an IBAN whose check fails", "IBAN DE89 3704 0044 0532 0130 01 it is"],
  ["a DNI with another letter", "DNI 12345678A"],
  ["a codice fiscale with another check letter", "MRTMTT91D08F205K"],
  ["an order number", "My order 12345678 has not arrived"],
  ["a date and a time", "Delivered 2026-11-24 at 14:05"],
  ["prices", "It costs 1,299.00 euros or $19.99"],
  ["a version and an address of a machine", "Firmware 4.1.1.1 at 192.168.10.20"],
  ["an error code", "Error E-07 with part FH-PUMP-02"],
  ["a slug", "/articles/How-to-connect-the-MKR-GSM-1400-to-Our-Cloud"],
  ["an id of ours", "cv_0123456789abcdef0123456789abcdef"],
  ["years", "between 2019 - 2024"],
];

/** What detectors begin to match, what stands between numbers, and what uncovers one more number in each pass. */
const HOSTILE =
  "+11234567 99|+11234567 99 |0 0-0 |12 |7 |1|4111 |(030) |+49 30 |020/12345678/|9 9 9 9 9 9 9 |de89-1-|gb82 |a@|a@a.|@|a|order |Bearer |eyJaaaaaaaa.|-----BEGIN PRIVATE KEY-----|[PHONE]|[EMAIL_A]|x|ext.|.|-|/|+|_|[|]|(|)|#|€|$|:|=|\u00A0".split(
    "|",
  );
const PEM = "-----BEGIN PRIVATE KEY-----";

describe("redaction", () => {
  it.each(PERSONAL)("redaction replaces %s by its kind", (_, kind, value) => {
    const said = kind === "PHONE" ? "Call me on" : "Here it is:";
    expect(redact(`${said} ${value}, thanks.`)).toBe(`${said} [${kind}], thanks.`);
  });

  it.each(NOT_PERSONAL)("redaction leaves %s", (_, text) => {
    expect(redact(text)).toBe(text);
  });

  it("redaction requires check digits: no one-digit change of a card, IBAN, DNI or CPF is redacted", () => {
    for (const value of [
      "4111111111111111",
      "DE89370400440532013000",
      "12345678Z",
      "529.982.247-25",
    ]) {
      for (const index of Array.from(value, (_, at) => at).filter(
        (at) => at > 3 && /\d/.test(value.charAt(at)),
      )) {
        const changed =
          value.slice(0, index) + ((Number(value[index]) + 1) % 10) + value.slice(index + 1);
        expect(redact(changed)).not.toMatch(/CARD|IBAN|NATIONAL/);
      }
    }
  });

  it.each([
    ["a card number before its date", "4111 1111 1111 1111 12/27", "[CARD] 12/27"],
    ["a card number after another number", "2 4111 1111 1111 1111", "2 [CARD]"],
    ["a card number after a word and a slash", "Visa/4111111111111111", "Visa/[CARD]"],
    ["an IBAN after a word like its beginning", "to12 DE89370400440532013000", "to12 [IBAN]"],
    ["a telephone number with other digits", "+44 1632 960 148 4111 2", "[PHONE]"],
    ["a telephone number after a colon", "Phone:212-555-0142", "Phone:[PHONE]"],
    ["an international number in a bracket", "(+44 1632 960 148", "[PHONE]"],
    ["a random token at the end", "token q7Rf2LmZx9Kd4TwPb8Vn3Hs6Yc1Gj5Ae.", "token [SECRET]."],
    ["a key after a hyphen", `-sk_${"a1b2c3d4".repeat(4)}`, "-[SECRET]"],
    ["a number with invisible characters", "\u202A4111\u200B1111\u00AD11111111", "[CARD]"],
    ["an address after a dash", "--ada@example.com", "[EMAIL]"],
    [
      "a private key that begins twice",
      `${PEM}\n${PEM}\nabc\n-----END PRIVATE KEY-----`,
      "[SECRET]",
    ],
  ])("redaction finds %s", (_, text, redacted) => {
    expect(redact(text)).toBe(redacted);
  });

  it.each([
    ["the id of an article", "https://support.cc/articles/4402764401554-compile"],
    ["words that are joined by slashes", "FullName/DateOfBirth/SecurityAnswer1/SecurityAnswer2."],
    ["words after an order number", "grants ES000002 from the National Institute of Environment"],
  ])("redaction leaves %s", (_, text) => {
    expect(redact(text)).toBe(text);
  });

  it("what each pass of redaction uncovers is hidden, however much there is", () => {
    const chain = "+11234567 99".repeat(40);
    expect(redact(chain)).not.toMatch(/\d/);
    expect(redact(`no number. ${chain} and no number`)).toMatch(
      /^no number\. [^a-z]+ and no number$/,
    );
    const pseudonyms = new Pseudonyms([chain]);
    expect(pseudonyms.hide(chain)).not.toMatch(/\d/);
    expect(pseudonyms.restore(pseudonyms.hide(chain))).toBe(chain);
  });

  it("numbers that exceed what the phone library is asked are hidden", () => {
    const numbers = Array.from({ length: 99 }, (_, index) => `x+49 30 9018${index + 100}`);
    expect(redact(numbers.join(" "))).not.toMatch(/\d{2}/);
  });

  const hostile = fc
    .array(
      fc.tuple(
        fc.constantFrom(...HOSTILE),
        fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, fc.nat(40)),
      ),
      { maxLength: 5 },
    )
    .map((pieces) => pieces.map(([part, times]) => part.repeat(times)).join(""));

  it("no personal data survives redaction beside hostile text", () => {
    const before = [" ", "\n", ", ", "(", ": ", " -", "...", '"', "<", ": ("];
    const after = [" ", "\n", ", ", "; ", ")", "...", '"', ">", "?", "!"];
    fc.assert(
      fc.property(
        fc.tuple(hostile, fc.constantFrom(...before)),
        // Twelve digits before four others look like a card number whose check digit is wrong.
        fc.constantFrom(...PERSONAL.filter(([what]) => !what.includes("Aadhaar"))),
        fc.tuple(fc.constantFrom(...after), hostile),
        ([left, opening], [, kind, value], [closing, right]) => {
          const said = kind === "PHONE" && !value.startsWith("+") ? `call ${value}` : value;
          const text = `${left}${opening}${said}${closing}${right}`;
          expect(redact(text)).not.toContain(value);
          expect(new Pseudonyms([text]).hide(text)).not.toContain(value);
        },
      ),
      { numRuns: 2000 },
    );
  });

  const piece = fc.oneof(
    { weight: 2, arbitrary: hostile },
    { weight: 3, arbitrary: fc.constantFrom(...PERSONAL.map(([, , value]) => value)) },
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.stringMatching(/^[0-9 ().+@x_[\]-]{0,24}$/),
    fc.constantFrom(" ", ", ", "\n", "call ", "[EMAIL_A]", "[PHONE]", "order ", "Bearer "),
  );
  const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));

  it("redaction of any text is idempotent", () => {
    fc.assert(
      fc.property(text, (original) => {
        const once = redact(original);
        expect(redact(once)).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });

  it("placeholders restore exactly, in one piece and in a stream cut anywhere", () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 4 }), fc.array(fc.nat(30)), (texts, cuts) => {
        const pseudonyms = new Pseudonyms(texts);
        const hidden = texts.map((original) => pseudonyms.hide(original));
        expect(hidden.map((one) => pseudonyms.restore(one))).toEqual(texts);
        const stream = new RestoringStream(pseudonyms);
        let rest = hidden.join("\n");
        let restored = "";
        for (const cut of cuts) {
          restored += stream.push(rest.slice(0, cut));
          rest = rest.slice(cut);
        }
        expect(restored + stream.push(rest) + stream.end()).toBe(texts.join("\n"));
      }),
      { numRuns: 1000 },
    );
  });

  it("equal values get the same placeholder, and different values different ones", () => {
    const pseudonyms = new Pseudonyms([]);
    const hidden = pseudonyms.hide("From ada@example.com to ben@example.com, copy ada@example.com");
    expect(hidden).toBe("From [EMAIL_A] to [EMAIL_B], copy [EMAIL_A]");
  });

  it("a placeholder that stands in a text of the turn is not used", () => {
    const pseudonyms = new Pseudonyms(["[EMAIL_A], x[EMAIL_C]"]);
    const addresses = ["a", "b", "c"].map((name) => pseudonyms.hide(`${name}@example.com`));
    expect(addresses).toEqual(["[EMAIL_B]", "[EMAIL_D]", "[EMAIL_E]"]);
  });

  it("restoring a stream holds back no text that cannot become a placeholder", () => {
    const stream = new RestoringStream(new Pseudonyms([]));
    expect(
      ["Costs 5", " [1", "] and [E", "MAIL", "] ", "[", "x"].map((delta) => stream.push(delta)),
    ).toEqual(["Costs 5", " [1", "] and ", "", "[EMAIL] ", "", "[x"]);
  });

  it("redaction reaches everything that is logged: strings, fields, lists, errors", () => {
    const printed: unknown[][] = [];
    const target = Object.fromEntries(
      ["debug", "info", "log", "warn", "error"].map((name) => [
        name,
        (...values: unknown[]) => printed.push(values),
      ]),
    ) as unknown as Console;
    redactLogs(target);
    target.error("failed for ada@example.com", {
      error: new Error("no ada@example.com"),
      ids: [1, "ada@example.com"],
    });
    target.log({ "ada@example.com": null });
    expect(JSON.stringify(printed)).not.toContain("ada@");
    expect(printed[0]?.[0]).toBe("failed for [EMAIL]");
    // A cut leaves no part of a number.
    for (const length of [9_780, 9_790, 9_795, 9_985, 9_990, 9_995]) {
      const long = `${"a ".repeat(length / 2)}4111 1111 1111 1111 ${"a ".repeat(99_999)}`;
      const [logged] = [redactValue({ long })].map((value) => JSON.stringify(value));
      expect(logged).not.toContain("4111");
      expect(logged?.length).toBeLessThan(11_000);
    }
    expect(redactValue({ n: 1, nested: { to: "ada@example.com" } })).toEqual({
      n: 1,
      nested: { to: "[EMAIL]" },
    });
  });
});
