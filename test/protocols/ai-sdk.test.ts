import { AbstractChat, DefaultChatTransport, type ChatState, type UIMessage } from "ai";
import { expect, it } from "vitest";
import type { ChatResult } from "../../src/protocols/chat-schema.ts";
import { gatedModel } from "../support/gated-model.ts";
import { readTurn } from "../support/ui-client.ts";
import {
  call,
  createWorkspace,
  HELP_CENTRE,
  readConversation,
  type Workspace,
} from "../support/workspace.ts";

const GERMANY = "How long does delivery to Germany take?";

class PlainState implements ChatState<UIMessage> {
  status: ChatState<UIMessage>["status"] = "ready";
  error: Error | undefined;
  messages: UIMessage[] = [];
  pushMessage = (message: UIMessage): void => void (this.messages = [...this.messages, message]);
  popMessage = (): void => void (this.messages = this.messages.slice(0, -1));
  replaceMessage = (index: number, message: UIMessage): void =>
    void (this.messages = this.messages.with(index, message));
  snapshot = <T>(thing: T): T => structuredClone(thing);
}

/** What `useChat` is without React. */
class Browser extends AbstractChat<UIMessage> {
  constructor(workspace: Workspace, options: { id?: string; overrides?: object } = {}) {
    const { id = crypto.randomUUID(), overrides = {} } = options;
    const transport = new DefaultChatTransport<UIMessage>({
      api: "/v1/chat",
      fetch: async (_url, init) => {
        const headers = Object.fromEntries(new Headers(init?.headers));
        return await call(workspace.publishable, "POST", "/v1/chat", init?.body, {
          headers,
          overrides,
        });
      },
    });
    super({ id, transport, state: new PlainState() });
  }

  get outcomes(): ChatResult[] {
    return this.messages
      .flatMap(({ parts }) => parts)
      .flatMap((part) => (part.type === "data-outcome" ? [part.data as ChatResult] : []));
  }
}

it("the AI SDK's client holds a conversation over several turns", async () => {
  const workspace = await createWorkspace(HELP_CENTRE);
  const browser = new Browser(workspace);
  await browser.sendMessage({ text: GERMANY });
  await browser.sendMessage({ text: "And to Canada?" });
  await browser.sendMessage({ text: "How do I clean the pump?" });
  expect(browser.error).toBeUndefined();
  expect(browser.status).toBe("ready");
  expect(browser.outcomes.map(({ outcome }) => outcome)).toEqual([
    "answered",
    "answered",
    "answered",
  ]);
  expect(new Set(browser.outcomes.map(({ conversation_id }) => conversation_id)).size).toBe(1);

  const answers = browser.messages.filter(({ role }) => role === "assistant");
  expect(answers.map(({ id }) => id)).toEqual(browser.outcomes.map(({ message_id }) => message_id));
  const [shipping, , pump] = answers.map(({ parts }) => parts);
  expect(shipping).toContainEqual(
    expect.objectContaining({
      type: "source-url",
      sourceId: "1",
      url: "https://help.example.com/shipping",
    }),
  );
  expect(pump).toContainEqual(
    expect.objectContaining({ type: "source-document", sourceId: "1", filename: "pump" }),
  );

  const { messages } = await readConversation(
    workspace,
    browser.outcomes[0]?.conversation_id ?? "",
  );
  expect(messages.map(({ text }) => text)).toEqual([
    GERMANY,
    browser.outcomes[0]?.text,
    "And to Canada?",
    browser.outcomes[1]?.text,
    "How do I clean the pump?",
    browser.outcomes[2]?.text,
  ]);

  await browser.regenerate();
  expect(browser.error).toBeUndefined();
  expect(browser.outcomes.at(-1)).toMatchObject({
    outcome: "answered",
    conversation_id: browser.outcomes[0]?.conversation_id,
  });
});

it("two browsers of the AI SDK that make up the same id never share a conversation", async () => {
  const workspace = await createWorkspace(HELP_CENTRE);
  const [alice, bob] = [
    new Browser(workspace, { id: "chat" }),
    new Browser(workspace, { id: "chat" }),
  ];
  await Promise.all([
    alice.sendMessage({ text: GERMANY }),
    bob.sendMessage({ text: "How do I clean the pump?" }),
  ]);
  await alice.sendMessage({ text: "Thanks!" });
  const ids = [alice, bob].map((browser) => browser.outcomes[0]?.conversation_id ?? "");
  expect(new Set(ids).size).toBe(2);
  const texts = await Promise.all(
    ids.map(async (id) => (await readConversation(workspace, id)).messages.length),
  );
  expect(texts).toEqual([4, 2]);
});

it("the AI SDK's client shows an error of the service as an error", async () => {
  const [workspace, stranger] = [await createWorkspace(), await createWorkspace()];
  const browser = new Browser(workspace);
  await browser.sendMessage({ text: "Hello" });
  const thief = new Browser(stranger);
  thief.messages = browser.messages;
  await thief.sendMessage({ text: "Hello again" });
  expect(thief.status).toBe("error");
  expect(thief.outcomes).toHaveLength(1);
});

it("a stream to the AI SDK's client can be stopped, and the next turn continues from the whole answer", async () => {
  const workspace = await createWorkspace(HELP_CENTRE);
  const model = gatedModel();
  const browser = new Browser(workspace, { overrides: model.overrides });
  const turn = browser.sendMessage({ text: GERMANY });
  const shown = (): string =>
    browser.messages
      .at(-1)
      ?.parts.map((part) => (part.type === "text" ? part.text : ""))
      .join("") ?? "";
  model.say("Delivery to Germany takes 3 working days [1]. It ");
  await expect.poll(shown).toBe("Delivery to Germany takes 3 working days [1]. ");
  await browser.stop();
  await turn;
  model.say("costs 4.90 euros [1].");
  model.end();
  const metadata = browser.messages.at(-1)?.metadata as { conversation_id: string } | undefined;
  const id = metadata?.conversation_id ?? "";
  await expect
    .poll(async () => (await readConversation(workspace, id)).messages.at(-1)?.text)
    .toBe("Delivery to Germany takes 3 working days [1]. It costs 4.90 euros [1].");
});

it("the chat route also accepts our own request shape", async () => {
  const workspace = await createWorkspace(HELP_CENTRE);
  const response = await call(workspace.publishable, "POST", "/v1/chat", { message: GERMANY });
  const { outcome, message, texts } = await readTurn(response);
  expect(message).toMatchObject({
    id: outcome.message_id,
    metadata: {
      conversation_id: outcome.conversation_id,
      conversation_token: outcome.conversation_token,
    },
  });
  expect(outcome.outcome).toBe("answered");
  expect(texts).toHaveLength(1);
});

it("the AI SDK's client gets the choices of a clarifying question as a part of their own", async () => {
  const workspace = await createWorkspace(HELP_CENTRE);
  const browser = new Browser(workspace);
  await browser.sendMessage({ text: "the parcel" });
  await browser.sendMessage({ text: GERMANY });
  const [clarified, answered] = browser.outcomes;
  expect(clarified).toMatchObject({ outcome: "clarified" });
  expect(clarified?.choices.length).toBeGreaterThan(0);
  expect(answered).toMatchObject({ outcome: "answered", choices: [] });
  const parts = browser.messages.flatMap((message) => message.parts);
  expect(parts.filter(({ type }) => type === "data-choices")).toEqual([
    { type: "data-choices", data: { choices: clarified?.choices } },
  ]);
});
