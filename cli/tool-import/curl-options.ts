import type { ParseArgsOptionsConfig } from "node:util";

/** Options of curl that say what is asked for. */
const READ = {
  request: { type: "string", short: "X" },
  header: { type: "string", short: "H" },
  data: { type: "string", short: "d" },
  "data-ascii": { type: "string" },
  "data-binary": { type: "string" },
  "data-raw": { type: "string" },
  "data-urlencode": { type: "string" },
  json: { type: "string" },
  form: { type: "string", short: "F" },
  "form-string": { type: "string" },
  "url-query": { type: "string" },
  url: { type: "string" },
  user: { type: "string", short: "u" },
  "oauth2-bearer": { type: "string" },
  cookie: { type: "string", short: "b" },
  "user-agent": { type: "string", short: "A" },
  referer: { type: "string", short: "e" },
  get: { type: "boolean", short: "G" },
  head: { type: "boolean", short: "I" },
} satisfies ParseArgsOptionsConfig;
export type ReadOption = keyof typeof READ;

/** Options without which the call is another one, and why a tool cannot have them. */
export const REFUSED = {
  config: { type: "string", short: "K", why: "reads a file" },
  "upload-file": { type: "string", short: "T", why: "sends a file" },
  next: { type: "boolean", short: ":", why: "makes several calls" },
  variable: { type: "string", why: "sets a variable" },
  "request-target": { type: "string", why: "sends another path than that of the address" },
} as const;

/** Options that a tool lacks, and that may matter. */
export const NOTED = {
  insecure: { type: "boolean", short: "k", why: "a tool always checks the certificate" },
  proxy: { type: "string", short: "x", why: "a tool uses no proxy" },
  cert: { type: "string", short: "E", why: "a tool has no client certificate" },
  key: { type: "string", why: "a tool has no client certificate" },
  cacert: { type: "string", why: "a tool trusts the public authorities only" },
  resolve: { type: "string", why: "a tool resolves the host by DNS" },
  "connect-to": { type: "string", why: "a tool resolves the host by DNS" },
  "unix-socket": { type: "string", why: "a tool resolves the host by DNS" },
  digest: { type: "boolean", why: "a tool cannot authenticate so" },
  ntlm: { type: "boolean", why: "a tool cannot authenticate so" },
  negotiate: { type: "boolean", why: "a tool cannot authenticate so" },
  anyauth: { type: "boolean", why: "a tool sends the header authorization at once" },
  "aws-sigv4": { type: "string", why: "a tool cannot sign so" },
  netrc: { type: "boolean", short: "n", why: "the file's secrets are not read" },
  range: { type: "string", short: "r", why: "a tool reads the whole response" },
} as const;

/** How curl connects, waits, shows and stores: nothing that a tool has to know. Each with its short form. */
const IGNORED_FLAGS =
  "silent:s show-error:S location:L location-trusted compressed include:i verbose:v fail:f fail-with-body fail-early globoff:g basic " +
  "progress-bar:# progress-meter no-buffer:N buffer http1.0:0 http1.1 http2 http2-prior-knowledge http3 http3-only ipv4:4 ipv6:6 " +
  "remote-name:O remote-name-all remote-header-name:J create-dirs path-as-is parallel:Z tlsv1:1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 ssl ssl-reqd " +
  "ssl-no-revoke tcp-nodelay tcp-fastopen keepalive raw styled-output disable:q post301 post302 post303 junk-session-cookies:j " +
  "disallow-username-in-url ca-native netrc-optional trace-time";
const IGNORED_VALUES =
  "output:o output-dir write-out:w max-time:m connect-timeout expect100-timeout retry retry-delay retry-max-time max-redirs max-filesize " +
  "cookie-jar:c dump-header:D limit-rate rate speed-limit:Y speed-time:y stderr trace trace-ascii interface ciphers tls13-ciphers tls-max capath " +
  "cert-type key-type pass proxy-user:U proxy-header noproxy dns-servers doh-url keepalive-time proto proto-default proto-redir curves alt-svc hsts " +
  "etag-save etag-compare netrc-file pinnedpubkey local-port";

/** For `util.parseArgs`, which reads combined short options (`-sSL`) and values without a space (`-XPOST`) as curl does. */
export const CURL_OPTIONS: ParseArgsOptionsConfig = {
  ...READ,
  ...withoutReasons(REFUSED),
  ...withoutReasons(NOTED),
  ...ignored(IGNORED_FLAGS, "boolean"),
  ...ignored(IGNORED_VALUES, "string"),
};

export function isReadOption(name: string): name is ReadOption {
  return Object.hasOwn(READ, name);
}

function withoutReasons(
  options: Record<string, { type: "string" | "boolean"; short?: string; why: string }>,
): ParseArgsOptionsConfig {
  return Object.fromEntries(
    Object.entries(options).map(([name, { why: _why, ...option }]) => [name, option]),
  );
}

function ignored(names: string, type: "string" | "boolean"): ParseArgsOptionsConfig {
  return Object.fromEntries(
    names.split(" ").map((one) => {
      const [name = "", short] = one.split(/:(?=.$)/);
      return [name, { type, ...(short !== undefined && { short }) }];
    }),
  );
}
