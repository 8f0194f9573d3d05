import { readFileSync } from "node:fs";
import { decidingWords } from "../src/answering/deciding-words.ts";
import { readMessage } from "../src/answering/read-message.ts";
import { numbersIn } from "../src/citations/stated-numbers.ts";
import { NEGATION } from "../src/language/english.ts";
import { messageLanguage } from "../src/language/message-language.ts";
import { embeddingModel } from "../src/models/table.ts";
import { workersAiEmbedder } from "../src/models/workers-ai-embedder.ts";
import { shippedRelease } from "../src/releases/release.ts";
import { contentStems } from "../src/retrieval/query-terms.ts";
import { cosine } from "../src/text/vectors.ts";
import { OWN_EMBEDDING } from "../local/dev/embedding-server.ts";
import { openModels } from "./in-process/embeddings.ts";

/**
 * `npm run eval:cache -- [--sets]`: which questions of the demo a kept answer would be given to though it was made for another one of them, by
 * the rule of the product and by others, at several thresholds. `--sets` also reads banking77 and clinc150, where questions of one intent are
 * the same; it embeds 7,000 questions. Questions that are equal but for case and punctuation are left out.
 */
const NEARNESS = [1.1, 1.2, 1.25, 1.3, 1.33, 1.37, 1.42, 1.45];
const { id: model } = OWN_EMBEDDING;
const { unrelatedCosine, matchingCosine } = embeddingModel(model);
const meter = { neurons: 0, track: <T>(_kind: string, call: () => Promise<T>) => call() };
const embedder = workersAiEmbedder(openModels(), model, meter);

interface Asked {
  text: string;
  /** The articles that answer it, or its intent. */
  labels: string[];
  /** What has to be said, where the set tells; equal ones are the same question. */
  said: string[];
  words: string;
  vector: number[];
}

type Pair = { one: Asked; other: Asked; near: number; isSame: boolean; isAkin: boolean };

function toAsked(text: string, labels: string[], said: string[]): Omit<Asked, "vector">[] {
  const { asked, contact, subQueries } = readMessage(text);
  if (contact !== undefined || subQueries.flat().length !== 1) return [];
  const language = messageLanguage(text, undefined) ?? null;
  const words = JSON.stringify([language, decidingWords(asked.toLowerCase(), language)]);
  return [{ text: asked, labels, said, words }];
}

async function embed(asked: Omit<Asked, "vector">[]): Promise<Asked[]> {
  const vectors: number[][] = [];
  for (let from = 0; from < asked.length; from += 50) {
    const texts = asked.slice(from, from + 50).map(({ text }) => text);
    vectors.push(...(await embedder.embed(texts, "query")));
  }
  return asked.map((one, index) => ({ ...one, vector: vectors[index] ?? [] }));
}

function pairsOf(all: Asked[]): Pair[] {
  return all.flatMap((one, index) =>
    all.slice(index + 1).flatMap((other) => {
      if (plain(one.text) === plain(other.text)) return [];
      const near =
        (cosine(one.vector, other.vector) - unrelatedCosine) / (matchingCosine - unrelatedCosine);
      const isAkin = one.labels.some((label) => other.labels.includes(label));
      const isSame = isAkin && one.said.some((said) => other.said.includes(said));
      return [{ one, other, near, isSame, isAkin }];
    }),
  );
}

function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[\s?!.¿¡]+/g, " ")
    .trim();
}

/** Equal numbers and negations, and more than one content word that is another one. */
function seemsSame({ one, other }: Pair): boolean {
  const [left, right] = [one, other].map(({ text }) => ({
    numbers: numbersIn(text).toSorted().join(),
    isNegated: NEGATION.test(text),
    stems: new Set(contentStems(text)),
  }));
  if (!left || !right) return false;
  const swapped = [left.stems.difference(right.stems), right.stems.difference(left.stems)];
  const isSwap = swapped.every(({ size }) => size === 1);
  return left.numbers === right.numbers && left.isNegated === right.isNegated && !isSwap;
}

const RULES: [name: string, rule: (pair: Pair) => boolean][] = [
  ["embedding alone", () => true],
  ["and equal numbers and negations, no single word swapped", seemsSame],
  ["and equal deciding words (the product)", ({ one, other }) => one.words === other.words],
];

function print(title: string, pairs: Pair[], others: string, rules = RULES): void {
  console.log(`\n${title}`);
  for (const [name, rule] of rules) {
    const kept = pairs.filter(rule);
    console.log(`  ${name}`);
    for (const nearness of NEARNESS) {
      const found = kept.filter(({ near }) => near >= nearness);
      const wrong = found.filter(({ isAkin }) => !isAkin).length;
      const same = found.filter(({ isSame }) => isSame).length;
      console.log(
        `    nearness ${nearness.toFixed(2)}: ${found.length} pairs, ${same} labelled the same, ${wrong} ${others}`,
      );
    }
  }
}

interface Line {
  question: string;
  message: string;
  standalone?: string;
  kind?: string;
  expected?: string[];
  answer?: string;
  must?: unknown;
  turns: Line[];
}

const read = <T>(file: string): T[] =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);

/** Questions that no article answers are left out: no answer to them is kept. */
function askedIn({ expected = [], answer, must }: Line, texts: (string | undefined)[]) {
  const said = [answer, must].flatMap((one) => (one === undefined ? [] : [JSON.stringify(one)]));
  return texts.flatMap((text) =>
    text !== undefined && expected.length > 0 ? toAsked(text, expected, said) : [],
  );
}

const single = ["golden", "hard", "calibration", "field-messages"].flatMap((set) =>
  read<Line>(`demo/${set}.jsonl`).flatMap((line) => askedIn(line, [line.question])),
);
const turns = ["conversations", "dialogues"]
  .flatMap((set) => read<Line>(`demo/${set}.jsonl`).flatMap((line) => line.turns))
  .flatMap((turn) =>
    askedIn(turn, [turn.standalone, turn.kind === "opening" ? turn.message : undefined]),
  );
const demo = await embed([...single, ...turns]);
const pairs = pairsOf(demo);
print(`${demo.length} questions of the demo`, pairs, "answered by other articles");

const { nearness } = shippedRelease.cache;
const found = pairs.filter(({ one, other, near }) => one.words === other.words && near >= nearness);
console.log(`\nTaken for the same (nearness ${nearness}):`);
for (const { one, other, near, isSame, isAkin } of found) {
  const label = isSame ? "same answer" : isAkin ? "same article" : "OTHER ARTICLE";
  console.log(`  ${near.toFixed(2)} ${label}: ${one.text} | ${other.text}`);
}

console.log("\nTaken for others, though the second rule takes them for the same:");
for (const pair of pairs)
  if (pair.near >= nearness && seemsSame(pair) && !found.includes(pair))
    console.log(`  ${pair.near.toFixed(2)} ${pair.one.text} | ${pair.other.text}`);

if (process.argv.includes("--sets"))
  for (const set of ["banking77", "clinc150"]) {
    const lines = read<{ text: string; intent: string }>(`../shared/data/${set}/data.jsonl`);
    const asked = lines
      .filter(({ intent }) => intent !== "oos")
      .flatMap(({ text, intent }) => toAsked(text, [intent], [intent]));
    // Only questions with equal words can be taken for each other.
    const groups = [...Map.groupBy(asked, ({ words }) => words).values()];
    const embedded = await embed(groups.filter(({ length }) => length > 1).flat());
    const alike = [...Map.groupBy(embedded, ({ words }) => words).values()].flatMap(pairsOf);
    print(
      `${set}: ${asked.length} questions, pairs of them`,
      alike,
      "of other intents",
      RULES.slice(-1),
    );
  }
