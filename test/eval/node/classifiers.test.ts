import { expect, it } from "vitest";
import path from "node:path";
import { readExamples, hashOf } from "../../../eval/classifiers/examples.ts";
import { toData, train } from "../../../eval/classifiers/train.ts";
import intents from "../../../src/language/classifiers/intents.json" with { type: "json" };
import promises from "../../../src/language/classifiers/promises.json" with { type: "json" };
import { probabilities } from "../../../src/text/linear-classifier.ts";

it.each([
  ["intents", intents],
  ["promises", promises],
])("the classifier of %s was trained on the texts that are there", (name, data) => {
  const folder = path.resolve(import.meta.dirname, "../../../eval/classifiers", name);
  expect(data.trainedOn).toBe(hashOf(readExamples(folder)));
});

it("a classifier tells what it was trained on, and the same texts give the same one", () => {
  const examples = ["fox", "hen", "duck"].flatMap((animal) => [
    { language: "en", label: "none", text: `where does the ${animal} live` },
    { language: "en", label: "wish", text: `please bring me the ${animal} now` },
  ]);
  const fit = () => toData(train(examples, { bits: 12, hasGrammar: false }), "");
  const data = fit();
  expect(fit()).toEqual(data);
  expect(probabilities<"wish">(data, "please bring me the goose").wish).toBeGreaterThan(0.6);
  expect(probabilities<"wish">(data, "where does the goose live").wish).toBeLessThan(0.4);
});
