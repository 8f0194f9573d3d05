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

it("ingests and finds documents by each leg, as the deployed application does", async () => {
  for (const legs of [["keywords"], ["vectors"], ["keywords", "vectors"]] as const) {
    const { results, failed_legs } = await search(api, "warranty of the lamp", [...legs]);
    expect(failed_legs).toEqual([]);
    expect(results[0]).toMatchObject({ external_id: "warranty", title: "Warranty" });
  }
});

it("remembers a conversation", async () => {
  const first = await chat(api, "How long can I return a lamp?");
  expect(first.answer).toMatchObject({ outcome: "answered", rung: "extractive" });
  const id = first.answer.conversation_id;
  const { body } = await api.get<{ messages: unknown[] }>(`/v1/conversations/${id}`);
  expect(body.messages).toHaveLength(2);
  const second = await chat(api, "and is the label free?", id);
  expect(second.answer.citations[0]?.external_id).toBe("returns");
});

it("refuses what the application refuses", async () => {
  const stranger = new Api({
    ...(await startInProcess(openModels(cache))),
    key: "sk_wrong",
    tries: 1,
    timeoutMs: 5000,
  });
  await expect(stranger.get("/v1/documents")).rejects.toMatchObject({ status: 401 });
});

it("computes no embedding twice, also after a run that was cut off while it wrote", async () => {
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
