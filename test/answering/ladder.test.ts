import { env } from "cloudflare:workers";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { ChatScript } from "../../local/faults.ts";
import type { ChatResult } from "../../src/protocols/chat-schema.ts";
import {
  brokenAfter,
  openAiStream,
  recordedChats,
  workersAiStream,
} from "../support/chat-script.ts";
import { readTurn, type ReadTurn } from "../support/ui-client.ts";
import {
  ask,
  call,
  CHAT_MODEL,
  createWorkspace,
  expectVerified,
  HELP_CENTRE,
  readConversation,
  SMALL_CHAT_MODEL,
  type Workspace,
} from "../support/workspace.ts";

const GERMANY = "How long does delivery to Germany take?";
const ANSWER = ["Delivery to Germany takes ", "3 working", " days [", "1", "]."];
const FULL_ANSWER = "Delivery to Germany takes 3 working days [1].";
const MODELS = { CHAT_MODEL, SMALL_CHAT_MODEL };

let workspace: Workspace;
const warned = vi.spyOn(console, "warn");

beforeAll(async () => {
  workspace = await createWorkspace(HELP_CENTRE);
});
beforeEach(async () => {
  await env.CONTROL.reset();
  // A test without a model must not be served the cached answer of an earlier test.
  await env.DB.prepare(`DELETE FROM cached_answers`).run();
  warned.mockReset().mockImplementation(() => undefined);
});
afterAll(() => warned.mockRestore());

async function streamed(
  script?: ChatScript,
  models: Partial<typeof MODELS> = { CHAT_MODEL },
): Promise<ReadTurn> {
  if (script) await env.CONTROL.scriptChat(script);
  const body = { message: GERMANY };
  const options = { overrides: models };
  const turn = await readTurn(await call(workspace.publishable, "POST", "/v1/chat", body, options));
  await expectVerified(workspace, turn.outcome);
  return turn;
}

describe("a model's answer", () => {
  it.each([
    ["Workers AI", workersAiStream(ANSWER, { prompt_tokens: 1000, completion_tokens: 50 })],
    ["OpenAI", openAiStream(ANSWER, { prompt_tokens: 1000, completion_tokens: 50 })],
  ])(
    "a model's answer in the shape of %s is streamed and verified, and its cost is in the ledger",
    async (_, script) => {
      const { outcome, texts, parts } = await streamed(script);
      expect(outcome).toMatchObject({
        text: FULL_ANSWER,
        outcome: "answered",
        rung: "model",
        model: CHAT_MODEL,
        usage: { input_tokens: 1000, output_tokens: 50 },
        citations: [{ n: 1, external_id: "shipping" }],
      });
      expect(texts).toEqual([FULL_ANSWER]);
      expect(parts.filter(({ type }) => type === "text-delta").length).toBeGreaterThan(0);
      // 1,000 × $0.06 and 50 × $0.40 per million tokens.
      await expect
        .poll(() => ledgerRow(outcome))
        .toMatchObject({
          workspace_id: workspace.id,
          outcome: "answered",
          rung: "model",
          model: CHAT_MODEL,
          input_tokens: 1000,
          output_tokens: 50,
          cost_micro_usd: 80,
        });
    },
  );

  it("a model is asked to answer without reasoning, which would use up the tokens of the answer", async () => {
    await streamed(openAiStream(ANSWER));
    const [asked] = await recordedChats();
    expect(asked).toMatchObject({
      model: CHAT_MODEL,
      inputs: { stream: true, chat_template_kwargs: { enable_thinking: false } },
    });
  });

  it("a turn takes four sequential waits on bindings and two AI calls; five and three, one of them to complete it, if it depends on the one before; three and one with a kept answer", async () => {
    const ids: (string | undefined)[] = [undefined];
    for (let turn = 0; turn < 3; turn++) {
      if (turn > 0) await env.CONTROL.scriptChat(openAiStream(["How long is delivery to Canada?"]));
      await env.CONTROL.scriptChat(openAiStream(ANSWER));
      const conversation_id = ids.at(-1);
      const body = {
        message: turn === 0 ? GERMANY : "And to Canada?",
        ...(conversation_id && { conversation_id }),
      };
      const result = await ask(workspace, body, { CHAT_MODEL });
      expect(result).toMatchObject({ outcome: "answered", rung: "model" });
      const calls = turn === 0 ? { ai: 2, sequential: 4 } : { ai: 3, sequential: 5 };
      expect(result.binding_calls).toMatchObject(calls);
      ids.push(result.conversation_id);
    }
    expect(new Set(ids.slice(1)).size).toBe(1);
    const again = await ask(workspace, GERMANY, { CHAT_MODEL });
    expect(again).toMatchObject({ rung: "cached", binding_calls: { ai: 1, sequential: 3 } });
  });

  it.each<[what: string, pieces: string[]]>([
    ["alone", ["NO_ANSWER"]],
    ["in pieces", ["N", "O", "_ANS", "WER"]],
    ["with white space and a full stop", ["\n ", "NO_ANSWER", ".", "\n"]],
    ["with a reason", ["NO_ANSWER", " because the sources say nothing about it [1]."]],
  ])(
    "a model's reply that there is no answer, %s, becomes an abstention and is never shown",
    async (_, pieces) => {
      const { outcome, texts } = await streamed(openAiStream(pieces));
      expect(outcome).toMatchObject({ outcome: "abstained", rung: "model", citations: [] });
      expect(outcome.usage).toEqual({ input_tokens: 100, output_tokens: 20 });
      expect(texts).toHaveLength(1);
      expect(texts.join()).not.toMatch(/NO_|because/);
      const { messages } = await readConversation(workspace, outcome.conversation_id);
      expect(messages.at(-1)).toMatchObject({ text: outcome.text, outcome: "abstained" });
    },
  );

  it("an answer that only begins like a refusal is shown", async () => {
    const { outcome } = await streamed(
      openAiStream(["NO", "_", " wait: delivery to Germany takes 3 working days [1]"]),
    );
    expect(outcome.outcome).toBe("answered");
    expect(outcome.text).toContain("NO_ wait");
  });

  it.each<[what: string, pieces: string[]]>([
    ["cites nothing", ["Delivery to Germany takes 3 working days."]],
    ["cites a source that does not exist", ["Delivery to Germany takes 3 working days [9]."]],
    ["cites a source that says something else", ["Elephants eat grass and leaves [1]."]],
    ["states another number", ["Delivery to Germany takes 5 working days [1]."]],
  ])("an answer that %s is replaced by an abstention", async (_, pieces) => {
    const { outcome, texts } = await streamed(openAiStream(pieces));
    expect(outcome).toMatchObject({ outcome: "abstained", citations: [] });
    expect(outcome.text).not.toMatch(/working|Elephants/);
    // What was streamed is void, and the part that replaces it is the last.
    expect(texts).toHaveLength(2);
    const { messages } = await readConversation(workspace, outcome.conversation_id);
    expect(messages.at(-1)?.text).toBe(outcome.text);
  });

  it("an answer keeps its supported citations and loses the others", async () => {
    const pieces = [
      FULL_ANSWER,
      " Standard delivery costs 4.90 euros 【1】.",
      " Elephants eat grass [1][7].",
    ];
    const { outcome } = await streamed(openAiStream(pieces));
    expect(outcome.outcome).toBe("answered");
    expect(outcome.text.match(/\[\d+\]/g)).toEqual(["[1]", "[1]"]);
    expect(outcome.citations).toHaveLength(1);
  });
});

it("what a model promises is neither shown nor stored, and an answer that only promises is none", async () => {
  const promising = ["I have forwarded ", "your request [1]. ", FULL_ANSWER];
  const { outcome, texts, parts } = await streamed(openAiStream(promising));
  expect(outcome.text).toBe(FULL_ANSWER);
  expect(texts).toEqual([FULL_ANSWER]);
  expect(JSON.stringify(parts)).not.toContain("forwarded");
  const only = await streamed(openAiStream(["Your parcel was refunded today [1]."]));
  expect(only.outcome.rung).not.toBe("model");
  expect(only.outcome.text).not.toContain("refunded");
});

describe("the ladder", () => {
  const capacity = { binding: "ai", kind: "capacity" } as const;

  it("the extractive rung answers when the model fails before its first word", async () => {
    await env.CONTROL.failNext({ ...capacity, model: CHAT_MODEL });
    const failed = await streamed();
    await env.CONTROL.failNext({ binding: "ai", kind: "timeout", model: CHAT_MODEL });
    const late = await streamed();
    const unknown = await streamed(undefined, { CHAT_MODEL: "@cf/retired/model" });
    for (const { outcome, texts } of [failed, late, unknown]) {
      expect(outcome).toMatchObject({ outcome: "answered", rung: "extractive", model: null });
      expect(texts).toHaveLength(1);
    }
    await expect
      .poll(() => ledgerRow(failed.outcome))
      .toMatchObject({ rung: "extractive", model: null, cost_micro_usd: 0 });
  });

  it("a model that is out of capacity is asked once more", async () => {
    await env.CONTROL.failNext({ ...capacity, model: CHAT_MODEL });
    const { outcome, texts } = await streamed(openAiStream(ANSWER), MODELS);
    expect(outcome).toMatchObject({ rung: "model", model: CHAT_MODEL, text: FULL_ANSWER });
    expect(texts).toEqual([FULL_ANSWER]);
    await env.CONTROL.failNext({ ...capacity, model: CHAT_MODEL, times: 2 });
    await env.DB.prepare(`DELETE FROM cached_answers`).run();
    const script = { ...openAiStream(ANSWER), model: SMALL_CHAT_MODEL };
    expect((await streamed(script, MODELS)).outcome.rung).toBe("small_model");
  });

  it("a model that has failed five times in a row is left alone, and the next rung answers at once", async () => {
    for (let failure = 0; failure < 5; failure++) {
      await env.CONTROL.failNext({ binding: "ai", kind: "timeout", model: CHAT_MODEL });
      await env.DB.prepare(`DELETE FROM cached_answers`).run();
      expect((await streamed()).outcome.rung).toBe("extractive");
    }
    const { outcome } = await streamed(openAiStream(ANSWER));
    expect(outcome).toMatchObject({ rung: "extractive", binding_calls: { ai: 1 } });
  });

  it("the smaller model answers when the model fails before its first word", async () => {
    await env.CONTROL.failNext({ ...capacity, model: CHAT_MODEL });
    const script = { ...openAiStream(ANSWER), model: SMALL_CHAT_MODEL };
    const { outcome } = await streamed(script, MODELS);
    expect(outcome).toMatchObject({
      rung: "small_model",
      model: SMALL_CHAT_MODEL,
      text: FULL_ANSWER,
    });
    // 100 × $0.10 and 20 × $0.30 per million tokens.
    await expect
      .poll(() => ledgerRow(outcome))
      .toMatchObject({ rung: "small_model", cost_micro_usd: 16 });
  });

  it("the next rung starts the answer over when a model's stream is cut in the middle", async () => {
    const begun = ["Delivery to Germany takes 3 working days. ", "It ", "costs"];
    const half = { ...brokenAfter(openAiStream(begun), 2), model: CHAT_MODEL };
    await env.CONTROL.scriptChat(half);
    const small = await streamed({ ...openAiStream(ANSWER), model: SMALL_CHAT_MODEL }, MODELS);
    expect(small.outcome).toMatchObject({ rung: "small_model", text: FULL_ANSWER });
    expect(small.texts).toEqual(["Delivery to Germany takes 3 working days. ", FULL_ANSWER]);

    await env.CONTROL.scriptChat(half);
    const both = await streamed(
      { ...brokenAfter(workersAiStream(begun), 2), model: SMALL_CHAT_MODEL },
      MODELS,
    );
    // What the small model said just before is what is left to say.
    expect(both.outcome).toMatchObject({ outcome: "answered", rung: "cached", text: FULL_ANSWER });
    expect(both.texts).toHaveLength(3);
    const { messages } = await readConversation(workspace, both.outcome.conversation_id);
    expect(messages.map(({ text }) => text)).toEqual([GERMANY, both.outcome.text]);
  });

  it.each<[what: string, script: ChatScript]>([
    ["answers nothing", openAiStream([])],
    ["answers white space", workersAiStream([" ", "\n"])],
    ["answers no stream of events", { chunks: [{ raw: "<html>busy</html>" }] }],
    [
      "reports an error in its stream",
      { chunks: [{ raw: 'data: {"error":{"message":"busy"}}\n\n' }] },
    ],
    [
      "only thinks",
      {
        chunks: [
          { raw: 'data: {"choices":[{"delta":{"reasoning_content":"Hm"}}]}\n\ndata: [DONE]\n\n' },
        ],
      },
    ],
  ])("the extractive rung answers when the model %s", async (_, script) => {
    const { outcome } = await streamed(script);
    expect(outcome).toMatchObject({ outcome: "answered", rung: "extractive" });
    expect(warned).toHaveBeenCalled();
  });
});

async function ledgerRow({ message_id }: ChatResult): Promise<unknown> {
  return await env.DB.prepare(`SELECT * FROM turn_ledger WHERE message_id = ?1`)
    .bind(message_id)
    .first();
}
