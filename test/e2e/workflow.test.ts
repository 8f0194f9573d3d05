import { expect, inject, it } from "vitest";
import { DEMO_KEYS } from "../../local/config.ts";
import { request, requestJson, type Json } from "../support/http.ts";

const url = inject("url");

const ask = (message: string): Promise<Json> =>
  requestJson(url, "POST", "/v1/chat", { message }, { key: DEMO_KEYS.publishable });
const citedBy = (answer: Json): unknown[] =>
  (answer["citations"] as Json[]).map(({ external_id }) => external_id);

it("questions are answered from a document between its upload and its deletion, and never after", async () => {
  const id = `e2e/quartz-${Date.now()}`;
  const path = `/v1/documents/${encodeURIComponent(id)}`;
  const question = "What does the quartz sundial adapter cost?";
  expect(citedBy(await ask(question))).not.toContain(id);

  const write = (content: string): Promise<Response> =>
    request(url, "PUT", path, { title: "Quartz sundial adapter", content });
  const accepted = await write("The quartz sundial adapter costs 37 euros.");
  expect(accepted.status).toBe(202);
  expect(await accepted.json()).toMatchObject({
    external_id: id,
    status: "pending",
    version: 1,
    unchanged: false,
  });
  const status = async (): Promise<unknown> => (await requestJson(url, "GET", path))["status"];
  await expect.poll(status, { timeout: 20_000 }).toBe("live");

  const answer = await ask(question);
  expect(answer).toMatchObject({ outcome: "answered", rung: "extractive" });
  expect(citedBy(answer)[0]).toBe(id);
  expect(answer["text"]).toContain("37 euros");

  expect(await (await write("The quartz sundial adapter costs 37 euros.")).json()).toMatchObject({
    unchanged: true,
  });
  await write("The quartz sundial adapter costs 41 euros.");
  await expect
    .poll(async () => (await ask(question))["text"], { timeout: 20_000 })
    .toContain("41 euros");

  expect((await request(url, "DELETE", path)).ok).toBe(true);
  const after = await ask(question);
  expect(citedBy(after)).not.toContain(id);
  expect(after["text"]).not.toContain("41 euros");
});
