import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { cleanMarkdown } from "../src/knowledge/formats/markdown.ts";
import { findWarnings, type DocumentWarning } from "../src/knowledge/formats/warnings.ts";

/**
 * `npm run eval:warnings`: which of the planted attacks are flagged when a document is ingested, and which documents of honest
 * authors are. Most of BIPIA's attacks are requests for something else ("What is the capital of …?"), in nobody's name and to
 * nobody: what only asks, a page of questions and answers asks, too.
 */
const ROOT = path.resolve(import.meta.dirname, "..");
const DATA = path.resolve(ROOT, process.argv[2] ?? "../shared/data");

const check = (title: string, text: string): DocumentWarning[] =>
  findWarnings(title, text, cleanMarkdown(text));

function readLines<T>(file: string): T[] {
  if (!existsSync(file)) {
    console.log(`${file} is missing: this part is left out.`);
    return [];
  }
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line) as T);
}

const attacks = readLines<{ category: string; text: string }>(
  path.join(DATA, "safety-prompts/bipia_text_attacks.jsonl"),
);
console.log("attacks by category        flagged");
let flagged = 0;
for (const [category, own] of Map.groupBy(attacks, (attack) => attack.category)) {
  const found = own.filter(({ text }) => check("Delivery times", text).length > 0).length;
  flagged += found;
  console.log(`${category.padEnd(28)} ${found} of ${own.length}`);
}
if (attacks.length > 0) console.log(`recall ${flagged} of ${attacks.length}\n`);

const demo = path.join(ROOT, "demo/articles");
const articles = readdirSync(demo, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".md"))
  .map((file) => ({ title: file, text: readFileSync(path.join(demo, file), "utf8") }));
const arduino = readLines<{ title: string; text: string }>(
  path.join(DATA, "arduino-help-center/corpus.jsonl"),
);
const articlesOf: [string, { title: string; text: string }[]][] = [
  ["demo/articles", articles],
  ["arduino-help-center", arduino],
];
for (const [name, documents] of articlesOf) {
  const wrong = documents.flatMap(({ title, text }) => {
    const warnings = check(title, text);
    return warnings.length > 0 ? [{ title, warnings }] : [];
  });
  console.log(`${name}: ${wrong.length} of ${documents.length} honest documents flagged`);
  for (const { title, warnings } of wrong)
    for (const { kind, excerpt } of warnings) console.log(`  ${title} [${kind}] ${excerpt}`);
}
