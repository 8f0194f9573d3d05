import { beforeAll, expect, it } from "vitest";
import { ask, call, createWorkspace, type Workspace } from "../support/workspace.ts";
import { foundBy, search } from "../support/pipeline.ts";

const ARTICLES = {
  trainers: {
    title: "Washing trainers",
    content: "Trainers can be washed by hand with lukewarm water and dried in the shade.",
  },
  hats: {
    title: "Storing hats",
    content: "Hats keep their shape in the round box that they were delivered in.",
  },
};

let workspace: Workspace;
let other: Workspace;
beforeAll(async () => {
  [workspace, other] = await Promise.all([createWorkspace(ARTICLES), createWorkspace(ARTICLES)]);
});

async function put(synonyms: unknown, key = workspace.secret): Promise<Response> {
  return call(key, "PUT", "/v1/synonyms", { synonyms });
}

it("synonyms take effect at once, and in their own workspace only", async () => {
  const question = "laundering sneakers";
  expect(await foundBy("keywords", workspace, question)).toEqual([]);
  const stored = await put([
    ["Sneakers", "trainers", "running shoes"],
    ["laundering", "WASHING"],
  ]);
  expect(await stored.json()).toEqual({
    synonyms: [
      ["sneakers", "trainers", "running shoes"],
      ["laundering", "washing"],
    ],
  });
  expect(await foundBy("keywords", workspace, question)).toEqual(["trainers"]);
  expect(await foundBy("keywords", workspace, "my running shoes")).toEqual(["trainers"]);
  expect(await foundBy("keywords", other, question)).toEqual([]);

  const [ours, theirs] = await Promise.all([search(workspace, question), search(other, question)]);
  expect(ours.answerability).toBeGreaterThan(theirs.answerability);
  const { citations } = await ask(workspace, "How do I do the laundering of sneakers by hand?");
  expect(citations.map(({ external_id }) => external_id)).toEqual(["trainers"]);

  await put([]);
  expect(await foundBy("keywords", workspace, question)).toEqual([]);
  const empty = await call(workspace.secret, "GET", "/v1/synonyms");
  expect(await empty.json()).toEqual({ synonyms: [] });
});

it.each<[string, unknown]>([
  [
    "a term in two groups",
    [
      ["a1", "b1"],
      ["B1", "c1"],
    ],
  ],
  ["a term twice in a group", [["a1", "A1"]]],
  ["a group of one", [["a1"]]],
  ["a term without words", [["a1", "—"]]],
  ["a sentence", [["a1", "one two three four"]]],
  ["something else", [["a1", 7]]],
  ["no list", "a"],
])("PUT /v1/synonyms refuses %s and keeps what was stored", async (_, synonyms) => {
  await put([["kept", "held"]]);
  const response = await put(synonyms);
  expect(response.status).toBe(422);
  expect(await response.json()).toMatchObject({ code: "validation_failed" });
  const stored = await call(workspace.secret, "GET", "/v1/synonyms");
  expect(await stored.json()).toEqual({ synonyms: [["kept", "held"]] });
});

it("operators and quotes in a synonym are treated as words", async () => {
  await put([['NEAR("x"', "trainers OR hats"]]);
  expect(await foundBy("keywords", workspace, "near x")).toEqual([]);
  expect((await put([["x", 'trainers" OR body : "hats']], workspace.publishable)).status).toBe(403);
});
