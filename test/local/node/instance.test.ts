import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chooseEmbedding } from "../../../local/dev/embedding-server.ts";
import { startInstance, type Instance } from "../../../local/dev/instance.ts";
import {
  embedNgrams,
  NGRAM_DIMENSIONS,
  NGRAM_MODEL,
  startEmbeddingServer,
  type EmbeddingServerStub,
} from "../../support/embedding-server.ts";
import {
  COMPLETION,
  startStubChatServer,
  type StubChatServer,
} from "../../support/stub-chat-server.ts";

const CHAT_MODEL = "@cf/zai-org/glm-4.7-flash";
const START_TIMEOUT_MS = 90_000;
const PAUSE_MS = 150;
const ONES = Array.from({ length: NGRAM_DIMENSIONS }, () => 1);

let state: string;
let chatServer: StubChatServer;
let embeddingServer: EmbeddingServerStub;
let instance: Instance;

const start = async (): Promise<Instance> =>
  startInstance({
    state,
    main: path.join(import.meta.dirname, "../../support/fixture-app.ts"),
    embeddings: path.join(state, "shared-embeddings"),
    vectorizeDelayMs: 0,
    localChatUrl: chatServer.url,
    localChatKey: "local-secret",
    localChatModel: "tiny",
    embedding: await chooseEmbedding({
      LOCAL_EMBEDDING_URL: embeddingServer.url,
      LOCAL_EMBEDDING_MODEL: NGRAM_MODEL,
    }),
  });

beforeAll(async () => {
  state = await mkdtemp(path.join(tmpdir(), "edgewise-instance-"));
  chatServer = await startStubChatServer(PAUSE_MS);
  embeddingServer = await startEmbeddingServer();
  instance = await start();
}, START_TIMEOUT_MS);

afterAll(async () => {
  await instance?.stop();
  await chatServer?.close();
  await embeddingServer?.close();
  await rm(state, { recursive: true, force: true });
});

function call(binding: "AI" | "VECTORIZE", method: string, ...args: unknown[]): Promise<Response> {
  return fetch(`${instance.url}/call`, {
    method: "POST",
    body: JSON.stringify({ binding, method, args }),
  });
}

const chat = (inputs: object = {}): Promise<Response> =>
  call("AI", "run", CHAT_MODEL, {
    messages: [{ role: "user", content: "Count" }],
    max_tokens: 9,
    ...inputs,
  });

describe("text generation by an OpenAI-compatible server", () => {
  it("forwards the request and returns the completion", async () => {
    const response = await chat({ temperature: 0.1, gateway: "not for the server" });
    expect(await response.json()).toEqual(COMPLETION);
    expect(chatServer.requests.at(-1)).toEqual({
      url: "/v1/chat/completions",
      authorization: "Bearer local-secret",
      body: {
        model: "tiny",
        messages: [{ role: "user", content: "Count" }],
        max_tokens: 9,
        temperature: 0.1,
      },
    });
  });

  it("streams as the server writes, and asks for the usage", async () => {
    const started = Date.now();
    const response = await chat({ stream: true });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    let firstAt = 0;
    for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
      firstAt ||= Date.now() - started;
      text += read.value;
    }
    expect(Date.now() - started - firstAt).toBeGreaterThan(PAUSE_MS * 2 - 50);
    expect(text.match(/"content":"[a-z ]*"/g)).toEqual([
      '"content":"one "',
      '"content":"two "',
      '"content":"three"',
    ]);
    expect(text).toContain('"usage":{"prompt_tokens":7');
    expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
    expect(chatServer.requests.at(-1)?.body).toMatchObject({
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it("lets go of the server when the reader goes away", async () => {
    const response = await chat({ stream: true });
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    await expect.poll(() => chatServer.aborted, { timeout: 5000 }).toBe(true);
  });

  it.each([
    [429, "3040: Capacity temporarily exceeded, please try again."],
    [503, "3040: Capacity temporarily exceeded, please try again."],
    [504, "3007: Request timeout"],
    [404, `5007: No such model ${CHAT_MODEL} or task`],
    [500, "error code: 1031"],
  ])("turns a %i into Workers AI's error", async (status, message) => {
    chatServer.status = status;
    const response = await chat();
    chatServer.status = 200;
    expect(await response.json()).toEqual({ name: "InferenceUpstreamError", message });
  });

  it("has no reranker", async () => {
    const response = await call("AI", "run", "@cf/baai/bge-reranker-base", {
      query: "a",
      contexts: [{ text: "b" }],
    });
    expect(await response.json()).toMatchObject({
      message: expect.stringContaining("5007: No such model @cf/baai/bge-reranker-base"),
    });
  });
});

describe("an instance", () => {
  it("has the migrations and the development keys, and its cron has run", async () => {
    const { results } = (await (await fetch(`${instance.url}/keys`)).json()) as {
      results: object[];
    };
    const hash = (key: string): string => createHash("sha256").update(key).digest("hex");
    expect(results).toEqual([
      { kind: "publishable", hash: hash("pk_local_demo"), scopes: '["chat"]' },
      {
        kind: "secret",
        hash: hash("sk_local_demo"),
        scopes: '["chat","documents","insight","admin"]',
      },
    ]);
    expect(await (await fetch(`${instance.url}/health`)).json()).toEqual({ crons: 1 });
  });

  it("computes real embeddings", async () => {
    const response = await call("AI", "run", "@local/all-minilm-l6-v2", { text: "hello" });
    expect(await response.json()).toMatchObject({ shape: [1, 384], pooling: "mean" });
  });

  it("forwards embeddings to a server, and its index takes that model's vectors", async () => {
    const response = await call("AI", "run", "@local/ngrams:256", { text: ["hello"] });
    const { data, shape } = (await response.json()) as { data: number[][]; shape: number[] };
    expect(shape).toEqual([1, NGRAM_DIMENSIONS]);
    expect(data[0]).toEqual(embedNgrams("hello").map(Math.fround));
    await call("VECTORIZE", "upsert", [{ id: "forwarded", values: data[0] }]);
    const found = await call("VECTORIZE", "query", data[0], { topK: 1 });
    expect(await found.json()).toMatchObject({ matches: [{ id: "forwarded" }] });
    await call("VECTORIZE", "deleteByIds", ["forwarded"]);
  });

  it("refuses to start with another embedding model on the same stored data", async () => {
    await expect(startInstance({ state })).rejects.toThrow(/holds vectors of @local\/ngrams:256/);
  });

  it(
    "keeps its vectors over a restart and leaves no process behind",
    async () => {
      await call("VECTORIZE", "upsert", [{ id: "kept", values: ONES }]);
      await instance.stop();
      expect(processesUsing(state)).toEqual([]);
      instance = await start();
      const found = await call("VECTORIZE", "query", ONES, { topK: 1 });
      expect(await found.json()).toMatchObject({ count: 1, matches: [{ id: "kept" }] });
    },
    START_TIMEOUT_MS,
  );

  it("says so when its port is taken", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    await expect(startInstance({ port, state })).rejects.toThrow(`Port ${port} is in use`);
    server.close();
  });

  it(
    "fails with wrangler's own words when the application does not build",
    async () => {
      const broken = await mkdtemp(path.join(tmpdir(), "edgewise-broken-"));
      const starting = startInstance({ state: broken, main: path.join(broken, "no-such-file.ts") });
      await expect(starting).rejects.toThrow(/no-such-file\.ts/);
      expect(processesUsing(broken)).toEqual([]);
      await rm(broken, { recursive: true, force: true });
    },
    START_TIMEOUT_MS,
  );
});

function processesUsing(folder: string): string[] {
  const lines = execFileSync("ps", ["-eo", "pid,args"], { encoding: "utf8" }).split("\n");
  return lines.filter((line) => line.includes(folder));
}
