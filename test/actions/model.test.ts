import { beforeEach, describe, expect, it } from "vitest";
import { env } from "cloudflare:workers";
import { openAiStream, recordedChats } from "../support/chat-script.ts";
import { openShop, type Shop } from "../support/shop.ts";
import { fileClaim, orderStatus, WARRANTY_CLAIM } from "../support/shop-playbook.ts";
import {
  CHAT_MODEL,
  createWorkspace,
  HELP_CENTRE,
  readConversation,
  type Workspace,
} from "../support/workspace.ts";

const ORDERS = { "12345": { status: "shipped", item: "Terrace garden", in_warranty: true } };
const overrides = { CHAT_MODEL };

let workspace: Workspace;
let shop: Shop;
beforeEach(async () => {
  workspace = await createWorkspace(HELP_CENTRE);
  shop = await openShop(workspace, ORDERS);
  await shop.put("/v1/tools/order_status", orderStatus(shop.host));
  await shop.put("/v1/tools/file_claim", fileClaim(shop.host));
  await shop.put("/v1/procedures/warranty_claim", WARRANTY_CLAIM);
});

type Called = { name: string; arguments: object | string };

/** What a model chooses, in the shape of OpenAI or of Workers AI's older models. */
async function choose(calls: Called[], shape: "openai" | "workers-ai" = "openai"): Promise<void> {
  const usage = { prompt_tokens: 50, completion_tokens: 10, total_tokens: 60 };
  const listed = calls.map(({ name, arguments: given }) => ({
    id: "call_1",
    type: "function",
    function: { name, arguments: typeof given === "string" ? given : JSON.stringify(given) },
  }));
  await env.CONTROL.scriptChat({
    reply:
      shape === "openai"
        ? {
            choices: [{ message: { role: "assistant", content: null, tool_calls: listed } }],
            usage,
          }
        : { response: "", tool_calls: calls, usage },
  });
}

async function callsOf(id: string) {
  const { messages } = await readConversation(workspace, id);
  return messages.flatMap(({ tool_calls = [] }) => tool_calls);
}

describe("function calling", () => {
  it.each(["openai", "workers-ai"] as const)(
    "looks up what the model chooses, and has it answer from the result: %s",
    async (shape) => {
      await choose([{ name: "order_status", arguments: { order: "12345" } }], shape);
      await env.CONTROL.scriptChat(
        openAiStream(["Your order 12345, the Terrace garden, is shipped [1]."]),
      );
      const answer = await shop.say("any news about my 12345?", { overrides });
      expect(answer).toMatchObject({
        text: "Your order 12345, the Terrace garden, is shipped [1].",
        outcome: "answered",
        rung: "model",
        citations: [{ external_id: "tool:order_status", kind: "tool" }],
      });
      expect(await shop.calls()).toHaveLength(1);
    },
  );

  it("tells the result itself where the model says what it does not hold", async () => {
    await choose([{ name: "order_status", arguments: { order: "12345" } }]);
    await env.CONTROL.scriptChat(
      openAiStream(["Your parcel was eaten by penguins in Norway [1]."]),
    );
    const answer = await shop.say("any news about my 12345?", { overrides });
    expect(answer).toMatchObject({
      text: "Order 12345 (Terrace garden) is shipped. [1]",
      outcome: "answered",
    });
  });

  it("asks for a value that the model has invented", async () => {
    await choose([{ name: "order_status", arguments: { order: "99999" } }]);
    const answer = await shop.say("any news about my parcel?", { overrides });
    expect(answer).toMatchObject({ text: "What is your order number?", outcome: "clarified" });
    expect(await shop.calls()).toEqual([]);
    expect(await callsOf(answer.conversation_id)).toMatchObject([
      { tool: "order_status", status: "refused", reason: expect.stringContaining("not said") },
    ]);
    const told = await shop.say("12345", { conversation: answer, overrides });
    expect(told.text).toContain("is shipped");
  });

  it.each(["", "--", "2345"])(
    "asks for a value of which the visitor has said a part: %j",
    async (order) => {
      await choose([{ name: "start_warranty_claim", arguments: { problem: order } }]);
      const answer = await shop.say("my 12345 rattles", { overrides });
      expect((await callsOf(answer.conversation_id))[0]).toMatchObject({ status: "refused" });
    },
  );

  it("offers no tool that a procedure calls, unless it has topics of its own", async () => {
    await choose([{ name: "file_claim", arguments: { order: "12345", problem: "rattles" } }]);
    const answer = await shop.say("12345 rattles", { overrides });
    expect(answer.choices.every(({ confirm }) => confirm === undefined)).toBe(true);
    expect((await callsOf(answer.conversation_id))[0]).toMatchObject({
      tool: "file_claim",
      status: "refused",
    });
  });

  it("refuses and records what does not exist", async () => {
    await choose([
      { name: "delete_everything", arguments: {} },
      { name: "order_status", arguments: "not json" },
      { name: "order_status", arguments: { order: "12345", admin: true } },
    ]);
    await env.CONTROL.scriptChat(openAiStream(["Your order 12345 is shipped [1]."]));
    const answer = await shop.say("where is order 12345?", { overrides });
    expect(answer.text).toContain("shipped");
    const calls = await callsOf(answer.conversation_id);
    expect(calls.map(({ tool, status }) => `${tool} ${status}`)).toEqual([
      "order_status ok",
      "delete_everything refused",
      "order_status refused",
      "order_status refused",
    ]);
  });

  it("answers from the documents, and says what could not be looked up", async () => {
    await shop.fault({ path: "/orders", kind: "down", times: 9 });
    await choose([{ name: "order_status", arguments: { order: "12345" } }]);
    await env.CONTROL.scriptChat(openAiStream(["Delivery to Germany takes 3 working days [1]."]));
    const answer = await shop.say("How long does delivery to Germany take, and where is 12345?", {
      overrides,
    });
    expect(answer.text).toMatch(
      /3 working days \[1\]\.[\s\S]*couldn't look this up[\s\S]*Order status/,
    );
    expect(answer.citations).toMatchObject([{ external_id: "shipping" }]);
  });

  it("makes at most three calls", async () => {
    const one = { name: "order_status", arguments: { order: "12345" } };
    await choose([one, one, one, one]);
    await env.CONTROL.scriptChat(openAiStream(["Your order 12345 is shipped [1]."]));
    const answer = await shop.say("where is order 12345?", { overrides });
    expect(await shop.calls()).toHaveLength(3);
    expect((await callsOf(answer.conversation_id)).at(-1)).toMatchObject({ status: "refused" });
  });

  it("begins a procedure, and proposes a change that it does not make", async () => {
    await choose([{ name: "start_warranty_claim", arguments: { order: "12345", fault: "noisy" } }]);
    const asked = await shop.say("12345 rattles like mad", { overrides });
    expect(asked.text).toBe("Please describe the problem.");
    const proposed = await shop.say("It rattles at night", { conversation: asked, overrides });
    expect(proposed.choices[0]?.confirm).toBeDefined();
    expect((await shop.calls()).map(({ method }) => method)).toEqual(["GET"]);
    const declined = await shop.say("no", { conversation: asked, overrides });
    expect(declined.text).toMatch(/changed nothing/);
    const late = await shop.say("yes", { conversation: asked, overrides: {} });
    expect(late.outcome).not.toBe("answered");
    expect((await shop.calls()).map(({ method }) => method)).toEqual(["GET"]);
  });

  it("does without the model's choice where it fails", async () => {
    await env.CONTROL.failNext({ binding: "ai", kind: "capacity", model: CHAT_MODEL, times: 1 });
    const answer = await shop.say("where is my order 12345", { overrides });
    expect(answer.text).toContain("is shipped");
  });

  it("shows the model that chooses the visitor's words alone", async () => {
    await choose([]);
    await env.CONTROL.scriptChat(openAiStream(["Delivery takes 3 working days [1]."]));
    const first = await shop.say("How long does delivery to Germany take?", { overrides });
    await choose([]);
    await env.CONTROL.scriptChat(openAiStream(["Parcels to Canada take 12 working days [1]."]));
    await shop.say("How long do parcels to Canada take?", { conversation: first, overrides });
    const planning = (await recordedChats()).filter(({ inputs }) => "tools" in inputs).slice(-2);
    expect(JSON.stringify(planning[1]?.inputs["messages"])).toContain("Germany");
    expect(JSON.stringify(planning)).not.toMatch(/working days|source number/);
  });
});

describe("a change", () => {
  it("is called once, and said to be unknown after a timeout", async () => {
    const first = await shop.say("I want to claim the warranty for order 12345");
    await shop.say("noisy", { conversation: first });
    const proposed = await shop.say("It rattles at night", { conversation: first });
    await shop.fault({ path: "/claims", kind: "slow", times: 1 });
    const confirm = proposed.choices[0]?.confirm;
    const answer = await shop.say("Yes", { conversation: first, confirm });
    expect(answer.outcome).toBe("abstained");
    expect(answer.text).toMatch(/can't tell whether it went through[\s\S]*File a warranty claim/);
    await shop.say("Yes", { conversation: first, confirm });
    await shop.say("yes", { conversation: first });
    const posts = (await shop.calls()).filter(({ method }) => method === "POST");
    expect(posts).toHaveLength(1);
    expect((await callsOf(first.conversation_id)).at(-1)).toMatchObject({ status: "unknown" });
  });

  it("is proposed anew where the tool has changed since", async () => {
    const first = await shop.say("I want to claim the warranty for order 12345");
    await shop.say("noisy", { conversation: first });
    const proposed = await shop.say("It rattles at night", { conversation: first });
    await shop.put("/v1/tools/file_claim", { ...fileClaim(shop.host), title: "File a claim" });
    const confirm = proposed.choices[0]?.confirm;
    const again = await shop.say("Yes", { conversation: first, confirm });
    expect(again.text).toContain("File a claim");
    expect(again.choices[0]?.confirm).not.toBe(confirm);
    const posts = (await shop.calls()).filter(({ method }) => method === "POST");
    expect(posts).toEqual([]);
  });

  it("carries the visitor's identity as a signed claim, and goes on in another conversation", async () => {
    const { createIdentitySecret, visitorToken } = await import("../support/visitor.ts");
    const secret = await createIdentitySecret(workspace);
    const visitor = await visitorToken(secret, { sub: "ada", email: "ada@example.com" });
    const first = await shop.say("I want to claim the warranty for order 12345", { visitor });
    await shop.say("noisy", { conversation: first, visitor });
    const later = await shop.say("I want to claim the warranty", { visitor });
    expect(later.conversation_id).not.toBe(first.conversation_id);
    expect(later.text).toMatch(/go on with “Warranty claim”[\s\S]*describe the problem/);
    const proposed = await shop.say("It rattles", { conversation: later, visitor });
    expect(proposed.text).toContain("ada@example.com");
    const confirm = proposed.choices[0]?.confirm;
    const done = await shop.say("Yes", { conversation: later, confirm, visitor });
    expect(done.text).toContain("C-1001");
    const post = (await shop.calls()).find(({ method }) => method === "POST");
    expect(post).toMatchObject({
      claims: { sub: "ada", email: "ada@example.com", verified: true, workspace: workspace.id },
      body: { order: "12345", email: "ada@example.com" },
    });
    const stranger = await visitorToken(secret, { sub: "bob" });
    const own = await shop.say("I want to claim the warranty", { visitor: stranger });
    expect(own.text).toBe("Which order is it about?");
  });
});
