import { snakeCase } from "./names.ts";

const SECRET_NAME =
  /(?:^|_)(?:authorization|api_?key|key|token|secret|password|passwd|passphrase|pwd|auth|credentials?|signature|sig|hmac|jwt|session|cookie|csrf|xsrf)(?:_|$)/;
/** Places in a list, and names of things that are called keys. */
const NO_SECRET =
  /(?:^|_)(?:page|next|continuation|sync|cursor|sort|order|partition|idempotency)_(?:token|key)$/;
const KNOWN_SECRET =
  /(?:^|[\s:=])(?:[spr]k_(?:live|test)_|gh[oprsu]_|github_pat_|glpat-|xox[abeprs]-|shp(?:at|ca|pa|ss)_|AKIA|AIza|eyJ)\w/;

/** Whether a header, parameter or field of this name holds a secret: `X-Api-Key`, `accessToken`, `client_secret`. */
export function isSecretName(name: string): boolean {
  const plain = snakeCase(name);
  return SECRET_NAME.test(plain) && !NO_SECRET.test(plain);
}

/** Whether a value looks like a secret whatever it is called. */
export function looksSecret(value: string): boolean {
  const isLong = /^(?:\w+ )?[\w+/=.~-]{24,}$/.test(value);
  return KNOWN_SECRET.test(value) || (isLong && /\d/.test(value) && /[a-z]/i.test(value));
}

/** Whether a value stands for the real one, as documentation writes it: `<token>`, `{api_key}`, `YOUR_TOKEN`, `${TOKEN}`, `sk_test_...`. */
export function isPlaceholder(value: string): boolean {
  return (
    /[<{[][\w .:/-]+[>}\]]|\byour(?:[_ -]|[A-Z])|\.{3}|…|x{4}|\*{3}/i.test(value) ||
    /^(?:\w+ )?[A-Z][A-Z_]{2,}$/.test(value)
  );
}

/** The value of `Authorization` for a user name and a password. */
export function basicAuthorization(credentials: string): string {
  return `Basic ${Buffer.from(credentials).toString("base64")}`;
}
