import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Api } from "../../../cli/api.ts";
import { chat, search } from "../../../eval/ask.ts";
import { openModels } from "../../../eval/in-process/embeddings.ts";
import { startInProcess } from "../../../eval/in-process/instance.ts";
import { ingest } from "../../../eval/target.ts";
import { readArticles } from "../../../local/dev/demo-articles.ts";
import { loadDemo } from "../../../local/dev/demo.ts";
import { noteEmbeddingModel } from "../../../local/dev/note-embedding-model.ts";
import {
  chooseEmbedding,
  embeddingVars,
  OWN_EMBEDDING,
  readVars,
  type ChosenEmbedding,
} from "../../../local/dev/embedding-server.ts";
import { ROOT } from "../../../local/dev/root.ts";
import { embeddingModel } from "../../../src/models/table.ts";
import { parseConfig } from "../../../src/runtime/config.ts";
import {
  embedNgrams,
  NGRAM_DIMENSIONS,
  NGRAM_MODEL,
  startEmbeddingServer,
  type EmbeddingServerStub,
} from "../../support/embedding-server.ts";

const ID = "@local/ngrams:256";
let folder: string;
let server: EmbeddingServerStub;
let embedding: ChosenEmbedding;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "edgewise-embedding-"));
  server = await startEmbeddingServer();
  embedding = await chooseEmbedding(environment());
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  server.status = 200;
  server.incomplete = false;
  server.inputs = [];
});

const environment = (): Record<string, string> => ({
  LOCAL_EMBEDDING_URL: server.url,
  LOCAL_EMBEDDING_MODEL: NGRAM_MODEL,
  LOCAL_EMBEDDING_KEY: "local-secret",
});

let caches = 0;
const models = (): Ai =>
  openModels(path.join(folder, `cache-${(caches += 1)}.bin`), undefined, embedding);
const embed = (ai: Ai, text: unknown): Promise<unknown> =>
  ai.run(ID as never, { text } as never) as Promise<unknown>;

describe("an OpenAI-compatible server's embeddings", () => {
  it("are those of the server, in the order of the texts, in the shape of Workers AI", async () => {
    const texts = ["Return a lamp", "Cancel the subscription", "The colour of the moon"];
    const expected = texts.map((text) => embedNgrams(text).map(Math.fround));
    expect(await embed(models(), texts)).toEqual({
      shape: [3, NGRAM_DIMENSIONS],
      data: expected,
      pooling: "mean",
    });
    expect(server.inputs).toEqual([texts]);
    expect(server.authorizations.at(-1)).toBe("Bearer local-secret");
  });

  it("are asked for once a text", async () => {
    const ai = models();
    const first = await embed(ai, ["one", "two"]);
    expect(await embed(ai, ["one", "two"])).toEqual(first);
    await embed(ai, ["two", "three"]);
    expect(server.inputs).toEqual([["one", "two"], ["three"]]);
  });

  it.each([
    [429, "3040: Capacity temporarily exceeded, please try again."],
    [503, "3040: Capacity temporarily exceeded, please try again."],
    [504, "3007: Request timeout"],
    [404, `5007: No such model ${ID} or task`],
    [400, /^5006: /],
    [500, "error code: 1031"],
  ])("fail with Workers AI's error where the server answers %i", async (status, message) => {
    server.status = status;
    await expect(embed(models(), ["one"])).rejects.toThrow(message);
  });

  it("fail where the server leaves one out, and nothing is remembered", async () => {
    const ai = models();
    server.incomplete = true;
    await expect(embed(ai, ["one", "two"])).rejects.toThrow("error code: 1031");
    server.incomplete = false;
    await embed(ai, ["one", "two"]);
    expect(server.inputs.at(-1)).toEqual(["one", "two"]);
  });

  it("have the limits of Workers AI", async () => {
    await expect(
      embed(
        models(),
        Array.from({ length: 101 }, () => "one"),
      ),
    ).rejects.toThrow(/5006.*<= 100/);
    await expect(embed(models(), [""])).rejects.toThrow(/5006/);
    expect(server.inputs).toEqual([]);
  });

  it("carry the search of an instance", async () => {
    const instance = await startInProcess(models(), {}, { embedding });
    const api = new Api({ ...instance, key: "sk_local_demo", tries: 1, timeoutMs: 60_000 });
    const documents = [
      { external_id: "returns", title: "Returns", content: "Return a lamp within 30 days." },
      { external_id: "warranty", title: "Warranty", content: "The warranty lasts 2 years." },
    ].map((document) => ({ ...document, content_type: "text/plain" }));
    expect(await ingest(api, documents, 1)).toEqual([]);
    const { results } = await search(api, "returning lamps", ["vectors"]);
    expect(results[0]).toMatchObject({ external_id: "returns" });
    expect(server.inputs.flat().some((text) => text.includes("within 30 days"))).toBe(true);
  });
});

describe("choosing an embedding model", () => {
  it("measures the dimensions, and describes the model to the application", () => {
    expect(embedding).toMatchObject({ id: ID, dimensions: NGRAM_DIMENSIONS });
    const given = { [ID]: { queryPrefix: "query: ", dimensions: 5 } };
    const vars = embeddingVars(embedding, { EMBEDDING_MODELS: JSON.stringify(given) });
    expect(parseConfig(vars).embeddingModel).toBe(ID);
    expect(embeddingModel(ID)).toMatchObject({
      dimensions: NGRAM_DIMENSIONS,
      queryPrefix: "query: ",
    });
  });

  it.each([
    ["a model without a server", { LOCAL_EMBEDDING_URL: "" }, /go together/],
    ["a server without a model", { LOCAL_EMBEDDING_MODEL: "" }, /go together/],
    ["no address", { LOCAL_EMBEDDING_URL: "localhost" }, /takes an http/],
    [
      "an address where nothing answers",
      { LOCAL_EMBEDDING_URL: "http://127.0.0.1:9/v1" },
      /127\.0\.0\.1:9.*Is it running/s,
    ],
    [
      "a model that the server lacks",
      { LOCAL_EMBEDDING_MODEL: "other" },
      /with the model other: 5007/,
    ],
  ])("says what is wrong with %s", async (_, changed, message) => {
    await expect(chooseEmbedding({ ...environment(), ...changed })).rejects.toThrow(message);
  });

  it.each([
    ["is missing", undefined],
    ["is no JSON", "{"],
    ["holds a number", '{"EMBEDDING_MODEL": 1}'],
    ["is a list", "[1]"],
    ["is null", "null"],
  ])("says so when the file of LOCAL_VARS %s", async (name, text) => {
    const file = path.join(folder, `${name}.json`);
    if (text !== undefined) await writeFile(file, text);
    await expect(readVars({ LOCAL_VARS: file })).rejects.toThrow(/^LOCAL_VARS: .*\.json/);
  });
});

describe("a folder of stored data", () => {
  const claimed = (name: string, model: ChosenEmbedding): Promise<void> =>
    noteEmbeddingModel(path.join(folder, name), model);

  it("keeps its embedding model, and says what to do with another one", async () => {
    await claimed("a", embedding);
    await claimed("a", embedding);
    const message =
      /holds vectors of @local\/ngrams:256 \(256 dimensions\).*all-minilm.*EDGEWISE_STATE/s;
    await expect(claimed("a", OWN_EMBEDDING)).rejects.toThrow(message);
    await expect(claimed("a", { ...embedding, dimensions: 8 })).rejects.toThrow(/8 dimensions/);
    await claimed("a", embedding);
  });

  it("from before models were noted holds vectors of the local model", async () => {
    await claimed("b", OWN_EMBEDDING);
    await rm(path.join(folder, "b/embedding.json"));
    await writeFile(path.join(folder, "b/database.sha256"), "0");
    await expect(claimed("b", embedding)).rejects.toThrow(/holds vectors of @local\/all-minilm/);
    await claimed("b", OWN_EMBEDDING);
  });
});

it("one command measures a server's model, fits the decision for it, and writes variables that the application takes", async () => {
  const file = path.join(folder, "fitted.json");
  await promisify(execFile)(
    process.execPath,
    ["--no-warnings", "eval/fit-decision.ts", "demo", "--embedding", file],
    { cwd: ROOT, env: { ...process.env, ...environment() } },
  );
  const vars = await readVars({ LOCAL_VARS: file });
  const { embeddingModel: id, releaseOverlays } = parseConfig(vars);
  expect(id).toBe(ID);
  const { unrelatedCosine, matchingCosine } = embeddingModel(id);
  // Trigrams of any two English texts have much in common, so the range begins far above that of the local model.
  expect(unrelatedCosine).toBeGreaterThan(0.3);
  expect(matchingCosine).toBeGreaterThan(unrelatedCosine + 0.1);
  expect(releaseOverlays[0]).toMatchObject({
    decision: {
      weights: { similarity: expect.any(Number) },
      thresholds: { answer: expect.any(Number) },
    },
  });

  const instance = await startInProcess(models(), vars, { embedding });
  const api = new Api({ ...instance, key: "sk_local_demo", tries: 1, timeoutMs: 60_000 });
  const lines: string[] = [];
  await loadDemo(api, await readArticles(path.join(ROOT, "demo/articles")), (line) =>
    lines.push(line),
  );
  expect(lines.filter((line) => line.startsWith("Warning"))).toEqual([]);
  const { answer } = await chat(api, "Who won the world championship in chess?");
  expect(answer.outcome).not.toBe("answered");
}, 300_000);
