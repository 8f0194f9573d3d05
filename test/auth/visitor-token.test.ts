import fc from "fast-check";
import { expect, it } from "vitest";
import { verifyVisitorToken, type Visitor } from "../../src/auth/visitor-token.ts";
import { Problem } from "../../src/http/problem.ts";
import { base64url, signParts } from "../support/jwt.ts";
import { nowInSeconds, tokenWithoutKid, visitorToken } from "../support/visitor.ts";

const SECRET = { kid: "ids_1", secret: `is_${"5".repeat(64)}` };
const OLDER = { kid: "ids_0", secret: `is_${"7".repeat(64)}` };
const NOW = nowInSeconds() * 1000;
const AT = NOW / 1000;
const HOUR = 3600;
const PUBLIC_KEY = `-----BEGIN PUBLIC KEY-----\n${"MIIBIjANBgkqhkiG9w0BAQEF".repeat(4)}\n-----END PUBLIC KEY-----\n`;
const HEADER = { alg: "HS256", typ: "JWT", kid: SECRET.kid };
const CLAIMS = { sub: "u1", exp: AT + HOUR };

/** The visitor, or why there is none. */
async function verdict(token: string, secrets = [SECRET, OLDER]): Promise<Visitor | "refused"> {
  try {
    return await verifyVisitorToken(token, secrets, NOW);
  } catch (error) {
    if (error instanceof Problem && error.code === "invalid_visitor_token") return "refused";
    throw error;
  }
}

it("a visitor's token names a visitor", async () => {
  const claims = { sub: "u1", name: "Ada", email: "ada@example.com", audience: ["plan:pro"] };
  const visitor = {
    subject: "u1",
    name: "Ada",
    email: "ada@example.com",
    audience: ["plan:pro"],
    claims: expect.objectContaining(claims),
  };
  for (const secret of [SECRET, OLDER])
    expect(await verdict(await visitorToken(secret, claims))).toEqual(visitor);
  expect(await verdict(await tokenWithoutKid(OLDER.secret, claims))).toEqual(visitor);
  expect(await verdict(await signParts(HEADER, CLAIMS, SECRET.secret))).toEqual({
    subject: "u1",
    name: null,
    email: null,
    audience: [],
    claims: { ...CLAIMS, audience: [] },
  });
});

const TIMES: [what: string, claims: object, accepted: boolean][] = [
  ["a day", { exp: AT + 24 * HOUR, iat: AT }, true],
  ["a day, without saying since when", { exp: AT + 24 * HOUR }, true],
  ["a day by a clock that is a minute fast", { exp: AT + 24 * HOUR + 60, iat: AT + 60 }, true],
  ["a day by a clock that is faster", { exp: AT + 24 * HOUR + 61, iat: AT + 61 }, false],
  ["more than a day", { exp: AT + 24 * HOUR + 1, iat: AT }, false],
  ["more than a day, without saying since when", { exp: AT + 24 * HOUR + 61 }, false],
  ["two days, half of which are over", { exp: AT + 24 * HOUR, iat: AT - 24 * HOUR }, false],
  ["a year", { exp: AT + 365 * 24 * HOUR }, false],
  ["eternity", { exp: 1e300 }, false],
  ["an unstated time", { exp: undefined }, false],
  ["an hour that ended a minute ago", { exp: AT - 59 }, true],
  ["an hour that ended earlier", { exp: AT - 60 }, false],
  ["an hour that ended long ago", { exp: AT - HOUR, iat: AT - 2 * HOUR }, false],
  ["an hour from the next minute on", { nbf: AT + 60 }, true],
  ["an hour from later on", { nbf: AT + 61 }, false],
  ["an hour that begins tomorrow", { iat: AT + 24 * HOUR, exp: AT + 25 * HOUR }, false],
  ["a time in words", { exp: String(AT + HOUR) }, false],
  ["a time in milliseconds", { exp: NOW + HOUR * 1000 }, false],
  ["a negative time", { exp: -1 }, false],
  ["null", { exp: null }, false],
];

it.each(TIMES)(
  "a visitor's token that is valid for %s gets the right verdict",
  async (_what, claims, accepted) => {
    const token = await signParts(HEADER, { ...CLAIMS, ...claims }, SECRET.secret);
    expect((await verdict(token)) !== "refused").toBe(accepted);
  },
);

/** Headers and claims, correctly signed unless told otherwise, that no visitor may have. */
const ATTACKS: [what: string, make: () => Promise<string> | string][] = [
  ["no algorithm", () => signParts({ ...HEADER, alg: "none" }, CLAIMS, SECRET.secret)],
  [
    "no algorithm and no signature",
    () => `${base64url('{"alg":"none"}')}.${base64url(JSON.stringify(CLAIMS))}.`,
  ],
  ...[
    "None",
    "NONE",
    "nOnE",
    "HS384",
    "HS512",
    "RS256",
    "ES256",
    "EdDSA",
    "hs256",
    "",
    "HS256 ",
  ].map((alg): [string, () => Promise<string>] => [
    `the algorithm "${alg}"`,
    () => signParts({ ...HEADER, alg }, CLAIMS, SECRET.secret),
  ]),
  [
    "a valid HS512 signature",
    () => signParts({ ...HEADER, alg: "HS512" }, CLAIMS, SECRET.secret, "SHA-512"),
  ],
  ["SHA-512 called HS256", () => signParts(HEADER, CLAIMS, SECRET.secret, "SHA-512")],
  ["a list of algorithms", () => signParts({ ...HEADER, alg: ["HS256"] }, CLAIMS, SECRET.secret)],
  ["no header fields", () => signParts({}, CLAIMS, SECRET.secret)],
  ["a header that is a list", () => signParts("[]", CLAIMS, SECRET.secret)],
  ["a header that is no JSON", () => signParts("HS256", CLAIMS, SECRET.secret)],
  ["two algorithms", () => signParts('{"alg":"none","alg":"HS256"}', CLAIMS, SECRET.secret)],
  [
    "a critical extension",
    () => signParts({ ...HEADER, crit: ["b64"], b64: false }, CLAIMS, SECRET.secret),
  ],
  [
    "a key of its own",
    () => signParts({ ...HEADER, jwk: { kty: "oct", k: "MTIz" } }, CLAIMS, "123"),
  ],
  // A verifier that takes the key's text for the secret would accept both.
  ...["HS256", "RS256"].map((alg): [string, () => Promise<string>] => [
    `a public key for the secret, called ${alg}`,
    () => signParts({ ...HEADER, alg }, CLAIMS, PUBLIC_KEY),
  ]),
  [
    "a public key in the header",
    () => signParts({ alg: "HS256", x5c: [PUBLIC_KEY] }, CLAIMS, PUBLIC_KEY),
  ],
  ["the key id as the secret", () => signParts(HEADER, CLAIMS, SECRET.kid)],
  ["a foreign key id", () => signParts({ ...HEADER, kid: "ids_9" }, CLAIMS, SECRET.secret)],
  ["another's key id", () => signParts({ ...HEADER, kid: OLDER.kid }, CLAIMS, SECRET.secret)],
  ["a key id that is a path", () => signParts({ ...HEADER, kid: "../../dev/null" }, CLAIMS, " ")],
  ["a key id of SQL", () => signParts({ ...HEADER, kid: "' OR 1=1 --" }, CLAIMS, SECRET.secret)],
  ["a key id that is a number", () => signParts({ ...HEADER, kid: 1 }, CLAIMS, SECRET.secret)],
  ["an unknown secret", () => signParts(HEADER, CLAIMS, "secret")],
  ["no subject", () => signParts(HEADER, { exp: CLAIMS.exp }, SECRET.secret)],
  ["an empty subject", () => signParts(HEADER, { ...CLAIMS, sub: "" }, SECRET.secret)],
  ["a number as subject", () => signParts(HEADER, { ...CLAIMS, sub: 1 }, SECRET.secret)],
  ["a long subject", () => signParts(HEADER, { ...CLAIMS, sub: "u".repeat(257) }, SECRET.secret)],
  [
    "an audience that is no list",
    () => signParts(HEADER, { ...CLAIMS, audience: "internal" }, SECRET.secret),
  ],
  ["an audience of numbers", () => signParts(HEADER, { ...CLAIMS, audience: [1] }, SECRET.secret)],
  [
    "two subjects",
    () => signParts(HEADER, `{"sub":"u1","sub":"u2","exp":${CLAIMS.exp}}`, SECRET.secret),
  ],
  [
    "a prototype",
    () => signParts(HEADER, `{"__proto__":{"sub":"u1"},"exp":${CLAIMS.exp}}`, SECRET.secret),
  ],
  ["claims that are a list", () => signParts(HEADER, "[]", SECRET.secret)],
  ["claims that are null", () => signParts(HEADER, "null", SECRET.secret)],
  ["claims that are no JSON", () => signParts(HEADER, "sub=u1", SECRET.secret)],
  [
    "claims nested deep",
    () =>
      signParts(
        HEADER,
        `{"sub":"u1","exp":${CLAIMS.exp},"a":${"[".repeat(500)}${"]".repeat(500)}}`,
        SECRET.secret,
      ),
  ],
  [
    "more than 4 KiB",
    () => signParts(HEADER, { ...CLAIMS, note: "x".repeat(4000) }, SECRET.secret),
  ],
  ["a megabyte", () => "a".repeat(1_000_000)],
  ["no characters", () => ""],
  [
    "two parts",
    async () => (await signParts(HEADER, CLAIMS, SECRET.secret)).split(".").slice(0, 2).join("."),
  ],
  ["four parts", async () => `${await signParts(HEADER, CLAIMS, SECRET.secret)}.x`],
  ["the five parts of an encrypted token", () => "a.b.c.d.e"],
  ["padding", async () => `${await signParts(HEADER, CLAIMS, SECRET.secret)}=`],
  ["a space", async () => ` ${await signParts(HEADER, CLAIMS, SECRET.secret)}`],
  ["a line break", async () => `${await signParts(HEADER, CLAIMS, SECRET.secret)}\n`],
  [
    "another alphabet",
    async () =>
      (await signParts(HEADER, CLAIMS, SECRET.secret))
        .replaceAll("_", "/")
        .replaceAll("-", "+")
        .replace(".", "+."),
  ],
  [
    "another's claims",
    async () => {
      const [mine, theirs] = await Promise.all([
        signParts(HEADER, CLAIMS, SECRET.secret),
        signParts(HEADER, { ...CLAIMS, sub: "u2" }, "guessed"),
      ]);
      const [header, , signature] = mine.split(".");
      return `${header}.${theirs.split(".")[1]}.${signature}`;
    },
  ],
];

it.each(ATTACKS)("a visitor's token with %s is refused", async (_what, make) => {
  expect(await verdict(await make())).toBe("refused");
});

it("a visitor's token is refused once its secret is revoked", async () => {
  const token = await visitorToken(SECRET, { sub: "u1" });
  expect(await verdict(token, [OLDER])).toBe("refused");
  expect(await verdict(token, [])).toBe("refused");
  expect(await verdict(await tokenWithoutKid(SECRET.secret, { sub: "u1" }), [OLDER])).toBe(
    "refused",
  );
});

it("a visitor's token is refused after any change of one bit, even of a bit that base64url ignores", async () => {
  const token = await signParts(HEADER, { ...CLAIMS, audience: ["plan:free"] }, SECRET.secret);
  const bytes = new TextEncoder().encode(token);
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: bytes.length - 1 }),
      fc.integer({ min: 0, max: 7 }),
      async (at, bit) => {
        const changed = bytes.with(at, (bytes[at] ?? 0) ^ (1 << bit));
        expect(await verdict(new TextDecoder("latin1").decode(changed))).toBe("refused");
      },
    ),
    { numRuns: 400 },
  );
  // Every bit of the last two characters, where the ignored ones are.
  for (const at of [bytes.length - 2, bytes.length - 1]) {
    for (let bit = 0; bit < 8; bit++) {
      const changed = bytes.with(at, (bytes[at] ?? 0) ^ (1 << bit));
      expect(await verdict(new TextDecoder("latin1").decode(changed))).toBe("refused");
    }
  }
});
