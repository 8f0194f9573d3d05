import { beforeAll, expect, it } from "vitest";
import { LANGUAGE_CODES } from "../../src/language/language.ts";
import { shippedRelease } from "../../src/releases/release.ts";
import { sentencesIn } from "../../src/releases/sentences.ts";
import { readTurn } from "../support/ui-client.ts";
import {
  ask,
  call,
  createWorkspace,
  HELP_CENTRE,
  readConversation,
  type Workspace,
} from "../support/workspace.ts";

let workspace: Workspace;
beforeAll(async () => {
  workspace = await createWorkspace(HELP_CENTRE);
});

const QUESTION = "How long does delivery to Germany take?";

it("the first turn of a conversation says that an AI answers, and later turns do not repeat it", async () => {
  const first = await ask(workspace, QUESTION);
  expect(first).toMatchObject({ author: "assistant", disclosure: "I'm an AI assistant." });
  expect(first.text).not.toContain("AI assistant");
  const { conversation_id } = first;
  const second = await ask(workspace, { message: "thanks", conversation_id });
  expect(second).toMatchObject({ author: "assistant", disclosure: null });
  const { messages } = await readConversation(workspace, conversation_id);
  expect(messages.map(({ author }) => author)).toEqual([
    "visitor",
    "assistant",
    "visitor",
    "assistant",
  ]);
});

it("the disclosure comes with the first part of a stream, in the visitor's language and with the assistant's name", async () => {
  const shop = await createWorkspace(HELP_CENTRE);
  await call(shop.secret, "PATCH", "/v1/settings", {
    assistant_name: "Moss",
    company_name: "Fernhill",
  });
  const body = { message: "Wie lange dauert die Lieferung nach Deutschland?" };
  const { message, outcome } = await readTurn(
    await call(shop.publishable, "POST", "/v1/chat", body),
  );
  const disclosure = "Ich bin Moss, der KI-Assistent von Fernhill.";
  expect(message.metadata).toMatchObject({ author: "assistant", disclosure });
  expect(outcome.disclosure).toBe(disclosure);
});

it("a retry of a first message gets its disclosure again", async () => {
  const body = { message: QUESTION };
  const headers = { accept: "application/json", "idempotency-key": crypto.randomUUID() };
  for (let sending = 0; sending < 2; sending++) {
    const response = await call(workspace.publishable, "POST", "/v1/chat", body, { headers });
    expect(await response.json()).toMatchObject({ disclosure: "I'm an AI assistant." });
  }
});

it.each(LANGUAGE_CODES)(
  "the introduction says in %s that it is an AI, with a name or without",
  (language) => {
    const { introduction, unnamed } = sentencesIn(shippedRelease, language);
    for (const sentence of [introduction, unnamed])
      expect(sentence).toMatch(/AI|KI|IA|ذكاء|الذكاء/);
  },
);
