import ipaddr from "ipaddr.js";

/** The address is one that the server never calls. A retry would be refused, too. */
export class UnsafeUrl extends Error {}

/** Names of the local machine or a private network (RFC 6761, 6762, 8375, ICANN 2024). */
const PRIVATE_SUFFIXES =
  /(?:^|\.)(?:localhost|localdomain|local|internal|intranet|lan|home|corp|private|home\.arpa|onion)$/;

/**
 * Parses an address that the server may call: https on the standard port, without credentials, and with a host that can be
 * public. WHATWG parsing comes first, so `0x7f.1`, `2130706433` and `①27.0.0.1` are recognised as IP addresses.
 * @throws {UnsafeUrl} with a reason that names no part of the address beyond its host.
 */
export function checkPublicUrl(text: string): URL {
  const url = URL.parse(text);
  if (!url) throw new UnsafeUrl("The address is not a URL.");
  if (url.protocol !== "https:") throw new UnsafeUrl("Only https addresses are called.");
  if (url.username || url.password) throw new UnsafeUrl("The address carries credentials.");
  if (url.port) throw new UnsafeUrl("Only the standard https port is called.");
  const host = hostOf(url);
  if (isAddress(host)) {
    if (!isPublicAddress(host)) throw new UnsafeUrl(`${host} is not a public address.`);
  } else if (!host.includes(".") || PRIVATE_SUFFIXES.test(host)) {
    throw new UnsafeUrl(`${host} is not a public name.`);
  }
  return url;
}

/** The host name or IP address, without the brackets of IPv6 and the trailing dot of a fully qualified name. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
}

export function isAddress(host: string): boolean {
  return ipaddr.isValid(host);
}

/**
 * Whether an address is globally routed unicast space. Forms that carry an IPv4 address inside IPv6 (mapped, NAT64, 6to4,
 * Teredo) are refused as such: no public service needs to be reached through one.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== "unicast") return false;
  // Of IPv6 only 2000::/3 is assigned to be routed (IANA, ipv6-address-space).
  return address.kind() === "ipv4" || address.match(ipaddr.parseCIDR("2000::/3"));
}
