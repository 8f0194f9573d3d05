import { isHeader } from "./headers.ts";
import { asJson, asList, asText, isJson, type Json, type References } from "./json-schema.ts";
import type { Notes } from "./notes.ts";

interface Scheme {
  name: string;
  /** The header that holds the secret. */
  header?: string;
  /** What is to be said of it. */
  note: string;
}

/**
 * The headers that hold secrets for an operation. Of several ways to authenticate it takes the first that a tool can go.
 */
export function secretHeadersOf(
  root: Json,
  operation: Json,
  references: References,
  notes: Notes,
): string[] {
  const given = asList(operation.security ?? root.security).filter(isJson);
  const schemes = asJson(asJson(root.components).securitySchemes);
  const ways = given.map((way) =>
    Object.keys(way).map((name) => readScheme(name, schemes, references)),
  );
  const way =
    ways.find((one) => one.length > 0 && one.every(({ header }) => header !== undefined)) ??
    ways.find((one) => one.length > 0);
  for (const { note } of way ?? []) notes.add(note);
  const others = ways.filter((one) => one !== way && one.length > 0).flat();
  for (const { name } of others)
    notes.addName("Other ways to authenticate that the document names", name);
  if (ways.some((one) => one.length === 0))
    notes.add("The operation can be called without authentication, too.");
  return [...new Set((way ?? []).flatMap(({ header }) => header ?? []))];
}

function readScheme(name: string, schemes: Json, references: References): Scheme {
  const scheme = asJson(
    Object.hasOwn(schemes, name) ? references.follow(schemes[name]).value : undefined,
  );
  const kind = asText(scheme.type)?.toLowerCase();
  switch (kind) {
    case "http":
      return httpScheme(name, asText(scheme.scheme)?.toLowerCase() ?? "");
    case "apikey":
      return apiKeyScheme(name, asText(scheme.name) ?? name, asText(scheme.in) ?? "");
    case "oauth2":
    case "openidconnect":
      return {
        name,
        header: "authorization",
        note: `${name}: the secret header authorization is "Bearer <token>". The tool sends one token and renews none: use one that does not expire.`,
      };
    default:
      return {
        name,
        note: `Left out: the authentication ${name} (${kind ?? "not described"}), which a tool cannot do.`,
      };
  }
}

function httpScheme(name: string, scheme: string): Scheme {
  const header = "authorization";
  if (scheme === "basic")
    return {
      name,
      header,
      note: `${name}: the secret header authorization is "Basic " and user:password in base64.`,
    };
  if (scheme === "bearer")
    return { name, header, note: `${name}: the secret header authorization is "Bearer <token>".` };
  return {
    name,
    note: `Left out: the authentication ${name} (http ${scheme}), which a tool cannot do.`,
  };
}

function apiKeyScheme(name: string, parameter: string, place: string): Scheme {
  const header = parameter.toLowerCase();
  if (place === "header" && isHeader(header))
    return { name, header, note: `${name}: the secret header ${header} is the API key.` };
  return {
    name,
    note: `Left out: the API key ${name}, which goes into the ${place || "request"} as ${parameter}. A tool sends secrets in headers only, and not as a cookie.`,
  };
}
