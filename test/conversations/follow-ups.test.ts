import { beforeAll, expect, it } from "vitest";
import { ask, createWorkspace, HELP_CENTRE, type Workspace } from "../support/workspace.ts";

let workspace: Workspace;
beforeAll(async () => {
  workspace = await createWorkspace(HELP_CENTRE);
});

const OPENING = "How many days do I have to return an unused item?";

it.each(["👍", "😡😡", "no", "ok", "asdfgh", "x".repeat(300), "tell me a joke", "…"])(
  "%s after a question does not repeat its answer",
  async (message) => {
    const { conversation_id, outcome } = await ask(workspace, OPENING);
    expect(outcome).toBe("answered");
    const next = await ask(workspace, { message, conversation_id });
    expect(next).toMatchObject({ citations: [] });
    expect(next.outcome).not.toBe("answered");
  },
);

it.each([
  ["Is there a tracking link?", "shipping"],
  ["vinegar for the pump?", "pump"],
])("%s is a new question, about %s", async (message, topic) => {
  const { conversation_id } = await ask(workspace, OPENING);
  const next = await ask(workspace, { message, conversation_id });
  expect(next.citations.map(({ external_id }) => external_id)).toEqual([topic]);
});

it.each([
  "and to Canada?",
  "no, I meant to Canada",
  "sorry, to Canada",
  "what does that cost to Canada?",
])("%s is a follow-up to the previous question", async (message) => {
  const { conversation_id } = await ask(workspace, "How long does delivery to Germany take?");
  const next = await ask(workspace, { message, conversation_id });
  expect(next.text).toContain("Canada");
  expect(next.citations[0]?.external_id).toBe("shipping");
});

it("a fragment completes the question before it: for the pump", async () => {
  const shop = await createWorkspace({
    warranty: {
      title: "Warranty",
      content:
        "# Warranty\n\n| Part | Warranty |\n|---|---|\n| Pump | 2 years |\n| Lamp | 5 years |\n| Frame | 9 years |",
    },
    pump: HELP_CENTRE["pump"] as (typeof HELP_CENTRE)[string],
  });
  const { conversation_id } = await ask(shop, "How long is the warranty for the lamp?");
  const next = await ask(shop, { message: "for the pump", conversation_id });
  expect(next.citations.map(({ external_id }) => external_id)).toEqual(["warranty"]);
  expect(next.text).toContain("2 years");
});

it("a relative clause is no reference to the question before", async () => {
  const { conversation_id } = await ask(workspace, OPENING);
  const next = await ask(workspace, {
    message: "how do I clean the pump that I bought",
    conversation_id,
  });
  expect(next.citations.map(({ external_id }) => external_id)).toEqual(["pump"]);
});

it.each([
  "ok so how do I clean the pump",
  "um, how do I clean the pump",
  "Hi there, how do I clean the pump",
])("what is said in front of a question changes nothing: %s", async (message) => {
  const { conversation_id } = await ask(workspace, OPENING);
  const { text, outcome, confidence, citations } = await ask(workspace, {
    message,
    conversation_id,
  });
  const plain = await ask(workspace, "how do I clean the pump");
  expect({ text, outcome, confidence, citations }).toEqual({
    text: plain.text,
    outcome: "answered",
    confidence: plain.confidence,
    citations: plain.citations,
  });
});

it.each([
  ["E-07", "E-12"],
  ["e07", "e12"],
  ["E-07", "e12"],
  ["e07", "E-12"],
])("a follow-up replaces the code %s of the previous question by %s", async (one, other) => {
  const codes = await createWorkspace({
    low: {
      title: "Water",
      content: "E-07: the water of your garden is too warm. Move the garden out of the sun.",
    },
    pump: {
      title: "Pump",
      content: "E-12: the pump of your garden ran dry. Refill it and wait for ten minutes.",
    },
  });
  const first = await ask(codes, `What does ${one} mean for my garden?`);
  expect(first.citations.map(({ external_id }) => external_id)).toEqual(["low"]);
  const { conversation_id } = first;
  const second = await ask(codes, { message: `and ${other}?`, conversation_id });
  expect(second.citations.map(({ external_id }) => external_id)).toEqual(["pump"]);
  expect(second.text).not.toContain("E-07");
});
