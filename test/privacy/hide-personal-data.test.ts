import type { TurnRecorded } from "../../src/runtime/messages.ts";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import type { Env } from "../../src/env.ts";
import { redactLogs } from "../../src/privacy/redact-logs.ts";
import { readTurn, type ReadTurn } from "../support/ui-client.ts";
import {
  ask,
  call,
  CHAT_MODEL,
  createWorkspace,
  HELP_CENTRE,
  SMALL_CHAT_MODEL,
  tokenOf,
  type Workspace,
} from "../support/workspace.ts";
import { openAiStream } from "../support/chat-script.ts";
import { whereStored } from "../support/stored-text.ts";

const GERMANY = "How long does delivery to Germany take?";
const MAIL = "ada.lovelace@example.com";
const OTHER_MAIL = "babbage@example.org";
const PHONE = "+49 170 1234567";
const CARD = "4111 1111 1111 1111";
const PERSONAL = [MAIL, OTHER_MAIL, PHONE, CARD];
const RERANKER_MODEL = "@cf/baai/bge-reranker-base";

beforeEach(() => env.CONTROL.reset());

async function choose(hide_personal_data: boolean): Promise<Workspace> {
  const workspace = await createWorkspace(HELP_CENTRE);
  const settings = { hide_personal_data };
  expect((await call(workspace.secret, "PATCH", "/v1/settings", settings)).status).toBe(200);
  return workspace;
}

/** The platform's AI binding, which records the input of each model, embedding and reranking included. */
function listening(fails: (model: string) => Error | undefined = () => undefined) {
  const heard: { model: string; inputs: object }[] = [];
  const run = async (model: string, inputs: object): Promise<unknown> => {
    heard.push({ model, inputs });
    const error = fails(model);
    if (error) throw error;
    return await Reflect.apply(env.AI.run, env.AI, [model, inputs]);
  };
  return { heard, AI: { run } as unknown as Ai };
}

/** Letters and digits of a text: marks between words and JSON escapes do not change these. */
const essence = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, "");

function personalIn(text: string): string[] {
  return PERSONAL.filter((value) => essence(text).includes(essence(value)));
}

async function stream(
  workspace: Workspace,
  message: string,
  conversation_id: string | undefined,
  overrides: Partial<Env>,
): Promise<ReadTurn> {
  const body = { message, ...(conversation_id && { conversation_id }) };
  const token = tokens.get(conversation_id ?? "");
  const response = await call(workspace.publishable, "POST", "/v1/chat", body, {
    overrides,
    headers: token ? { "x-conversation-token": token } : {},
  });
  const turn = await readTurn(response);
  tokens.set(turn.outcome.conversation_id, turn.outcome.conversation_token ?? "");
  return turn;
}

const tokens = new Map<string, string>();

interface Prompt {
  role: string;
  content: string;
}

const promptOf = (inputs: object | undefined): Prompt[] =>
  (inputs as { messages: Prompt[] } | undefined)?.messages ?? [];

describe("with hide_personal_data", () => {
  it("with hide_personal_data, no model sees personal data in a whole conversation, and the visitor sees all of it", async () => {
    const workspace = await choose(true);
    const { heard, AI } = listening();
    const overrides = { AI, CHAT_MODEL, RERANKER_MODEL };
    const chats = () => heard.filter(({ model }) => model === CHAT_MODEL);

    await env.CONTROL.scriptChat(
      openAiStream([
        "Delivery to Germany takes 3 working days [1]. We write to [EMA",
        "IL_A] or call [",
        "PHONE_A], and [EMAIL_Z] is nobody",
        ".",
      ]),
    );
    const question = `${GERMANY} Write to ${MAIL} or call ${PHONE}. I paid with ${CARD.replace(" ", "\u200B")}.`;
    const first = await stream(workspace, question, undefined, overrides);
    expect(first.outcome).toMatchObject({ outcome: "answered", rung: "model" });
    expect(first.outcome.text).toBe(
      `Delivery to Germany takes 3 working days [1]. We write to ${MAIL} or call ${PHONE}, and [EMAIL_Z] is nobody.`,
    );
    const [prompt] = chats().map(({ inputs }) => promptOf(inputs).at(-1)?.content ?? "");
    expect(prompt).toMatch(/\[EMAIL_A\].*\[PHONE_A\].*\[CARD_A\]/s);

    // The history holds the real values, in the visitor's message and in the restored answer.
    await env.CONTROL.scriptChat(
      openAiStream([
        "Parcels to Canada take 12 working days [1]. We write to [EMAIL_B] and [EMAIL_A].",
      ]),
    );
    const id = first.outcome.conversation_id;
    const second = await stream(
      workspace,
      `How long do parcels to Canada take? Use ${OTHER_MAIL} as well as ${MAIL}.`,
      id,
      overrides,
    );
    expect(second.outcome.rung).toBe("model");
    const history = promptOf(chats().at(-1)?.inputs).map(({ content }) => content);
    const placeholders = history.map((content) => content.match(/\[EMAIL_[A-Z]\]/g) ?? []);
    const [, asked = [], answered = [], now = []] = placeholders;
    expect([asked, answered]).toEqual([[asked[0]], [asked[0], "[EMAIL_Z]"]]);
    // The same address has the same placeholder in every message.
    expect(new Set(now).size).toBe(2);
    expect(now[1]).toBe(asked[0]);
    const restored: Record<string, string> = { [now[0] ?? ""]: OTHER_MAIL, [now[1] ?? ""]: MAIL };
    expect(second.outcome.text).toContain(
      `We write to ${restored["[EMAIL_B]"]} and ${restored["[EMAIL_A]"]}.`,
    );

    await env.CONTROL.scriptChat(openAiStream(["You can return items within 45 days [1]."]));
    await stream(workspace, "Within how many days can I return unused items?", id, overrides);

    expect(chats()).toHaveLength(3);
    const kinds = new Set(heard.map(({ model }) => model));
    expect(kinds.size).toBe(3);
    for (const { model, inputs } of heard)
      expect([model, personalIn(JSON.stringify(inputs))]).toEqual([model, []]);
  });

  it("with hide_personal_data, a smaller model sees no more when the first one fails", async () => {
    const workspace = await choose(true);
    const { heard, AI } = listening((model) =>
      model === CHAT_MODEL ? new Error("3040: Capacity temporarily exceeded") : undefined,
    );
    await env.CONTROL.scriptChat({
      ...openAiStream(["Delivery to Germany takes 3 working days [1]. Bye [EMAIL_A]."]),
      model: SMALL_CHAT_MODEL,
    });
    const overrides = { AI, CHAT_MODEL, SMALL_CHAT_MODEL };
    const result = await ask(workspace, `${GERMANY} ${MAIL}`, overrides);
    expect(result).toMatchObject({ rung: "small_model" });
    expect(result.text).toContain(MAIL);
    expect(heard.map(({ model }) => model)).toEqual(expect.arrayContaining([SMALL_CHAT_MODEL]));
    for (const { inputs } of heard) expect(personalIn(JSON.stringify(inputs))).toEqual([]);
  });

  it("without hide_personal_data, which is the default, the model sees the words as they are", async () => {
    const workspace = await choose(false);
    const { heard, AI } = listening();
    await env.CONTROL.scriptChat(openAiStream(["Delivery to Germany takes 3 working days [1]."]));
    await ask(workspace, `${GERMANY} ${MAIL}, ${PHONE}, ${CARD}`, { AI, CHAT_MODEL });
    const chat = heard.find(({ model }) => model === CHAT_MODEL);
    expect(personalIn(JSON.stringify(chat?.inputs))).toEqual([MAIL, PHONE, CARD]);
  });
});

it("personal data is stored in the conversation alone: not in logs, events or the ledger", async () => {
  const printed: unknown[] = [];
  const methods = ["debug", "info", "log", "warn", "error"] as const;
  const own = methods.map((method) => [method, console[method]] as const);
  for (const method of methods)
    console[method] = (...values: unknown[]) => void printed.push(values);
  redactLogs(console);
  const sent: TurnRecorded[] = [];
  try {
    const workspace = await choose(true);
    // The service repeats its input in its error message.
    const refused = `cannot read: ${MAIL}, ${PHONE}, ${CARD}`;
    const { AI } = listening((model) =>
      [CHAT_MODEL, RERANKER_MODEL].includes(model) ? new Error(refused) : undefined,
    );
    const EVENTS_QUEUE = {
      send: async (body: TurnRecorded) => {
        sent.push(body);
        await env.EVENTS_QUEUE.send(body);
      },
    } as unknown as Queue<TurnRecorded>;
    const overrides = { AI, CHAT_MODEL, RERANKER_MODEL, EVENTS_QUEUE };
    const { conversation_id, rung, message_id } = await ask(
      workspace,
      `${GERMANY} ${MAIL}, ${PHONE}, ${CARD}`,
      overrides,
    );
    expect(rung).toBe("extractive");
    expect(tokenOf(conversation_id)).not.toEqual({});
    await expect.poll(() => whereStored(message_id)).toContain("turn_ledger.message_id");
  } finally {
    for (const [method, print] of own) console[method] = print;
  }
  const text = JSON.stringify(printed);
  expect(text).toContain("cannot read: [EMAIL], [PHONE], [CARD]");
  expect(personalIn(text)).toEqual([]);
  expect(sent).toEqual([{ message_id: expect.stringMatching(/^msg_/) }]);
  for (const value of [MAIL, PHONE, CARD]) {
    for (const place of await whereStored(value))
      expect(place).toMatch(/^messages\.(text|standalone)$/);
  }
});
