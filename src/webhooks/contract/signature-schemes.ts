import type { Claim, SignatureScheme } from "./signatures.ts";

const FIVE_MINUTES = 300_000;
const THIRTY_SECONDS = 30_000;

const encodings = {
  hex: (mac: Uint8Array) => mac.toHex(),
  base64: (mac: Uint8Array) => mac.toBase64(),
  base64url: (mac: Uint8Array) => mac.toBase64({ alphabet: "base64url", omitPadding: true }),
};

const utf8 = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(new TextEncoder().encode(text));

function hmac(
  hash: "SHA-256" | "SHA-1",
  encoding: keyof typeof encodings,
  secretBytes: (secret: string) => Uint8Array<ArrayBuffer> | undefined = utf8,
): SignatureScheme["sign"] {
  return async (secret, signed) => {
    const bytes = secretBytes(secret);
    if (!bytes?.byteLength) return undefined;
    const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash }, false, [
      "sign",
    ]);
    const mac = await crypto.subtle.sign("HMAC", key, concatenate(signed));
    return encodings[encoding](new Uint8Array(mac));
  };
}

function concatenate(signed: Claim["signed"]): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = signed.map((part) => (typeof part === "string" ? utf8(part) : part));
  const bytes = new Uint8Array(parts.reduce((size, part) => size + part.byteLength, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.byteLength;
  }
  return bytes;
}

/** A time as the vendor wrote it, in milliseconds. Anything but digits is no time. */
function readTime(text: string | null | undefined, unitMs: 1 | 1000): number | undefined {
  return text && /^\d{1,15}$/.test(text) ? Number(text) * unitMs : undefined;
}

/** `t=1,v1=a,v1=b` or `sha256=a, t=1` as pairs. */
function readPairs(header: string | null): [string, string][] {
  return (header ?? "").split(",").map((part) => {
    const at = part.indexOf("=");
    return [part.slice(0, at).trim(), part.slice(at + 1).trim()];
  });
}

function valuesOf(pairs: [string, string][], name: string): string[] {
  return pairs.filter(([key]) => key === name).map(([, value]) => value);
}

/** The value of a name that must be there once: which of two was meant cannot be known. */
function only(pairs: [string, string][], name: string): string | undefined {
  const [value, ...others] = valuesOf(pairs, name);
  return others.length === 0 ? value : undefined;
}

/** standardwebhooks.com; Svix sends the same under its own header names. Secrets are base64, with or without `whsec_`. */
function standardWebhooks(...prefixes: string[]): SignatureScheme {
  return {
    claim({ headers, body }) {
      const prefix = prefixes.find((name) => headers.has(`${name}-signature`));
      const [id, timestamp, signatures] = ["id", "timestamp", "signature"].map((part) =>
        headers.get(`${prefix}-${part}`),
      );
      const at = readTime(timestamp, 1000);
      if (!id || !timestamp || at === undefined || !signatures) return undefined;
      return {
        signed: [`${id}.${timestamp}.`, body],
        signatures: signatures
          .split(" ")
          .flatMap((signature) => (signature.startsWith("v1,") ? [signature.slice(3)] : [])),
        at,
      };
    },
    sign: hmac("SHA-256", "base64", readStandardSecret),
    toleranceMs: FIVE_MINUTES,
  };
}

/** The bytes of a Standard Webhooks secret; undefined when it is not base64. */
export function readStandardSecret(secret: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.fromBase64(secret.replace(/^whsec_/, ""));
  } catch {
    return undefined;
  }
}

/** `…-signature: t=<time>,v1=<mac>[,v1=…]` over `<time>.<body>`: Stripe (seconds, hex) and Sanity (milliseconds, base64url). */
function timeDotBody(
  header: string,
  unitMs: 1 | 1000,
  encoding: "hex" | "base64url",
): SignatureScheme {
  return {
    claim({ headers, body }) {
      const pairs = readPairs(headers.get(header));
      const timestamp = only(pairs, "t");
      const at = readTime(timestamp, unitMs);
      if (at === undefined) return undefined;
      return { signed: [`${timestamp}.`, body], signatures: valuesOf(pairs, "v1"), at };
    },
    sign: hmac("SHA-256", encoding),
    toleranceMs: FIVE_MINUTES,
  };
}

/** The body alone is signed: a replay verifies for ever, so what it leads to must not depend on when it is played. */
function bodyOnly(
  readSignatures: (headers: Headers) => (string | null | undefined)[],
  sign: SignatureScheme["sign"],
): SignatureScheme {
  return {
    claim({ headers, body }) {
      const signatures = readSignatures(headers).filter(
        (signature) => typeof signature === "string",
      );
      return { signed: [body], signatures };
    },
    sign,
  };
}

type SchemeName =
  | "standard-webhooks"
  | "svix"
  | "standard-webhooks-or-svix"
  | "stripe"
  | "sanity"
  | "github"
  | "storyblok"
  | "kontent.ai"
  | "slack"
  | "ghost"
  | "hygraph"
  | "contentful"
  | "strapi";

/** Every scheme of the public vectors, and those that only a source type uses. */
export const signatureSchemes: Record<SchemeName, SignatureScheme> = {
  "standard-webhooks": standardWebhooks("webhook"),
  svix: standardWebhooks("svix"),
  "standard-webhooks-or-svix": standardWebhooks("webhook", "svix"),
  stripe: timeDotBody("stripe-signature", 1000, "hex"),
  // The vendor's own library checks no age: github.com/sanity-io/webhook-toolkit.
  sanity: timeDotBody("sanity-webhook-signature", 1, "base64url"),

  // docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries. `X-Hub-Signature` (SHA-1) is not accepted.
  github: bodyOnly(
    (headers) => [/^sha256=(.+)$/.exec(headers.get("x-hub-signature-256") ?? "")?.[1]],
    hmac("SHA-256", "hex"),
  ),
  // storyblok.com/docs/concepts/webhooks. The header has the name that Standard Webhooks uses for something else.
  storyblok: bodyOnly((headers) => [headers.get("webhook-signature")], hmac("SHA-1", "hex")),
  // kontent.ai/learn/docs/webhooks; the second name is the one of webhooks created before 2024.
  "kontent.ai": bodyOnly(
    (headers) => [headers.get("x-kontent-ai-signature"), headers.get("x-kc-signature")],
    hmac("SHA-256", "base64"),
  ),

  // api.slack.com/authentication/verifying-requests-from-slack
  slack: {
    claim({ headers, body }) {
      const timestamp = headers.get("x-slack-request-timestamp");
      const at = readTime(timestamp, 1000);
      const signature = /^v0=(.+)$/.exec(headers.get("x-slack-signature") ?? "")?.[1];
      if (at === undefined || !signature) return undefined;
      return { signed: [`v0:${timestamp}:`, body], signatures: [signature], at };
    },
    sign: hmac("SHA-256", "hex"),
    toleranceMs: FIVE_MINUTES,
  },

  // TryGhost/Ghost, services/webhooks/webhook-trigger.js: HMAC over the body, directly followed by the time.
  ghost: {
    claim({ headers, body }) {
      const pairs = readPairs(headers.get("x-ghost-signature"));
      const timestamp = only(pairs, "t");
      const at = readTime(timestamp, 1);
      if (timestamp === undefined || at === undefined) return undefined;
      return { signed: [body, timestamp], signatures: valuesOf(pairs, "sha256"), at };
    },
    sign: hmac("SHA-256", "hex"),
    toleranceMs: FIVE_MINUTES,
  },

  // @hygraph/utils: the MAC covers a JSON object that holds the body as a string.
  hygraph: {
    claim({ headers, body }) {
      const pairs = readPairs(headers.get("gcms-signature"));
      const environment = only(pairs, "env");
      const at = readTime(only(pairs, "t"), 1);
      const text = utf8Text(body);
      if (environment === undefined || at === undefined || text === undefined) return undefined;
      const signed = { Body: text, EnvironmentName: environment, TimeStamp: at };
      return { signed: [JSON.stringify(signed)], signatures: valuesOf(pairs, "sign"), at };
    },
    sign: hmac("SHA-256", "base64"),
    toleranceMs: FIVE_MINUTES,
  },

  // @contentful/node-apps-toolkit: method, path, the signed headers and the body, one a line. 30 s is that library's default.
  contentful: {
    claim({ method, path, headers, body }) {
      const names = contentfulSignedHeaders(headers);
      const at = readTime(headers.get("x-contentful-timestamp"), 1);
      const signature = headers.get("x-contentful-signature");
      // A time that is not among what was signed could be any.
      if (at === undefined || !signature || !names.includes("x-contentful-timestamp")) {
        return undefined;
      }
      const lines = names.toSorted().map((name) => `${name}:${headers.get(name)?.trim() ?? ""}`);
      return {
        signed: [`${method}\n${contentfulPath(path)}\n${lines.join(";")}\n`, body],
        signatures: [signature],
        at,
      };
    },
    sign: hmac("SHA-256", "hex"),
    toleranceMs: THIRTY_SECONDS,
  },

  // docs.strapi.io/cms/backend-customization/webhooks: no signature, but a header that the webhook's owner sets.
  strapi: {
    claim({ headers }) {
      const authorization = headers.get("authorization") ?? "";
      return {
        signed: [],
        signatures: [authorization, authorization.replace(/^Bearer /, "")].filter(Boolean),
      };
    },
    sign: async (secret) => secret || undefined,
  },
};

/** As the vendor's library writes it: a query is escaped as one value, and what that gives is escaped once more. */
function contentfulPath(path: string): string {
  const [pathname = "", search] = path.split("?");
  return encodeURI(search ? `${pathname}?${encodeURIComponent(search)}` : pathname);
}

/** The headers that Contentful's signature covers, in lower case. */
export function contentfulSignedHeaders(headers: Headers): string[] {
  const names = headers.get("x-contentful-signed-headers") ?? "";
  return names
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => /^[a-z0-9-]+$/.test(name));
}

function utf8Text(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
