import { isIP } from "node:net";
import { CommandError } from "../command.ts";
import type { Notes } from "./notes.ts";

/** The parts of a pasted address as they are written. `URL` would encode the places for values. */
export interface Address {
  host: string;
  /** Without the first slash. */
  segments: string[];
  query: string[];
  /** `user:password`. */
  credentials: string | undefined;
}

const PARTS = /^([a-z][a-z\d+.-]*):\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?(#.*)?$/is;
const MAX_CHARACTERS = 4000;

/** @throws CommandError where no tool can call it */
export function readAddress(text: string, notes: Notes): Address {
  if (text.length > MAX_CHARACTERS) throw new CommandError("The address is too long.");
  const [, scheme, authority = "", path = "", query = "", fragment] = PARTS.exec(text.trim()) ?? [];
  if (scheme === undefined)
    throw new CommandError(
      text.startsWith("${")
        ? "The address begins with a variable. Write its value instead."
        : "The address does not begin with https://.",
    );
  if (scheme.toLowerCase() !== "https")
    throw new CommandError(
      `The address begins with ${scheme}://. A tool calls https addresses only.`,
    );
  const at = authority.lastIndexOf("@");
  if (fragment) notes.add("Left out: what follows # in the address, which no server gets.");
  if (/\[\d+-\d+(?::\d+)?\]|\[[a-z]-[a-z]\]|\{[^{}]*,[^{}]*\}/i.test(path + query))
    throw new CommandError("The address stands for several ([1-3] or {a,b}). Write one of them.");
  return {
    host: hostOf(authority.slice(at + 1), notes),
    segments: path.split("/").slice(1),
    query: query.split("&").filter((one) => one !== ""),
    credentials: at >= 0 ? authority.slice(0, at) : undefined,
  };
}

function hostOf(authority: string, notes: Notes): string {
  if (
    /[{}<>$]|\byour[_-]?(?:domain|subdomain|host|shop|store)\b/i.test(authority) ||
    authority === ""
  )
    throw new CommandError(
      "The address has no host, or one with a place for a value. Write your own host.",
    );
  const url = URL.parse(`https://${authority}/`);
  if (!url) throw new CommandError("The address has no host that can be read.");
  if (url.port)
    throw new CommandError(`The address has the port ${url.port}. A tool calls port 443 only.`);
  noteHost(url.hostname, notes);
  return url.hostname;
}

export function noteHost(host: string, notes: Notes): void {
  if (
    isIP(host.replace(/^\[|\]$/g, "")) ||
    !host.includes(".") ||
    /\.(?:local|internal|localhost|test|home\.arpa)\.?$/.test(host)
  )
    notes.add(`The server refuses ${host}: a tool calls a public host by its name.`);
  else notes.add(`The setting tool_hosts has to list ${host}.`);
}

/** Percent-decoded, or as it is where that fails. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
