import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { openAiStream } from "../support/chat-script.ts";
import { ask, CHAT_MODEL, createWorkspace } from "../support/workspace.ts";

beforeEach(() => env.CONTROL.reset());

/** A list that fills more passages than one with its neighbours. */
const STEPS = Array.from(
  { length: 14 },
  (_, n) =>
    `${n + 1}. Turn valve ${n + 1} of the tin castle to the ${n % 2 ? "left" : "right"}, wait until the water behind it has run off, and wipe the seat of the valve with a dry cloth.`,
);
const DRAIN = `Close the tap first. Otherwise the hall floods.\n\nTo drain the moat:\n\n${STEPS.join("\n")}\n\nThen open the tap again.`;

it("an answer quotes a procedure whole that is longer than a passage and its neighbours, with one more wait", async () => {
  const content = `## Drain the moat\n\n${DRAIN}\n\n## Storing it\n\nKeep it dry in winter.`;
  const workspace = await createWorkspace({ castle: { title: "The tin castle", content } });
  const { text, citations, binding_calls } = await ask(workspace, {
    message: "How do I drain the moat of the tin castle?",
  });
  expect(text.match(/^\d+\. /gm)).toEqual(STEPS.map((_, n) => `${n + 1}. `));
  expect(text).toContain("Close the tap first.");
  expect(text).not.toContain("winter");
  expect(citations).toHaveLength(1);
  expect(binding_calls.sequential).toBeLessThanOrEqual(4);
});

it("an answer quotes no part of a section that stands under the same heading elsewhere in the document", async () => {
  const content = `## Drain the moat\n\n${DRAIN}\n\n## Paint\n\nRed.\n\n## Drain the moat\n\nAsk the dragon.`;
  const workspace = await createWorkspace({ castle: { title: "The tin castle", content } });
  const { text } = await ask(workspace, { message: "How do I drain the moat of the tin castle?" });
  expect(text).toContain("14. Turn valve 14");
  expect(text).not.toContain("dragon");
});

it("a model waits for no more than it is given: the section is read only where it is quoted", async () => {
  const content = `## Drain the moat\n\n${DRAIN}`;
  const workspace = await createWorkspace({ castle: { title: "The tin castle", content } });
  await env.CONTROL.scriptChat(openAiStream(["To drain the moat, close the tap first [1]."]));
  const { rung, binding_calls } = await ask(
    workspace,
    { message: "How do I drain the moat of the tin castle?" },
    { CHAT_MODEL },
  );
  expect(rung).toBe("model");
  expect(binding_calls.sequential).toBe(4);
});
