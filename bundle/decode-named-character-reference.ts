// Takes the place of `decode-named-character-reference` in the Worker's bundle (`alias` in wrangler.toml and local/config.ts): htmlparser2
// brings a compact table of HTML's character references already, so a second one of 36 KB is left out.
import { decodeHTMLStrict } from "entities";

/**
 * @param value the name without `&` and `;`
 * @returns what it stands for; false for a name that HTML does not know
 */
export function decodeNamedCharacterReference(value: string): string | false {
  const reference = `&${value};`;
  const decoded = /^[A-Za-z][A-Za-z0-9]*$/.test(value) ? decodeHTMLStrict(reference) : reference;
  return decoded === reference ? false : decoded;
}
