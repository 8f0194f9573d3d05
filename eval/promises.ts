import { readFileSync } from "node:fs";
import { promises } from "../src/guards/promises.ts";

/**
 * `npm run eval:promises -- [file]`: how many sentences of a file that promise something are recognised, how many honest ones are kept, and
 * all mistakes, unless the file is held out: nobody should fit rules to those.
 */
const path = process.argv[2] ?? "demo/promises.jsonl";
const sentences = readFileSync(path, "utf8")
  .split("\n")
  .filter(Boolean)
  .map((line) => JSON.parse(line) as { language: string; text: string; promising: boolean })
  .map((one) => ({ ...one, isRight: promises(one.text) === one.promising }));

console.log(`${sentences.length} sentences of ${path}\n`);
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
  if (!isRight && !path.includes("held-out"))
    console.log(`${language} ${promising ? "missed" : "taken for a promise"}: ${text}`);
