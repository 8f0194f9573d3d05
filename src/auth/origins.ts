/**
 * Web origins as browsers name them in `Origin` (RFC 6454, section 6.1). An allow-list holds exact origins, `https://*.example.com`
 * for every subdomain, and, for development, `http://localhost:*` for every port.
 */

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);
const ANY_PORT = /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\]):\*$/;

/** Whether a header is exactly one origin: not `null`, no list, path, user, default port or capital letter. */
export function isWebOrigin(header: string): boolean {
  const url = URL.parse(header);
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === header;
}

export function isAllowedOrigin(origin: string, allowed: readonly string[]): boolean {
  return isWebOrigin(origin) && allowed.some((pattern) => matches(origin, pattern));
}

function matches(origin: string, pattern: string): boolean {
  if (pattern.endsWith(":*")) {
    const host = pattern.slice(0, -2);
    return (
      origin === host ||
      (origin.startsWith(`${host}:`) && /^\d+$/.test(origin.slice(host.length + 1)))
    );
  }
  const [scheme, parent] = pattern.split("*");
  if (parent === undefined) return origin === pattern;
  // The star stands for labels only, so it matches neither a port nor a part of another host.
  const labels = origin.slice(scheme?.length, -parent.length);
  return (
    origin.startsWith(scheme ?? "") && origin.endsWith(parent) && /^[a-z0-9_.-]+$/.test(labels)
  );
}

/** An entry of an allow-list in the spelling that browsers use. Undefined if it is not an origin. */
export function normaliseOrigin(entry: string): string | undefined {
  const given = entry.trim().toLowerCase();
  if (ANY_PORT.test(given)) return given;
  const [, scheme, wildcard = "", host = ""] = /^(https?:\/\/)(\*\.)?(.+?)\/?$/.exec(given) ?? [];
  const url = URL.parse(`${scheme}${host}`);
  if (!scheme || !url || url.host === "" || /[/?#@*\\]/.test(host)) return undefined;
  const isLoopback = LOOPBACK.has(url.hostname);
  if (url.protocol === "http:" && !isLoopback) return undefined;
  if (wildcard && (isLoopback || !/^[^.]+\.[^.]+/.test(url.hostname) || isAddress(url.hostname)))
    return undefined;
  return `${url.protocol}//${wildcard}${url.host}`;
}

function isAddress(hostname: string): boolean {
  return hostname.startsWith("[") || /^[\d.]+$/.test(hostname);
}
