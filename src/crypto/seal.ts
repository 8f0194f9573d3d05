import { base64url } from "jose";

/** Encrypts secrets that have to be used again, such as a CMS's signing secret, in the database and its backups. */
export interface Seal {
  /** `context` names the row and must be the same when opening: a text that was sealed for one row opens in no other. */
  seal: (context: string, plain: string) => Promise<string>;
  open: (context: string, sealed: string) => Promise<string>;
}

const VERSION = "v1";
const IV_BYTES = 12;

/**
 * AES-256-GCM under keys derived from the deployment's secrets. The first one seals, all of them open, so that a new secret
 * can be put in front of the old one.
 */
export function createSeal(
  secrets: string[],
  randomBytes: (count: number) => Uint8Array<ArrayBuffer>,
): Seal {
  return {
    async seal(context, plain) {
      const [current] = secrets;
      if (current === undefined) throw new Error("No sealing secret is configured");
      const iv = randomBytes(IV_BYTES);
      const sealed = await crypto.subtle.encrypt(
        parameters(iv, context),
        await deriveKey(current),
        new TextEncoder().encode(plain),
      );
      return [VERSION, base64url.encode(iv), base64url.encode(new Uint8Array(sealed))].join(".");
    },

    async open(context, sealed) {
      const [version, iv, text] = sealed.split(".");
      if (version !== VERSION || !iv || !text) throw new Error("Not a sealed text");
      for (const secret of secrets) {
        try {
          const plain = await crypto.subtle.decrypt(
            parameters(base64url.decode(iv), context),
            await deriveKey(secret),
            base64url.decode(text),
          );
          return new TextDecoder().decode(plain);
        } catch {
          // Sealed under another of the secrets, or not by this deployment.
        }
      }
      throw new Error(
        "A sealed text cannot be opened: SEALING_KEY is not the one it was sealed with",
      );
    },
  };
}

function parameters(iv: Uint8Array, context: string) {
  return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(context) };
}

async function deriveKey(secret: string): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey(
    "raw",
    new TextEncoder().encode(secret),
    "HKDF",
    false,
    ["deriveKey"],
  );
  return crypto.subtle.deriveKey(
    {
      name: "HKDF",
      hash: "SHA-256",
      salt: new Uint8Array(),
      info: new TextEncoder().encode("edgewise seal v1"),
    },
    material,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
}
