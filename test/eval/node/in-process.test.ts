import { appendFileSync, mkdtempSync, rmSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Api } from "../../../cli/api.ts";
import { chat, search } from "../../../eval/ask.ts";
import { openModels } from "../../../eval/in-process/embeddings.ts";
import { startInProcess } from "../../../eval/in-process/instance.ts";
import { ingest } from "../../../eval/target.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "edgewise-in-process-"));
const cache = path.join(folder, "embeddings.bin");
let api: Api;

const documents = [
  {
    external_id: "returns",
    title: "Returns",
    content: "You can return a lamp within 30 days of delivery. The label is free.",
    content_type: "text/plain",
  },
  {
    external_id: "warranty",
    title: "Warranty",
    content: "The warranty on the lamp lasts 2 years in the United States.",
    content_type: "text/plain",
  },
];

beforeAll(async () => {
  const instance = await startInProcess(openModels(cache));
  api = new Api({ ...instance, key: "sk_local_demo", tries: 1, timeoutMs: 60_000 });
  expect(await ingest(api, documents, 1)).toEqual([]);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

it("the in-process instance ingests documents and finds them by each leg, as the deployed application does", async () => {
  for (const legs of [["keywords"], ["vectors"], ["keywords", "vectors"]] as const) {
    const { results, failed_legs } = await search(api, "warranty of the lamp", [...legs]);
    expect(failed_legs).toEqual([]);
    expect(results[0]).toMatchObject({ external_id: "warranty", title: "Warranty" });
  }
});

it("the in-process instance shows no vector of pending documents, and finds them by keywords", async () => {
  const instance = await startInProcess(openModels(cache), {}, { pending: 1 });
  const fresh = new Api({ ...instance, key: "sk_local_demo", tries: 1, timeoutMs: 60_000 });
  expect(await ingest(fresh, documents, 1, 1)).toEqual([]);
  expect((await search(fresh, "warranty of the lamp", ["vectors"])).results).toEqual([]);
  expect((await search(fresh, "warranty of the lamp", ["keywords"])).results).not.toEqual([]);
});

it("the in-process instance remembers a conversation", async () => {
  const first = await chat(api, "How long can I return a lamp?");
  expect(first.answer).toMatchObject({ outcome: "answered", rung: "extractive" });
  const id = first.answer.conversation_id;
  const { body } = await api.get<{ messages: unknown[] }>(`/v1/conversations/${id}`);
  expect(body.messages).toHaveLength(2);
  const second = await chat(api, "and is the label free?", id);
  expect(second.answer.citations[0]?.external_id).toBe("returns");
});

it("the in-process instance refuses what the deployed application refuses", async () => {
  const stranger = new Api({
    ...(await startInProcess(openModels(cache))),
    key: "sk_wrong",
    tries: 1,
    timeoutMs: 5000,
  });
  await expect(stranger.get("/v1/documents")).rejects.toMatchObject({ status: 401 });
});

it("the embedding cache computes nothing twice, also after a run was killed during a write", async () => {
  appendFileSync(cache, "torn");
  const never = () => () => {
    throw new Error("computed");
  };
  const { size } = statSync(cache);
  const instance = await startInProcess(openModels(cache, never));
  const again = new Api({ ...instance, key: "sk_local_demo", tries: 1, timeoutMs: 5000 });
  expect(await ingest(again, documents, 1)).toEqual([]);
  expect(statSync(cache).size).toBe(size - "torn".length);
});
