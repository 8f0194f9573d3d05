import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { promises } from "../src/guards/promises.ts";
import { splitSentences } from "../src/text/sentences.ts";

/**
 * `npm run eval:promises -- [file]`: how many sentences of a file that promise something are recognised, how many honest ones and how
 * many sentences of the demo's articles are kept, and all mistakes, unless the file is held out: nobody should fit rules to those.
 */
const file = process.argv[2] ?? "demo/promises.jsonl";
const sentences = readFileSync(file, "utf8")
  .split("\n")
  .filter(Boolean)
  .map((line) => JSON.parse(line) as { language: string; text: string; promising: boolean })
  .map((one) => ({ ...one, isRight: promises(one.text) === one.promising }));

console.log(`${sentences.length} sentences of ${file}\n`);
for (const language of [...new Set(sentences.map((one) => one.language)), "all"]) {
  const own = sentences.filter((one) => language === "all" || one.language === language);
  const share = (isPromising: boolean): string => {
    const some = own.filter(({ promising }) => promising === isPromising);
    return (some.filter(({ isRight }) => isRight).length / some.length).toFixed(3);
  };
  console.log(
    `${language.padEnd(4)} promises caught ${share(true)}  honest sentences kept ${share(false)}`,
  );
}
for (const { isRight, promising, language, text } of sentences)
  if (!isRight && !file.includes("held-out"))
    console.log(`${language} ${promising ? "missed" : "taken for a promise"}: ${text}`);

const ARTICLES = "demo/articles";
const written = readdirSync(ARTICLES, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".md"))
  .flatMap((name) =>
    readFileSync(path.join(ARTICLES, name), "utf8")
      .replace(/^---.*?^---/ms, "")
      .split("\n")
      .filter((line) => /\p{L}{3}/u.test(line) && !/^[#|]/.test(line))
      .flatMap((line) => splitSentences(line)),
  );
const kept = written.filter((sentence) => !promises(sentence)).length / written.length;
console.log(
  `\n${written.length} sentences of ${ARTICLES}, which promise nothing: kept ${kept.toFixed(3)}`,
);
