import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Validator } from "@seriousme/openapi-schema-validator";
import { beforeAll, expect, it } from "vitest";
import { createApp } from "../../../src/app.ts";
import type { Env } from "../../../src/env.ts";

interface Operation {
  summary?: string;
  security?: unknown[];
  requestBody?: object;
  responses: Record<string, { content?: Record<string, object> }>;
}

interface OpenApi {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, object> & { Problem: { properties: { code: { enum: string[] } } } };
  };
}

const app = createApp();
let document: OpenApi;

// In Node: the validator compiles schemas to code, which workerd forbids. The document needs no binding.
beforeAll(async () => {
  const context = { waitUntil: () => {}, passThroughOnException: () => {}, props: {} };
  const response = await app.request("/openapi.json", {}, { DB: {} } as Env, context as never);
  expect(response.status).toBe(200);
  document = (await response.json()) as OpenApi;
});

const operations = (): [name: string, operation: Operation][] =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]): [string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
  );

it("/openapi.json is valid OpenAPI 3.1, and every reference in it leads somewhere", async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate({ ...structuredClone(document) });
  expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
  expect([validator.version, document.openapi]).toEqual(["3.1", "3.1.0"]);
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(
    ([, to]) => to,
  );
  expect(references.length).toBeGreaterThan(10);
  for (const reference of new Set(references)) {
    expect(reference).toMatch(/^#\/components\/schemas\/\w+$/);
    expect(Object.keys(document.components.schemas)).toContain(reference?.split("/").at(-1));
  }
});

it("/openapi.json lists every route of the API, and none that does not exist", () => {
  const served = app.routes
    .filter(({ method, path }) => !["ALL", "OPTIONS"].includes(method) && path.startsWith("/v1/"))
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)(?:\{[^}]*\})?/g, "{$1}")}`);
  expect(served.length).toBeGreaterThan(6);
  expect(
    operations()
      .map(([name]) => name)
      .toSorted(),
  ).toEqual([...new Set(served)].toSorted());
});

it("/openapi.json says of each route what it does and how it refuses", () => {
  const silent = operations().flatMap(([name, { summary, requestBody, responses }]) => {
    const needed = ["401", "429", ...(requestBody ? ["413"] : [])];
    const missing = needed.filter((status) => !(status in responses));
    if (!summary) missing.push("summary");
    if (!Object.keys(responses).some((status) => status.startsWith("2"))) missing.push("2xx");
    return missing.length > 0 ? [`${name}: ${missing.join(", ")}`] : [];
  });
  expect(silent).toEqual([]);
});

it("/openapi.json names no error code that the API never sends", () => {
  const root = path.resolve(import.meta.dirname, "../../../src");
  const source = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && file !== path.join("http", "problem.ts"))
    .map((file) => readFileSync(path.join(root, file), "utf8"))
    .join("\n");
  const codes = document.components.schemas.Problem.properties.code.enum;
  expect(codes.length).toBeGreaterThan(20);
  expect(codes.filter((code) => !source.includes(`"${code}"`))).toEqual([]);
});
