import { expect, it } from "vitest";

/** The text of every module of the application, by path. */
const modules = new Map(
  Object.entries(
    import.meta.glob<string>("../src/**/*.ts", { query: "?raw", import: "default", eager: true }),
  ).map(([path, text]) => [path.replace("../src/", ""), text]),
);

/**
 * The layers of `src/`, lowest first. A module may import its own folder and folders that come earlier in this list; nothing else.
 * A folder with subfolders lists them lowest first; `.` stands for the folder's own files.
 */
const LAYERS: (string | { folder: string; inside: string[] })[] = [
  "text",
  "crypto",
  "language",
  "models",
  "http",
  "runtime",
  "env.ts",
  "auth",
  "audit",
  "workspaces",
  "limits",
  "releases",
  "privacy",
  "generations",
  { folder: "knowledge", inside: ["formats", "accept", "ingest", "reindex", "."] },
  "retrieval",
  "playbook",
  "citations",
  "guards",
  "actions",
  { folder: "answering", inside: ["extractive", "."] },
  "conversations",
  "insight",
  { folder: "webhooks", inside: ["contract", "vendors", "."] },
  "protocols",
  "services.ts",
  "app.ts",
  "worker.ts",
  "index.ts",
];

const PLACES = LAYERS.flatMap((layer) =>
  typeof layer === "string"
    ? [layer]
    : layer.inside.map((inner) => (inner === "." ? layer.folder : `${layer.folder}/${inner}`)),
);

/** Composition and adapters: the only places that may call a binding. */
const MAY_TOUCH_BINDINGS = ["env.ts", "services.ts", "worker.ts", "app.ts", "auth/context.ts"];

/** The layer of a module: the longest place that its path begins with. */
function placeOf(path: string): string {
  const places = PLACES.filter((place) => path === place || path.startsWith(`${place}/`));
  const [longest] = places.toSorted((a, b) => b.length - a.length);
  if (!longest) throw new Error(`src/${path} is in no layer`);
  return longest;
}

/** Paths of the modules of `src/` that a module imports, types included. */
function importsOf(path: string): string[] {
  const imports = (modules.get(path) ?? "").matchAll(/(?:from|import)\s+"(\.[^"]+\.ts)"/g);
  const folder = `file:///${path}`;
  return Array.from(imports, ([, specifier = ""]) => new URL(specifier, folder).pathname.slice(1));
}

/** Modules that can be reached from themselves by imports, with the way back. */
function circles(): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, way: string[]): void => {
    const start = way.indexOf(path);
    if (start >= 0) found.push([...way.slice(start), path].join(" → "));
    if (start >= 0 || done.has(path)) return;
    for (const next of importsOf(path)) visit(next, [...way, path]);
    done.add(path);
  };
  for (const path of modules.keys()) visit(path, []);
  return found;
}

function offenders(pattern: RegExp, allowed: string[] = []): string[] {
  return Array.from(modules)
    .filter(([path, text]) => !allowed.includes(path) && pattern.test(text))
    .map(([path]) => path);
}

it("reads the application's modules", () => {
  expect(modules.size).toBeGreaterThan(100);
});

it("lists every folder of src/ as a layer, and no other", () => {
  const used = new Set(Array.from(modules.keys(), placeOf));
  expect(PLACES.filter((place) => !used.has(place))).toEqual([]);
});

it("imports downwards only", () => {
  const upward = Array.from(modules.keys()).flatMap((path) =>
    importsOf(path)
      .filter((to) => PLACES.indexOf(placeOf(to)) > PLACES.indexOf(placeOf(path)))
      .map((to) => `${path} → ${to}`),
  );
  expect(upward).toEqual([]);
});

it("imports in no circle", () => {
  expect(circles()).toEqual([]);
});

it("keeps src/ free of what surrounds it", () => {
  expect(offenders(/from "[^"]*\/(?:local|web|eval|cli|test|demo)\//)).toEqual([]);
  expect(offenders(/from "node:/)).toEqual([]);
});

it("reaches bindings only where services are composed", () => {
  expect(
    offenders(
      /\benv\.(?:AI|VECTORIZE|VECTORIZE_NEXT|DB|\w+_QUEUE|\w+_LIMITER)\b/,
      MAY_TOUCH_BINDINGS,
    ),
  ).toEqual([]);
  expect(offenders(/import[^;]*\bEnv\b[^;]*from "[^"]*env\.ts"/, MAY_TOUCH_BINDINGS)).toEqual([]);
});

it("names the columns of every INSERT, which another column would shift otherwise", () => {
  const inserts = Array.from(modules.values()).flatMap((text) =>
    Array.from(
      text.matchAll(/\b(?:INSERT|REPLACE)\b[\w\s]*\bINTO\b([^;]{0,400})/g),
      ([, rest]) => rest,
    ),
  );
  expect(inserts.length).toBeGreaterThan(30);
  const unnamed = inserts.filter((rest = "") => !/^\s+\w+\s*\([a-z_,\s]+\)/.test(rest));
  expect(unnamed).toEqual([]);
});

it("reads no result of a batch by its position, which another statement would shift", () => {
  const positional = Array.from(modules).flatMap(([path, text]) =>
    text
      .split("\n")
      .filter((line) => /\.batch[<(]/.test(line) && !/(?:^\s*|\) )await [\w.]+\.batch\(/.test(line))
      .map((line) => `${path}: ${line.trim()}`),
  );
  expect(positional).toEqual([
    'runtime/binding-calls.ts: return calls.track("d1", () => target.batch(statements), place);',
    "runtime/named-batch.ts: const results = await db.batch(named.flatMap(({ own }) => own));",
  ]);
});

it("takes time and randomness from the services", () => {
  expect(
    offenders(/\bDate\.now\(|\bMath\.random\(|\bnew Date\(\)|crypto\.getRandomValues/, [
      "services.ts",
    ]),
  ).toEqual([]);
});
