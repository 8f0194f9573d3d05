import { beforeAll, describe, expect, it } from "vitest";
import { env } from "cloudflare:workers";
import { subQueriesOf } from "../../src/answering/sub-queries.ts";
import {
  ask,
  createWorkspace,
  expectVerified,
  HELP_CENTRE,
  readConversation,
  type Workspace,
} from "../support/workspace.ts";

describe("a message", () => {
  it.each<[string, number]>([
    ["How long does delivery to Canada take and how can I return an unused item?", 2],
    ["What does shipping to Germany cost? And where is my tracking link?", 2],
    ["Hi! I bought a lamp last week. How do I clean the pump? Is the vinegar safe?", 2],
    ["How do I return an unused item?", 0],
    ["What does error code E101 mean and what should I do?", 0],
    ["Do you ship pods and seeds to Canada?", 0],
    ["How do I return it and how?", 0],
    ["What is it? Why?", 0],
    ["", 0],
    ["🙂🙂🙂", 0],
    ["Where is A? Where is B? Where is C? Where is D? Where is E?", 0],
    ["how ".repeat(1000), 0],
  ])("%s asks %i things apart", (message, count) => {
    expect(subQueriesOf(message)).toHaveLength(Math.max(1, count));
  });
});

describe("several questions in one message", () => {
  let workspace: Workspace;
  beforeAll(async () => {
    workspace = await createWorkspace(HELP_CENTRE);
  });

  it("are each answered from their own article, with one embedding call", async () => {
    await env.CONTROL.reset();
    const result = await ask(
      workspace,
      "How many days do I have to return an unused item and how long does delivery to Canada take?",
    );
    expect(result.outcome).toBe("answered");
    expect(result.text).toContain("45 days");
    expect(result.text).toContain("12 working days");
    const cited = result.citations.map(({ external_id }) => external_id);
    expect(cited.toSorted()).toEqual(["returns", "shipping"]);
    await expectVerified(workspace, result);
    expect((await env.CONTROL.stats()).aiCalls).toBe(1);
    expect(result.binding_calls.sequential).toBeLessThanOrEqual(3);
    const { messages } = await readConversation(workspace, result.conversation_id);
    expect(messages.map(({ role }) => role)).toEqual(["visitor", "assistant"]);
  });

  it("are answered with a sentence that names the one without an answer", async () => {
    const result = await ask(
      workspace,
      "How many days do I have to return an unused item? Who won the football world cup in Brazil?",
    );
    expect(result.outcome).toBe("answered");
    expect(result.citations.map(({ external_id }) => external_id)).toEqual(["returns"]);
    expect(result.text).toContain("Who won the football world cup in Brazil?");
    await expectVerified(workspace, result);
  });

  it("are one abstention if none of them is answered", async () => {
    const result = await ask(workspace, "Who won the world cup? Which planet is the largest one?");
    expect(result).toMatchObject({ outcome: "abstained", citations: [], rung: "none" });
  });
});
