import { ASKS_EACH_TIME, answersFrom, publishRelease } from "../../../eval/release.ts";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { Api } from "../../../cli/api.ts";
import { chat } from "../../../eval/ask.ts";
import { openModels } from "../../../eval/in-process/embeddings.ts";
import { startInProcess } from "../../../eval/in-process/instance.ts";
import { openOracle, ORACLE, type Oracle } from "../../../eval/oracle/oracle-model.ts";
import { knowledgeOf } from "../../../eval/oracle/sets.ts";
import type { Question } from "../../../eval/sets/question.ts";
import { ingest } from "../../../eval/target.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "edgewise-oracle-"));
const documents = [
  {
    external_id: "returns",
    title: "Returns",
    content: "We are happy to help. You can return a lamp within 30 days of delivery.",
    content_type: "text/plain",
  },
  {
    external_id: "warranty",
    title: "Warranty",
    content: "The warranty on the lamp lasts 2 years in the United States.",
    content_type: "text/plain",
  },
];
const question = (text: string, document?: string, answer?: string): Question => ({
  id: text,
  text,
  answerable: document !== undefined,
  relevant: new Map(document === undefined ? [] : [[document, 1]]),
  answer: answer === undefined ? undefined : { parts: [answer], need: "any" },
  kind: undefined,
  topic: undefined,
  language: undefined,
});
const RETURN = "How long can I  return a lamp after delivery?";
const COLOUR = "How long can I return a lamp that is green?";
/** The answer stands in another document than the one that the set names as relevant. */
const ELSEWHERE = "How many days do I have to return the lamp?";
let oracle: Oracle;
let api: Api;

beforeAll(async () => {
  const questions = [
    question(RETURN, "returns", "30 days"),
    question(COLOUR),
    question(ELSEWHERE, "warranty", "30 days"),
  ];
  const known = knowledgeOf({ name: "", documents, questions });
  oracle = openOracle(openModels(path.join(folder, "embeddings.bin")), known);
  const instance = await startInProcess(oracle.ai, { CHAT_MODEL: ORACLE, ...ASKS_EACH_TIME });
  api = new Api({ ...instance, key: "sk_local_demo", tries: 1, timeoutMs: 60_000 });
  expect(await ingest(api, documents, 1)).toEqual([]);
}, 60_000);
beforeEach(async () => {
  oracle.setNoise(0);
  oracle.takeAsked();
  await publishRelease(api, answersFrom(0));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

it("the oracle model quotes the sentence with the answer from the product's own prompt", async () => {
  const { answer } = await chat(api, RETURN);
  expect(answer).toMatchObject({ outcome: "answered", rung: "model", model: ORACLE });
  expect(answer.text).toMatch(/^You can return a lamp within 30 days of delivery\. \[\d\]$/);
  expect(answer.citations.map(({ external_id }) => external_id)).toEqual(["returns"]);
  expect(oracle.takeAsked().questions).toBe(1);
});

it("the chat abstains when the oracle model says that the sources hold no answer", async () => {
  for (const message of [COLOUR, ELSEWHERE]) {
    const { answer } = await chat(api, message);
    expect(answer).toMatchObject({ outcome: "abstained", rung: "model", citations: [] });
  }
});

it("the oracle model makes both kinds of mistake when it is told to", async () => {
  oracle.setNoise(1);
  expect((await chat(api, RETURN)).answer.outcome).toBe("abstained");
  expect((await chat(api, COLOUR)).answer.outcome).toBe("answered");
});

it("the oracle model is not asked when the decision abstains first", async () => {
  await publishRelease(api, answersFrom(1));
  expect((await chat(api, RETURN)).answer).toMatchObject({ outcome: "abstained", rung: "none" });
  expect(oracle.takeAsked().questions).toBe(0);
});
