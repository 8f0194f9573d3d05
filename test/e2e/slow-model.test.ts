import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { uiMessageChunkSchema, parseJsonEventStream, type UIMessageChunk } from "ai";
import { afterAll, beforeAll, expect, it } from "vitest";
import { DEMO_KEYS } from "../../local/config.ts";
import { startInstance, type Instance } from "../../local/dev/instance.ts";
import { launchBrowser, skipsBrowser } from "../support/browser.ts";
import { startGatedChatServer, type GatedChatServer } from "../support/gated-chat-server.ts";
import { request, requestJson, type Json } from "../support/http.ts";

const START_TIMEOUT_MS = 90_000;
const QUESTION = "How long does delivery to Germany take?";
const PRICE = "What does standard delivery to Germany cost?";

let state: string;
let model: GatedChatServer;
let instance: Instance;

beforeAll(async () => {
  state = await mkdtemp(path.join(tmpdir(), "edgewise-slow-model-"));
  model = await startGatedChatServer();
  instance = await startInstance({ state, localChatUrl: model.url, vectorizeDelayMs: 0 });
  await requestJson(instance.url, "PUT", "/v1/documents/shipping", {
    title: "Shipping times",
    content: "Standard delivery to Germany takes 3 working days and costs 4.90 euros.",
  });
  const status = (): Promise<Json> => requestJson(instance.url, "GET", "/v1/documents/shipping");
  while ((await status())["vectors"] !== "visible")
    await new Promise((resolve) => setTimeout(resolve, 100));
}, START_TIMEOUT_MS);

afterAll(async () => {
  await instance?.stop();
  await model?.close();
  await rm(state, { recursive: true, force: true });
});

type Parts = AsyncIterator<{ success: boolean; value?: unknown }>;

async function readTo(parts: Parts, type: string): Promise<UIMessageChunk[]> {
  const read: UIMessageChunk[] = [];
  while (read.at(-1)?.type !== type) {
    const { value, done } = await parts.next();
    if (done || !value.success) throw new Error(`No ${type} after ${JSON.stringify(read)}`);
    read.push(value.value as UIMessageChunk);
  }
  return read;
}

/** @param message each test asks in other words: an answer that a model gave today is kept */
async function startTurn(message: string, signal?: AbortSignal): Promise<Parts> {
  const options = {
    key: DEMO_KEYS.publishable,
    accept: "text/event-stream",
    ...(signal && { signal }),
  };
  const response = await request(instance.url, "POST", "/v1/chat", { message }, options);
  expect(response.status).toBe(200);
  if (!response.body) throw new Error("no body");
  const stream = parseJsonEventStream({ stream: response.body, schema: uiMessageChunkSchema });
  return stream[Symbol.asyncIterator]();
}

const messagesOf = async (id: string): Promise<unknown> =>
  ((await requestJson(instance.url, "GET", `/v1/conversations/${id}`))["messages"] as Json[]).map(
    ({ role, text, outcome, rung }) => ({ role, text, outcome, rung }),
  );

it("the first sentence is sent over HTTP while the model is still generating the second", async () => {
  const parts = await startTurn(QUESTION);
  const answer = await model.nextRequest();
  for (const piece of ["Delivery to Germany ", "takes 3 working days [1]", ". It "])
    answer.say(piece);
  expect((await readTo(parts, "text-delta")).at(-1)).toMatchObject({
    delta: "Delivery to Germany takes 3 working days [1]. ",
  });
  answer.say("costs 4.90 euros [1]");
  answer.end();
  const outcome = (await readTo(parts, "finish")).find(({ type }) => type === "data-outcome");
  expect(outcome).toMatchObject({
    data: {
      outcome: "answered",
      rung: "model",
      text: "Delivery to Germany takes 3 working days [1]. It costs 4.90 euros [1]",
      usage: { input_tokens: 50, output_tokens: 9 },
    },
  });
});

it("a turn is completed and stored when the connection closes after the first sentence", async () => {
  const leaving = new AbortController();
  const parts = await startTurn(PRICE, leaving.signal);
  const answer = await model.nextRequest();
  answer.say("Delivery to Germany takes 3 working days [1]. It ");
  const [start] = await readTo(parts, "text-delta");
  const { conversation_id: id } = (start as { messageMetadata: { conversation_id: string } })
    .messageMetadata;
  leaving.abort();
  // Long enough for the disconnect to have reached the Worker.
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(answer.disconnected()).toBe(false);
  answer.say("costs 4.90 euros [1].");
  answer.end();
  await expect
    .poll(() => messagesOf(id), { timeout: 10_000 })
    .toEqual([
      { role: "visitor", text: PRICE, outcome: null, rung: null },
      {
        role: "assistant",
        text: "Delivery to Germany takes 3 working days [1]. It costs 4.90 euros [1].",
        outcome: "answered",
        rung: "model",
      },
    ]);
});

it.skipIf(skipsBrowser)(
  "the page stops an answer at the server, and shows it as stopped, after a reload, too",
  async () => {
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      await page.goto(`${instance.url}/?key=${DEMO_KEYS.publishable}`);
      const ask = async (text: string): Promise<void> => {
        await page.getByRole("textbox").fill(text);
        await page.getByRole("button", { name: "Send" }).click();
      };
      await ask("Hello");
      await page.locator(".answer[data-state=small_talk]").waitFor();
      await ask("How many days does standard delivery to Germany take?");
      const answer = await model.nextRequest();
      answer.say("Delivery to Germany takes 3 working days [1]. It ");
      await page.getByText("takes 3 working days").waitFor();
      await page.getByRole("button", { name: "Stop" }).click();
      await page.getByText("You stopped this answer").waitFor();
      await expect.poll(answer.disconnected).toBe(true);
      await page.reload();
      await page.getByText("You stopped this answer").waitFor();
      expect(await page.locator(".answer .text").last().textContent()).toContain("3 working days");
    } finally {
      await browser.close();
    }
  },
);
