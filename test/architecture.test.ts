import { expect, it } from "vitest";

/** The text of every module of the application, by path. */
const modules = import.meta.glob<string>("../src/**/*.ts", {
  query: "?raw",
  import: "default",
  eager: true,
});

/** Composition and adapters: the only places that may call a binding. */
const MAY_TOUCH_BINDINGS = [
  "src/env.ts",
  "src/services.ts",
  "src/worker.ts",
  "src/app.ts",
  "src/http/context.ts",
];

function offenders(pattern: RegExp, allowed: string[] = []): string[] {
  return Object.entries(modules)
    .map(([path, text]) => ({ path: path.replace("../", ""), text }))
    .filter(({ path, text }) => !allowed.includes(path) && pattern.test(text))
    .map(({ path }) => path);
}

it("reads the application's modules", () => {
  expect(Object.keys(modules).length).toBeGreaterThan(30);
});

it("keeps src/ free of what surrounds it", () => {
  expect(offenders(/from "[^"]*\/(?:local|web|eval|cli|test|demo)\//)).toEqual([]);
  expect(offenders(/from "node:/)).toEqual([]);
});

it("reaches bindings only where services are composed", () => {
  expect(
    offenders(
      /\benv\.(?:AI|VECTORIZE|DB|INGEST_QUEUE|EVENTS_QUEUE|CHAT_LIMITER|API_LIMITER)\b/,
      MAY_TOUCH_BINDINGS,
    ),
  ).toEqual([]);
  expect(offenders(/import[^;]*\bEnv\b[^;]*from "[^"]*env\.ts"/, MAY_TOUCH_BINDINGS)).toEqual([]);
});

it("takes time and randomness from the services", () => {
  expect(
    offenders(/\bDate\.now\(|\bMath\.random\(|\bnew Date\(\)|crypto\.getRandomValues/, [
      "src/services.ts",
    ]),
  ).toEqual([]);
});
