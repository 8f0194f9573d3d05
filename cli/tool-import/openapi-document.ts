import { parseDocument } from "yaml";
import { CommandError, reasonOf } from "../command.ts";
import { asJson, asText, isJson, References, type Json } from "./json-schema.ts";
import { snakeCase } from "./names.ts";

const MAX_CHARACTERS = 20_000_000;
/** Reading YAML takes half a second and 75 MB of memory for a million characters. */
const MAX_YAML_CHARACTERS = 10_000_000;
const MAX_ALIASES = 1000;
const METHODS = ["get", "post", "put", "patch", "delete"] as const;

/** A document that is OpenAPI 3. It is read leniently, because real ones have mistakes in places that no import needs. */
export interface OpenApiDocument {
  root: Json;
}

export interface Operation {
  /** What `--operation` takes: its operationId, or `GET /path`. */
  id: string;
  method: string;
  path: string;
  summary: string | undefined;
}

/** @throws CommandError where the text is no OpenAPI 3 document */
export function readOpenApi(text: string): OpenApiDocument {
  refuseLonger(text, MAX_CHARACTERS);
  const root = parseText(text);
  if (!isJson(root))
    throw new CommandError("The document is no OpenAPI document: it is no object.");
  if (typeof root.swagger === "string" || typeof root.swagger === "number")
    throw new CommandError(
      "The document is Swagger 2. Convert it to OpenAPI 3 first (for example with npx swagger2openapi).",
    );
  if (isJson(root.info) && "_postman_id" in root.info)
    throw new CommandError("The document is a Postman collection. Export it as OpenAPI 3 first.");
  const version =
    asText(root.openapi) ?? (typeof root.openapi === "number" ? String(root.openapi) : "");
  if (!/^3(?:\.[0-2])?(?:\.|$)/.test(version))
    throw new CommandError(
      version
        ? `The document is OpenAPI ${version.slice(0, 20)}; 3.0 and 3.1 can be read.`
        : "The document is no OpenAPI document: it has no field openapi.",
    );
  if (!isJson(root.paths)) throw new CommandError("The document has no paths.");
  return { root };
}

function parseText(text: string): unknown {
  try {
    if (/^\uFEFF?\s*\{/.test(text)) return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    // YAML may begin so, too.
  }
  refuseLonger(text, MAX_YAML_CHARACTERS);
  try {
    const parsed = parseDocument(text, { logLevel: "silent", merge: true, uniqueKeys: false });
    const [problem] = parsed.errors;
    if (problem) throw problem;
    return parsed.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    throw new CommandError(
      `The document is neither JSON nor YAML: ${reasonOf(error).split("\n")[0]?.slice(0, 200)}`,
    );
  }
}

function refuseLonger(text: string, most: number): void {
  if (text.length > most)
    throw new CommandError(
      `The document has more than ${most / 1_000_000} million characters. Cut it down to the operations that you need.`,
    );
}

/** In the document's order. */
export function listOperations({ root }: OpenApiDocument): Operation[] {
  const references = new References(root);
  const found = Object.entries(asJson(root.paths)).flatMap(([path, item]) =>
    operationsAt(path, asJson(references.follow(item).value)),
  );
  const sameId = Map.groupBy(found, ({ id }) => id);
  // Two with one operationId are a mistake of the document; method and path still tell them apart.
  return found.map((one) =>
    sameId.get(one.id)?.length === 1 ? one : { ...one, id: `${one.method} ${one.path}` },
  );
}

function operationsAt(path: string, item: Json): Operation[] {
  return METHODS.flatMap((name) => {
    const operation = item[name];
    if (!isJson(operation)) return [];
    const method = name.toUpperCase();
    return [
      {
        id: asText(operation.operationId) ?? `${method} ${path}`,
        method,
        path,
        summary: asText(operation.summary),
      },
    ];
  });
}

/** @throws CommandError with similar ones where there is no such operation */
export function findOperation(document: OpenApiDocument, wanted: string): Operation {
  const all = listOperations(document);
  const [, method, path] = /^([a-z]+)\s+(\/.*)$/i.exec(wanted.trim()) ?? [];
  const found = all.find((one) =>
    path === undefined
      ? one.id === wanted.trim()
      : one.path === path && one.method === method?.toUpperCase(),
  );
  if (found) return found;
  const near = similar(wanted, all);
  throw new CommandError(
    `There is no operation "${wanted.slice(0, 100)}".${near.length > 0 ? ` Do you mean ${near.join(" or ")}?` : " Without --operation, all are listed."}`,
  );
}

const MAX_SUGGESTED = 3;

/** Those that share most of their words with what was typed. */
function similar(wanted: string, all: Operation[]): string[] {
  const typed = wordsOf(wanted);
  return all
    .map((one) => ({
      id: one.id,
      name: `${one.method} ${one.path}`,
      score: overlap(typed, wordsOf(`${one.id} ${one.method} ${one.path}`)),
    }))
    .filter(({ score }) => score > 0)
    .toSorted((one, other) => other.score - one.score)
    .slice(0, MAX_SUGGESTED)
    .map(({ id, name }) => (wanted.includes("/") ? name : id));
}

function wordsOf(text: string): Set<string> {
  const verbs = new Set(["get", "post", "put", "patch", "delete", "api"]);
  return new Set(
    snakeCase(text)
      .split("_")
      .filter((word) => word.length > 1 && !verbs.has(word)),
  );
}

/** Words that begin alike count, so that a typing error or a plural does not hide one. */
function overlap(typed: Set<string>, other: Set<string>): number {
  const alike = [...typed].filter((word) =>
    [...other].some((one) => one.slice(0, 4) === word.slice(0, 4)),
  );
  return alike.length / (typed.size + other.size);
}
