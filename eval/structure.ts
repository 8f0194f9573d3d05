// `npm run measure:structure`: measures the application's size and the import directions of its folders.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseSync, Visitor } from "oxc-parser";
import { readArguments, runCommand } from "../cli/command.ts";
import { printTable } from "./print.ts";

const HELP = `
Usage: npm run measure:structure -- [folder]

Counts the lines of a folder of TypeScript (default src), its longest functions, the pairs of its folders that import each other,
and the import circles of its files. Type imports count.

To compare with another commit: git worktree add ../before <commit>, then name ../before/src.

Exit code: 0 done, 2 wrong usage.
`;

interface Module {
  /** Relative to the measured folder. */
  path: string;
  lines: number;
  imports: string[];
  functions: { name: string; lines: number }[];
}

await runCommand(HELP, async (args) => {
  const { positionals } = readArguments(args, {});
  const root = path.resolve(positionals[0] ?? path.resolve(import.meta.dirname, "../src"));
  const modules = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readModule(root, file));
  const functions = modules
    .flatMap(({ path: file, functions: own }) => own.map((one) => ({ ...one, file })))
    .toSorted((a, b) => b.lines - a.lines);
  const pairs = mutualPairs(modules);
  const circles = circlesOf(modules);
  printTable(
    ["measure", "value"],
    [
      ["files", `${modules.length}`],
      ["lines", `${modules.reduce((sum, { lines }) => sum + lines, 0)}`],
      ["functions longer than 60 lines", `${functions.filter(({ lines }) => lines > 60).length}`],
      ["pairs of folders that import each other", `${pairs.length}`],
      ["circles of files", `${circles.length}`],
    ],
  );
  for (const { name, lines, file } of functions.slice(0, 5))
    console.log(`  ${lines} lines: ${name} in ${file}`);
  for (const pair of pairs) console.log(`  each imports the other: ${pair}`);
  for (const circle of circles) console.log(`  circle: ${circle}`);
  return 0;
});

function readModule(root: string, file: string): Module {
  const text = readFileSync(path.join(root, file), "utf8");
  const { program } = parseSync(file, text);
  const imports: string[] = [];
  const functions: Module["functions"] = [];
  const take = (name: string | undefined, { start, end }: { start: number; end: number }): void => {
    functions.push({ name: name ?? "(nameless)", lines: countLines(text.slice(start, end)) });
  };
  const follow = (node: { source?: { value: unknown } | null }): void => {
    const specifier = node.source?.value;
    if (typeof specifier === "string" && specifier.startsWith("."))
      imports.push(path.normalize(path.join(path.dirname(file), specifier)));
  };
  new Visitor({
    ImportDeclaration: follow,
    ExportNamedDeclaration: follow,
    ExportAllDeclaration: follow,
    FunctionDeclaration: (node) => take(node.id?.name, node),
    MethodDefinition: (node) =>
      take(node.key.type === "Identifier" ? node.key.name : undefined, node),
    VariableDeclarator: (node) => {
      const isFunction = node.init && /Function/.test(node.init.type);
      if (isFunction && node.id.type === "Identifier") take(node.id.name, node);
    },
  }).visit(program);
  return { path: file, lines: countLines(text), imports, functions };
}

function countLines(text: string): number {
  return text.replace(/\n$/, "").split("\n").length;
}

/** The first folder of a path, or the file itself if it is in none. */
function folderOf(file: string): string {
  return file.split(path.sep)[0] ?? file;
}

function mutualPairs(modules: Module[]): string[] {
  const edges = new Set(
    modules.flatMap((from) => from.imports.map((to) => `${folderOf(from.path)} ${folderOf(to)}`)),
  );
  return [...edges].filter((edge) => {
    const [from = "", to = ""] = edge.split(" ");
    return from < to && edges.has(`${to} ${from}`);
  });
}

/** One circle for each import that closes one in a depth-first walk. */
function circlesOf(modules: Module[]): string[] {
  const importsOf = new Map(modules.map((one) => [one.path, one.imports]));
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, way: string[]): void => {
    const start = way.indexOf(file);
    if (start >= 0) found.push([...way.slice(start), file].join(" → "));
    if (start >= 0 || done.has(file)) return;
    for (const next of importsOf.get(file) ?? []) visit(next, [...way, file]);
    done.add(file);
  };
  for (const { path: file } of modules) visit(file, []);
  return found;
}
