import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { shippedRelease } from "../../src/releases/release.ts";
import { openAiStream } from "../support/chat-script.ts";
import { ask, CHAT_MODEL, createWorkspace, publish } from "../support/workspace.ts";

beforeEach(() => env.CONTROL.reset());

const DOCUMENTS = {
  moat: {
    title: "The moat",
    content: "Close the tap of the moat in winter, or the ice breaks it.",
  },
  roof: { title: "The roof", content: "Brush the roof with the grey varnish." },
};
const QUESTION = { message: "When do I close the tap of the moat?" };
const UNSURE = /^I'm not sure that this answers your question.* our support team\.\n\n/;

it("quoted text that may not answer says so, and an answer that is sure does not", async () => {
  const workspace = await createWorkspace(DOCUMENTS);
  await publish(workspace, { decision: { sure: 1 } });
  const unsure = await ask(workspace, QUESTION);
  expect(unsure.text).toMatch(UNSURE);
  expect(unsure.text).toContain("in winter");
  expect(unsure).toMatchObject({ outcome: "answered", citations: [{ external_id: "moat" }] });
  await publish(workspace, { decision: { sure: 0 } });
  expect((await ask(workspace, QUESTION)).text).toMatch(/^Close the tap/);
});

it("an exact title and the answer of a model say nothing of it", async () => {
  const workspace = await createWorkspace(DOCUMENTS);
  await publish(workspace, { decision: { sure: 1 } });
  expect((await ask(workspace, { message: "The moat" })).text).toMatch(/^Close the tap/);
  await env.CONTROL.scriptChat(openAiStream(["Close it in winter [1]."]));
  const { rung, text } = await ask(workspace, QUESTION, { CHAT_MODEL });
  expect({ rung, text }).toEqual({ rung: "model", text: "Close it in winter [1]." });
});

it("the sentence is said in the language of the reply", async () => {
  const workspace = await createWorkspace({
    graben: {
      title: "Der Burggraben",
      content: "Im Winter wird der Hahn des Burggrabens geschlossen.",
    },
  });
  await publish(workspace, { decision: { thresholds: { answer: 0, clarify: 0 }, sure: 1 } });
  const { text } = await ask(workspace, {
    message: "Wann wird der Hahn des Burggrabens geschlossen?",
  });
  expect(text.split(".")[0]).toBe(shippedRelease.translations.de.unsure.split(".")[0]);
});
