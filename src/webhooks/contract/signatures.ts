/** A request as it was received; `path` includes the query. Its bytes are checked before anything of them is parsed. */
export interface SignedRequest {
  method: string;
  path: string;
  headers: Headers;
  body: Uint8Array<ArrayBuffer>;
}

/** What a signature covers beside the body. A delivery's headers say nothing else that is used. */
export interface SignedFacts {
  /** When it was signed, in milliseconds since 1970. */
  at?: number | undefined;
  /** The vendor's id of the delivery. Without one, a hash of what was signed tells deliveries apart. */
  id?: string | undefined;
  /** What happened, where a header says it. */
  topic?: string | undefined;
}

/** What a request says about itself. It is believed only once a signature matches. */
export interface Claim extends SignedFacts {
  /** What the sender signed, in order. Strings are UTF-8. */
  signed: (string | Uint8Array<ArrayBuffer>)[];
  /** The signatures that came along, as text. One that matches is enough. */
  signatures: string[];
}

/** How one vendor signs. */
export interface SignatureScheme {
  /**
   * The only reader of a delivery's headers: what it returns is what is verified, and then used. None where the request carries no
   * signature of this scheme; several where it carries signatures under several names.
   */
  claims: (request: SignedRequest) => Claim[];
  /** The signature that a secret gives, as text. Undefined: the secret cannot be used. */
  sign: (secret: string, signed: Claim["signed"]) => Promise<string | undefined>;
  /** How far from now a claimed time may lie, in either direction. Absent where the vendor signs no time. */
  toleranceMs?: number;
}

export const FIVE_MINUTES_MS = 300_000;

const encodings = {
  hex: (mac: Uint8Array) => mac.toHex(),
  base64: (mac: Uint8Array) => mac.toBase64(),
  base64url: (mac: Uint8Array) => mac.toBase64({ alphabet: "base64url", omitPadding: true }),
};

/** Signs with an HMAC. The secret's key is its UTF-8, unless `keyOf` reads it in another way. */
export function hmac(
  hash: "SHA-256" | "SHA-1",
  encoding: keyof typeof encodings,
  keyOf: (secret: string) => Uint8Array<ArrayBuffer> | undefined = utf8,
): SignatureScheme["sign"] {
  return async (secret, signed) => {
    const bytes = keyOf(secret);
    if (!bytes?.byteLength) return undefined;
    const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash }, false, [
      "sign",
    ]);
    const mac = await crypto.subtle.sign("HMAC", key, await new Blob(signed).arrayBuffer());
    return encodings[encoding](new Uint8Array(mac));
  };
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(new TextEncoder().encode(text));
}

/**
 * The body alone is signed. A replay verifies for ever, so what it leads to must not depend on when it is sent.
 * @param readSignatures the signatures that the headers may carry
 */
export function signedBody(
  readSignatures: (headers: Headers) => (string | null | undefined)[],
  sign: SignatureScheme["sign"],
): SignatureScheme {
  return {
    claims({ headers, body }) {
      const signatures = readSignatures(headers).filter((text) => typeof text === "string");
      return [{ signed: [body], signatures }];
    },
    sign,
  };
}

/** One header holds pairs, with the time of signing as `t`: `t=1,v1=a,v1=b` or `sha256=a, t=1`. */
export function signedTime(scheme: {
  header: string;
  /** The unit of `t` in milliseconds. */
  unitMs: 1 | 1000;
  /** The name under which the pairs hold signatures. */
  signature: string;
  /** What is signed. `valueOf` reads another pair. Undefined: the request is not of this scheme. */
  signed: (
    time: string,
    body: Uint8Array<ArrayBuffer>,
    valueOf: (name: string) => string | undefined,
  ) => Claim["signed"] | undefined;
  sign: SignatureScheme["sign"];
}): SignatureScheme {
  return {
    claims({ headers, body }) {
      const pairs = readPairs(headers.get(scheme.header));
      const time = onlyValue(pairs, "t");
      const at = readTime(time, scheme.unitMs);
      if (time === undefined || at === undefined) return [];
      const signed = scheme.signed(time, body, (name) => onlyValue(pairs, name));
      return signed ? [{ signed, signatures: valuesOf(pairs, scheme.signature), at }] : [];
    },
    sign: scheme.sign,
    toleranceMs: FIVE_MINUTES_MS,
  };
}

/** A time as the vendor wrote it, in milliseconds. Anything but digits is no time. */
export function readTime(text: string | null | undefined, unitMs: 1 | 1000): number | undefined {
  return text && /^\d{1,15}$/.test(text) ? Number(text) * unitMs : undefined;
}

function readPairs(header: string | null | undefined): [name: string, value: string][] {
  return (header ?? "").split(",").flatMap((part): [string, string][] => {
    const at = part.indexOf("=");
    return at < 0 ? [] : [[part.slice(0, at).trim(), part.slice(at + 1).trim()]];
  });
}

function valuesOf(pairs: [string, string][], name: string): string[] {
  return pairs.filter(([key]) => key === name).map(([, value]) => value);
}

/** The value of a name that must occur once: of two, which was meant cannot be known. */
function onlyValue(pairs: [string, string][], name: string): string | undefined {
  const [value, ...others] = valuesOf(pairs, name);
  return others.length === 0 ? value : undefined;
}
