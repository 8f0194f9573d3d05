import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import type { ChatResult } from "../../src/protocols/chat-schema.ts";
import { openAiStream, recordedChats } from "../support/chat-script.ts";
import {
  ask,
  call,
  CHAT_MODEL,
  createWorkspace,
  HELP_CENTRE,
  ingest,
  SMALL_CHAT_MODEL,
  type Workspace,
} from "../support/workspace.ts";

const GERMANY = "How long does delivery to Germany take?";
const NEAR = "how long will the delivery to Germany take, please";
const SAID = ["Delivery to Germany takes 3 working days [1]."];
const USAGE = { prompt_tokens: 1000, completion_tokens: 50 };

beforeEach(() => env.CONTROL.reset());

async function keep(workspace: Workspace, question = GERMANY): Promise<ChatResult> {
  await env.CONTROL.scriptChat(openAiStream(SAID, USAGE));
  const result = await ask(workspace, question, { CHAT_MODEL });
  expect(result.rung).toBe("model");
  return result;
}

/** No model is asked any more: an answer that is found is given. */
async function spend(workspace: Workspace): Promise<void> {
  const body = { neuron_budget_per_day: 0 };
  expect((await call(workspace.secret, "PATCH", "/v1/settings", body)).status).toBe(200);
}

const rungOf = async (workspace: Workspace, question: string, overrides = {}): Promise<string> =>
  (await ask(workspace, question, { CHAT_MODEL, ...overrides })).rung;

async function age(workspace: Workspace, milliseconds: number): Promise<void> {
  await env.DB.prepare(
    `UPDATE cached_answers SET created_at = created_at - ?2 WHERE workspace_id = ?1`,
  )
    .bind(workspace.id, milliseconds)
    .run();
}

describe("an answer that a model gave today", () => {
  it("is given to the same question in other words without asking a model, and what that saves is counted", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const kept = await keep(workspace);
    const again = await ask(workspace, NEAR, { CHAT_MODEL });
    expect(again).toMatchObject({
      rung: "cached",
      outcome: "answered",
      text: kept.text,
      citations: kept.citations,
      model: null,
      usage: {
        input_tokens: 0,
        output_tokens: 0,
        saved: { input_tokens: 1000, output_tokens: 50 },
      },
      binding_calls: { ai: 1, sequential: 3 },
    });
    expect(await recordedChats()).toHaveLength(1);
    // 1,000 × $0.06 and 50 × $0.40 per million tokens.
    await expect
      .poll(() =>
        env.DB.prepare(
          `SELECT rung, cost_micro_usd, saved_input_tokens, saved_output_tokens, saved_micro_usd FROM turn_ledger
           WHERE message_id = ?1`,
        )
          .bind(again.message_id)
          .first(),
      )
      .toEqual({
        rung: "cached",
        cost_micro_usd: 0,
        saved_input_tokens: 1000,
        saved_output_tokens: 50,
        saved_micro_usd: 80,
      });
  });

  it("comes after the models where the release says so, where the smaller model gave it, and on the next day", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    await keep(workspace);
    const after = { RELEASE_OVERLAY: JSON.stringify({ cache: { before: false } }) };
    for (let turn = 0; turn < 2; turn++) {
      await env.CONTROL.scriptChat(openAiStream(SAID, USAGE));
      expect(await rungOf(workspace, GERMANY, after)).toBe("model");
    }
    await age(workspace, 86_400_000);
    await keep(workspace);

    const models = { CHAT_MODEL, SMALL_CHAT_MODEL };
    const other = await createWorkspace(HELP_CENTRE);
    await env.CONTROL.failNext({ binding: "ai", kind: "capacity", model: CHAT_MODEL, times: 2 });
    await env.CONTROL.scriptChat({ ...openAiStream(SAID, USAGE), model: SMALL_CHAT_MODEL });
    expect(await rungOf(other, GERMANY, models)).toBe("small_model");
    await env.CONTROL.scriptChat(openAiStream(SAID, USAGE));
    expect(await rungOf(other, GERMANY, models)).toBe("model");
  });

  it("is given without counting a saving where no model could be asked", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    await keep(workspace);
    await spend(workspace);
    const again = await ask(workspace, NEAR, { CHAT_MODEL });
    expect(again.rung).toBe("cached");
    expect(again.usage).toEqual({ input_tokens: 0, output_tokens: 0 });
  });

  it("is not kept where it was cut at its longest length", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    await env.CONTROL.scriptChat(openAiStream(SAID, { ...USAGE, completion_tokens: 600 }));
    expect(await rungOf(workspace, GERMANY)).toBe("model");
    await spend(workspace);
    expect(await rungOf(workspace, GERMANY)).toBe("extractive");
  });
});

describe("a kept answer is not given", () => {
  it("to a question with another number, negation, word, order or sign, or with personal data", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    await keep(workspace);
    await spend(workspace);
    for (const question of [
      "How long does delivery to Canada take?",
      "How long does delivery to Germany not take?",
      "How long does delivery of 2 to Germany take?",
      "When does delivery to Germany take long?",
      "How long does delivery to -Germany take?",
      `${GERMANY} I am ada@example.com`,
    ])
      expect([question, await rungOf(workspace, question)]).not.toContain("cached");
    expect(await rungOf(workspace, NEAR)).toBe("cached");
  });

  it("to the same words that mean something else", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    await keep(workspace);
    await spend(workspace);
    const strict = { RELEASE_OVERLAY: JSON.stringify({ cache: { nearness: 1.5 } }) };
    expect(await rungOf(workspace, NEAR)).toBe("cached");
    await call(workspace.secret, "PATCH", "/v1/settings", { neuron_budget_per_day: null });
    await env.CONTROL.scriptChat(openAiStream(SAID, USAGE));
    expect(await rungOf(workspace, GERMANY, strict)).toBe("model");
    await spend(workspace);
    expect(await rungOf(workspace, NEAR, strict)).toBe("extractive");
  });

  it("under another name of the assistant", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    await keep(workspace);
    await spend(workspace);
    await call(workspace.secret, "PATCH", "/v1/settings", { assistant_name: "Fern" });
    expect(await rungOf(workspace, GERMANY)).toBe("extractive");
    await call(workspace.secret, "PATCH", "/v1/settings", { assistant_name: null });
    expect(await rungOf(workspace, GERMANY)).toBe("cached");
  });

  it("once a document that its model was given is gone, though it is not cited, and once a new one comes first", async () => {
    const documents = {
      delivery: {
        title: "Delivery to Germany",
        content: "Delivery to Germany takes 3 working days.",
      },
      costs: {
        title: "Costs of delivery to Germany",
        content: "The delivery to Germany costs 5 euros and takes a signature.",
      },
    };
    for (const change of ["delete", "add"]) {
      const workspace = await createWorkspace(documents);
      const { sources } = await keep(workspace);
      expect(sources.map(({ external_id }) => external_id)).toEqual(["delivery", "costs"]);
      await spend(workspace);
      expect(await rungOf(workspace, NEAR)).toBe("cached");
      if (change === "delete") await call(workspace.secret, "DELETE", "/v1/documents/costs");
      else {
        const content = `${GERMANY} Delivery to Germany takes 2 working days.`;
        await ingest(workspace, { newer: { title: GERMANY, content } });
      }
      expect(await rungOf(workspace, NEAR)).toBe("extractive");
    }
  });

  it("before the model to a message that depends on the conversation", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    await keep(workspace);
    const canada = "How long does delivery to Canada take?";
    const { conversation_id } = await ask(workspace, canada, { CHAT_MODEL: "extractive" });
    // The model completes the message, and then answers.
    await env.CONTROL.scriptChat(openAiStream(["How long does delivery to Germany take?"]));
    await env.CONTROL.scriptChat(openAiStream(SAID, USAGE));
    const body = { message: "Sorry, I meant Germany", conversation_id };
    expect((await ask(workspace, body, { CHAT_MODEL })).rung).toBe("model");
    await spend(workspace);
    const again = await ask(workspace, canada, { CHAT_MODEL: "extractive" });
    const later = { ...body, conversation_id: again.conversation_id };
    expect((await ask(workspace, later, { CHAT_MODEL })).rung).toBe("cached");
  });
});
