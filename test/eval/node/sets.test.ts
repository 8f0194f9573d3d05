import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { CommandError } from "../../../cli/command.ts";
import { judgeTurn } from "../../../eval/measure-conversations.ts";
import { readConversations } from "../../../eval/sets/conversations.ts";
import { readSet } from "../../../eval/sets/read-set.ts";
import { lengthOf, sliceQuestions } from "../../../eval/slices.ts";

const root = mkdtempSync(path.join(os.tmpdir(), "edgewise-sets-"));
afterAll(() => rmSync(root, { recursive: true }));

let count = 0;
/** Makes a folder with these files; a value that is not a string is written as JSON lines. */
function folderOf(files: Record<string, string | object[]>): string {
  const folder = path.join(root, `set-${++count}`);
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    const text =
      typeof content === "string"
        ? content
        : content.map((line) => JSON.stringify(line)).join("\n");
    writeFileSync(file, text);
  }
  return folder;
}

const corpus = [
  { _id: "d1", title: "Basil", text: "Water it every day." },
  { _id: "d2", title: "Mint", text: "It grows anywhere." },
];
const qrels = "query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td2\t0\n";
const queries = [
  { _id: "q1", text: "how often do I water basil", language: "en" },
  { _id: "q2", text: "does mint need light?", is_impossible: false },
  { _id: "q3", text: "what is the price of basil", is_impossible: true },
];

describe("a folder is a set", () => {
  it("a set of judged queries: a query is unanswerable if it is marked impossible or has no relevant document", async () => {
    const set = await readSet(
      folderOf({ "corpus.jsonl": corpus, "queries.jsonl": queries, "qrels.tsv": qrels }),
    );
    expect(set.questions.map(({ id, answerable }) => [id, answerable])).toEqual([
      ["q1", true],
      ["q2", false],
      ["q3", false],
    ]);
    expect(set.questions[0]?.language).toBe("en");
  });

  it("a set of tasks: each needs several documents, and its text is cut at the length limit of a search query", async () => {
    const tasks = [
      { _id: "t1", user_instructions: "Help me.", required_documents: ["d1", "d2"], tools: [] },
      { _id: "t2", user_instructions: "x".repeat(9000), required_documents: ["d9"] },
    ];
    const set = await readSet(folderOf({ "corpus.jsonl": corpus, "tasks.jsonl": tasks }));
    expect(set.conversational).toBe(false);
    expect([...(set.questions[0]?.relevant.keys() ?? [])]).toEqual(["d1", "d2"]);
    expect(set.questions[1]?.text.length).toBe(8000);
    expect(set.notes.join()).toMatch(/1 of 2 instructions are cut/);
    expect(set.notes.join()).toMatch(/1 relevant documents are not in the set, such as d9/);
  });

  it("a folder of documents alone takes questions from another file and off-topic questions", async () => {
    const utterances = folderOf({
      "data.jsonl": [
        { split: "train", text: "transfer money", intent: "transfer" },
        { split: "oos_val", text: "who won the game", intent: "oos" },
        { split: "oos_val", text: "who won the game", intent: "oos" },
      ],
    });
    const questions = folderOf({
      "mine.jsonl": [{ id: "a", question: "Water?", answerable: true, expected: ["d1"] }],
    });
    const set = await readSet(folderOf({ "corpus.jsonl": corpus }), {
      questionFile: path.join(questions, "mine.jsonl"),
      offTopic: utterances,
    });
    expect(set.questions.map(({ id, answerable, kind }) => [id, answerable, kind])).toEqual([
      ["a", true, undefined],
      ["off-topic-1", false, "off_topic"],
    ]);
  });

  const utterances = (intent: string, count: number, split = "train"): object[] =>
    Array.from({ length: count }, (_, index) => ({
      split,
      text: `${intent} ${index + 1}`,
      intent,
    }));

  it("a set of utterances: the first of each intent are documents, the next ones are paraphrased questions", async () => {
    const lines = [
      ...utterances("refund", 10),
      ...utterances("refund", 3),
      ...utterances("rare", 7),
      ...utterances("other", 9, "val"),
      ...utterances("oos", 9),
    ];
    const set = await readSet(folderOf({ "data.jsonl": lines }));
    expect(set.documents.map(({ external_id, title }) => [external_id, title])).toEqual(
      [1, 2, 3, 4].map((n) => [`refund-${n}`, `refund ${n}`]),
    );
    expect(set.questions.map(({ text }) => text)).toEqual([5, 6, 7, 8].map((n) => `refund ${n}`));
    expect([...(set.questions[3]?.relevant.keys() ?? [])]).toEqual(
      set.documents.map(({ external_id }) => external_id),
    );
    expect(set.conversational).toBe(false);
  });

  const withQuestions = (...lines: object[]): Record<string, string | object[]> => ({
    "corpus.jsonl": corpus,
    "golden.jsonl": lines,
  });
  const question = { id: "a", question: "Water?", answerable: true, expected: ["d1"] };
  it.each([
    ["no folder", undefined, /There is no set/],
    ["a corpus without questions", { "corpus.jsonl": corpus }, /no file of questions golden/],
    ["utterances without intent", { "data.jsonl": [{ split: "train", text: "a" }] }, /jsonl:1/],
    ["utterances too few", { "data.jsonl": utterances("refund", 7) }, /no intent with 8/],
    ["no judgements", { "corpus.jsonl": corpus, "queries.jsonl": queries }, /no file .*qrels/],
    [
      "a judgement without a score",
      {
        "corpus.jsonl": corpus,
        "queries.jsonl": queries,
        "qrels.tsv": "query-id\tcorpus-id\tscore\nq1\td1\t\n",
      },
      /qrels.tsv:2/,
    ],
    [
      "a wrong header",
      { "corpus.jsonl": corpus, "queries.jsonl": queries, "qrels.tsv": "q1 0 d1 1\n" },
      /first line/,
    ],
    [
      "a line that is not JSON",
      { "corpus.jsonl": corpus, "golden.jsonl": `${JSON.stringify(question)}\n{"id":` },
      /golden.jsonl:2: not JSON/,
    ],
    [
      "a line that is not an object",
      { "corpus.jsonl": corpus, "golden.jsonl": "null" },
      /golden.jsonl:1/,
    ],
    ["an id twice", withQuestions(question, question), /"a" occurs twice/],
    [
      "an answerable question without a relevant article",
      withQuestions({ ...question, expected: [] }),
      /names no expected article/,
    ],
    ["an empty question", withQuestions({ ...question, question: "" }), /golden.jsonl:1/],
    ["no question at all", { "corpus.jsonl": corpus, "golden.jsonl": "\n\n" }, /holds no question/],
    [
      "the same document twice",
      { ...withQuestions(question), "corpus.jsonl": [...corpus, ...corpus] },
      /same id "d1"/,
    ],
    [
      "a document without text",
      { ...withQuestions(question), "corpus.jsonl": [{ _id: "d1" }] },
      /cannot be read/,
    ],
    [
      "an id that cannot stand in a path",
      {
        ...withQuestions(question),
        "corpus.jsonl": [
          { _id: "../..", text: "x" },
          { _id: "\u0000", text: "x" },
        ],
      },
      /cannot be read/,
    ],
    [
      "a task without relevant documents",
      {
        "corpus.jsonl": corpus,
        "tasks.jsonl": [{ _id: "t", user_instructions: "x", required_documents: [] }],
      },
      /tasks.jsonl:1/,
    ],
  ])("a set with %s is refused", async (_, files, reason) => {
    const folder = files ? folderOf(files) : path.join(root, "nowhere");
    const failure = await readSet(folder).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CommandError);
    expect(String(failure)).toMatch(reason);
  });

  it("a set of utterances accepts no other file of questions", async () => {
    const folder = folderOf({ "data.jsonl": utterances("refund", 8) });
    await expect(readSet(folder, { questionFile: "mine.jsonl" })).rejects.toThrow(/no documents/);
  });

  it("a set with a file that is not UTF-8 is refused", async () => {
    const folder = folderOf(withQuestions(question));
    writeFileSync(path.join(folder, "golden.jsonl"), Buffer.from([0x7b, 0xff, 0xfe, 0x7d]));
    await expect(readSet(folder)).rejects.toThrow(/not UTF-8/);
  });
});

describe("conversations", () => {
  const turns = [
    {
      message: "How often do I water basil?",
      outcome: "answered",
      expected: ["d1"],
      kind: "opening",
    },
    { message: "thanks", outcome: ["small_talk", "abstained"] },
  ];
  const read = (...lines: object[]) =>
    readConversations(folderOf({ "c.jsonl": lines }), "c.jsonl", ["d1", "d2"]);

  it("conversations are read turn by turn", async () => {
    const [one] = await read({ id: "m1", topic: "plants", turns });
    expect(one?.turns.map(({ outcomes, kind }) => [outcomes, kind])).toEqual([
      [["answered"], "opening"],
      [["small_talk", "abstained"], "plain"],
    ]);
  });

  it("a turn may note its standalone question and what it replies to", async () => {
    const reply = { message: "yes", outcome: "abstained", after: "Is it?", standalone: "It is?" };
    const [one] = await read({ id: "m1", turns: [turns[0], reply] });
    expect(one?.turns[1]).toMatchObject({ after: "Is it?", standalone: "It is?" });
    expect(one?.turns[0]).toMatchObject({ after: undefined, standalone: undefined });
  });

  it.each([
    ["a single turn", { id: "m1", turns: turns.slice(0, 1) }],
    ["no turns", { id: "m1" }],
    [
      "an expected answer without relevant articles",
      { id: "m1", turns: [turns[1], { message: "x", outcome: "answered" }] },
    ],
    [
      "relevant articles for an abstention",
      { id: "m1", turns: [turns[0], { message: "x", outcome: "abstained", expected: ["d1"] }] },
    ],
    ["an unknown outcome", { id: "m1", turns: [turns[0], { message: "x", outcome: "shrugged" }] }],
    [
      "a misspelt field",
      { id: "m1", turns: [turns[0], { message: "x", outcom: "abstained", outcome: "abstained" }] },
    ],
    [
      "an article that is not in the set",
      { id: "m1", turns: [{ ...turns[0], expected: ["d7"] }, turns[1]] },
    ],
    ["an empty message", { id: "m1", turns: [turns[1], { message: " ", outcome: "abstained" }] }],
  ])("conversations with %s are refused", async (_, line) => {
    await expect(read(line)).rejects.toThrow(CommandError);
  });

  it("a set of conversations needs a file, and a unique id for each conversation", async () => {
    await expect(read({ id: "m1", turns }, { id: "m1", turns })).rejects.toThrow(/occurs twice/);
    await expect(read()).rejects.toThrow(/holds no conversation/);
    await expect(readConversations(root, "missing.jsonl", [])).rejects.toThrow(/no file/);
  });

  it("a turn of a conversation is judged by its outcome and its first citation", () => {
    const turn = {
      message: "",
      outcomes: ["answered", "clarified"],
      expected: new Set(["d1"]),
      answer: ["every day"],
      standalone: undefined,
      after: undefined,
      kind: "plain",
    };
    const say = (outcome: string, ...cited: string[]) =>
      judgeTurn(turn, {
        outcome,
        text: "Every day.",
        confidence: 1,
        citations: cited.map((external_id) => ({ external_id })),
      });
    expect(say("answered", "d1", "d2")).toMatchObject({ right: true, containsAnswer: true });
    expect(say("answered", "d2", "d1")).toMatchObject({ right: false, containsAnswer: null });
    expect(say("answered")).toMatchObject({ right: false });
    expect(say("clarified")).toMatchObject({ right: true, containsAnswer: null });
    expect(say("abstained")).toMatchObject({ right: false });
  });
});

describe("slices", () => {
  it("questions are sliced by their length in words, in any script", () => {
    expect(lengthOf("E-07")).toBe("1–4 words");
    expect(lengthOf("how do i descale it")).toBe("5–9 words");
    expect(lengthOf("word ".repeat(20))).toBe("20 words or more");
    expect(lengthOf("")).toBe("1–4 words");
  });

  it("a dimension in which all questions share one slice is left out", () => {
    const question = (id: string, topic: string) => ({
      id,
      text: "one two",
      topic,
      kind: undefined,
      language: "en",
      answerable: true,
      relevant: new Map([["d1", 1]]),
      answer: undefined,
    });
    const slices = sliceQuestions([question("a", "soil"), question("b", "light")]);
    expect(slices.map(({ dimension, slice }) => [dimension, slice])).toEqual([
      ["topic", "soil"],
      ["topic", "light"],
    ]);
  });
});
