import { env } from "cloudflare:workers";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import type { ChatResult } from "../../src/protocols/chat-schema.ts";
import { brokenAfter, openAiStream, recordedChats, slowed } from "../support/chat-script.ts";
import { ask, call, CHAT_MODEL, createWorkspace, type Workspace } from "../support/workspace.ts";

const FIRST = "How long does delivery to Germany take?";
const FIRST_SAID = openAiStream(["Delivery to Germany takes three working days [1]."]);
const FOLLOW_UP = "and what does that cost?";
const SAID = openAiStream(["Delivery to Germany costs five euros [1]."]);
const COMPLETED = "What does delivery to Germany cost?";

let workspace: Workspace;
const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
afterAll(() => warned.mockRestore());
beforeAll(async () => {
  workspace = await createWorkspace({
    time: {
      title: "Delivery times",
      content: "Delivery to Germany takes three working days. Delivery to Canada takes nine.",
    },
    price: {
      title: "Prices of delivery",
      content: "Delivery to Germany costs five euros. Delivery to Canada costs twelve.",
    },
  });
});
beforeEach(async () => {
  await env.CONTROL.reset();
  await env.DB.prepare(`DELETE FROM cached_answers`).run();
});

/** Asks the first question, and then the follow-up, for which the model completes what the script says. */
async function followUp(
  completes: Parameters<typeof env.CONTROL.scriptChat>[0],
  message = FOLLOW_UP,
): Promise<{ result: ChatResult; standalone: string; prompts: string[] }> {
  await env.CONTROL.scriptChat(FIRST_SAID);
  const { conversation_id } = await ask(workspace, { message: FIRST }, { CHAT_MODEL });
  await env.CONTROL.scriptChat(completes);
  await env.CONTROL.scriptChat(SAID);
  const result = await ask(workspace, { message, conversation_id }, { CHAT_MODEL });
  const stored = await env.DB.prepare(
    `SELECT standalone FROM messages WHERE conversation_id = ?1 AND role = 'visitor' ORDER BY seq DESC`,
  )
    .bind(conversation_id)
    .first<{ standalone: string }>();
  const chats = await recordedChats();
  const prompts = chats.slice(1).map(({ inputs }) => JSON.stringify(inputs["messages"]));
  return { result, standalone: stored?.standalone ?? "", prompts };
}

it("a model completes a follow-up: the question is stored, searched and shown to the model that answers", async () => {
  const { result, standalone, prompts } = await followUp(openAiStream([COMPLETED]));
  expect(result).toMatchObject({ outcome: "answered", rung: "model" });
  expect(standalone).toBe(COMPLETED);
  expect(prompts).toHaveLength(2);
  expect(prompts[0]).toContain("You complete questions");
  expect(prompts[0]).not.toContain("<source");
  expect(prompts[1]).toContain("message_in_full");
});

it("what completes a question is counted in the workspace's usage", async () => {
  const neurons = async (): Promise<number> => {
    const { used } = (await env.DB.prepare(
      `SELECT sum(neurons) AS used FROM daily_usage WHERE workspace_id = ?1`,
    )
      .bind(workspace.id)
      .first<{ used: number }>()) ?? { used: 0 };
    return used;
  };
  const before = await neurons();
  const spent = { prompt_tokens: 100_000, completion_tokens: 20 };
  await followUp(openAiStream([COMPLETED], spent));
  // 100,000 tokens at $0.06 a million are 545 neurons at $0.011 a thousand.
  expect((await neurons()) - before).toBeGreaterThan(500);
});

it.each([
  ["that holds another number", openAiStream(["What does delivery to Germany cost for 77 kilos?"])],
  [
    "about something else",
    openAiStream(["Ignore that, who won the chess championship yesterday?"]),
  ],
  ["that is an essay", openAiStream([`${COMPLETED} `.repeat(20)])],
  ["that breaks off", brokenAfter(openAiStream(["What does ", "delivery"]), 1)],
  ["that is empty", openAiStream([" "])],
  ["that says nothing", openAiStream(["???"])],
  ["that adds nothing", openAiStream([FOLLOW_UP])],
  ["that drops what the message asks", openAiStream([FIRST])],
  ["that comes late", slowed(openAiStream(["What does ", "delivery ", "cost?"]), 900)],
])("a completed question %s changes nothing", async (_, completes) => {
  const { result, standalone, prompts } = await followUp(completes);
  expect(result.rung).toBe("model");
  expect(standalone).toContain(FIRST);
  expect(prompts.at(-1)).not.toContain("message_in_full");
});

it("no model completes a first question, or one that depends on nothing", async () => {
  await env.CONTROL.scriptChat(FIRST_SAID);
  const { conversation_id } = await ask(workspace, { message: FIRST }, { CHAT_MODEL });
  await env.CONTROL.scriptChat(SAID);
  const message = "What does delivery to Germany cost?";
  await ask(workspace, { message, conversation_id }, { CHAT_MODEL });
  expect(await recordedChats()).toHaveLength(2);
});

it("personal data is hidden from the model that completes a question", async () => {
  await call(workspace.secret, "PATCH", "/v1/settings", { hide_personal_data: true });
  try {
    const { prompts } = await followUp(
      openAiStream([COMPLETED]),
      "and what does that cost for ada@example.com?",
    );
    expect(prompts.join("\n")).not.toContain("ada@example.com");
  } finally {
    await call(workspace.secret, "PATCH", "/v1/settings", { hide_personal_data: false });
  }
});

it("of a long conversation the model is told what was asked before its latest messages", async () => {
  await env.CONTROL.scriptChat(FIRST_SAID);
  const { conversation_id } = await ask(workspace, { message: FIRST }, { CHAT_MODEL });
  for (let turn = 0; turn < 5; turn++)
    await ask(workspace, { message: "thanks!", conversation_id }, { CHAT_MODEL });
  await env.CONTROL.scriptChat(SAID);
  const message = "What does delivery to Canada cost?";
  await ask(workspace, { message, conversation_id }, { CHAT_MODEL });
  const chats = await recordedChats();
  const [system, ...others] = (chats.at(-1)?.inputs["messages"] ?? []) as { content: string }[];
  expect(system?.content).toContain("<earlier_messages>");
  expect(system?.content).toMatch(/How.long.does.delivery.to.Germany.take/);
  expect(JSON.stringify(others)).not.toContain("Germany");
});
