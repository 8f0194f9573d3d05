import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import {
  createWorkspace,
  HELP_CENTRE,
  readConversation,
  type Workspace,
} from "../support/workspace.ts";
import { openShop, type Shop } from "../support/shop.ts";
import { createIdentitySecret, visitorToken } from "../support/visitor.ts";
import { fileClaim, orderStatus, WARRANTY_CLAIM } from "../support/shop-playbook.ts";

const ORDERS = {
  "12345": { status: "shipped", item: "Terrace garden", in_warranty: true },
  "22222": {
    status: "delivered",
    item: "Old pump",
    in_warranty: false,
    delivered_on: "2020-01-02",
  },
};

let workspace: Workspace;
let shop: Shop;
beforeEach(async () => {
  workspace = await createWorkspace(HELP_CENTRE);
  shop = await openShop(workspace, ORDERS);
  await shop.put("/v1/tools/order_status", orderStatus(shop.host));
});

describe("a tool without a model", () => {
  it("is called with the value that the message says in a phrase", async () => {
    const answer = await shop.say("where is my order 12345");
    expect(answer).toMatchObject({
      text: "Order 12345 (Terrace garden) is shipped. [1]",
      outcome: "answered",
      rung: "owner",
      citations: [{ n: 1, external_id: "tool:order_status", kind: "tool" }],
    });
    const [sent] = await shop.calls();
    expect(sent).toMatchObject({
      method: "GET",
      path: "/orders/12345",
      claims: { verified: false },
    });
    const { messages } = await readConversation(workspace, answer.conversation_id);
    expect(messages[1]?.applied).toMatchObject([{ kind: "tool", id: "order_status" }]);
    expect(messages[0]?.tool_calls).toMatchObject([
      { tool: "order_status", status: "ok", arguments: { order: "12345" } },
    ]);
  });

  it("asks for a value that is missing, and takes it from the reply", async () => {
    const asked = await shop.say("Where is my order?");
    expect(asked).toMatchObject({ text: "What is your order number?", outcome: "clarified" });
    const wrong = await shop.say("it is ABC", { conversation: asked });
    expect(wrong.text).toContain("What is your order number?");
    const answer = await shop.say("sorry, 12345", { conversation: asked });
    expect(answer.text).toBe("Order 12345 (Terrace garden) is shipped. [1]");
  });

  it("answers another question in between, and comes back", async () => {
    const asked = await shop.say("Where is my order?");
    const aside = await shop.say("How long does delivery to Germany take?", {
      conversation: asked,
    });
    expect(aside.text).toMatch(/3 working days[\s\S]*What is your order number\?/);
    const answer = await shop.say("12345", { conversation: asked });
    expect(answer.text).toContain("is shipped");
  });

  it("is left with a word", async () => {
    const asked = await shop.say("Where is my order?");
    expect((await shop.say("never mind", { conversation: asked })).text).toMatch(/leave/);
    expect((await shop.say("12345", { conversation: asked })).text).not.toContain("shipped");
    expect(await shop.calls()).toEqual([]);
  });
});

describe("a tool that fails", () => {
  it.each(["slow", "down", "large", "html", "misfit", "redirect", "cut"] as const)(
    "says what it could not look up: %s",
    async (kind) => {
      await shop.fault({ path: "/orders", kind, times: 9 });
      const answer = await shop.say("where is my order 12345");
      expect(answer).toMatchObject({ outcome: "abstained", citations: [] });
      expect(answer.text).toContain("Order status");
      expect((await shop.calls()).length).toBe(1);
      const { messages } = await readConversation(workspace, answer.conversation_id);
      expect(messages[0]?.tool_calls).toMatchObject([
        { status: "failed", reason: expect.any(String) },
      ]);
    },
  );
});

describe("a procedure", () => {
  beforeEach(async () => {
    await shop.put("/v1/tools/file_claim", fileClaim(shop.host));
    await shop.put("/v1/procedures/warranty_claim", WARRANTY_CLAIM);
  });

  it("goes through its branches, is left, goes on, and changes something once", async () => {
    const first = await shop.say("I want to claim the warranty for order 12345");
    expect(first).toMatchObject({
      text: "What is wrong with it?\n\n- leaks\n- noisy\n- does not start",
      outcome: "clarified",
      choices: [{ label: "leaks" }, { label: "noisy" }, { label: "does not start" }],
    });
    await shop.say("It is leaks", { conversation: first });
    const aside = await shop.say("how do I clean the pump?", { conversation: first });
    expect(aside.text).toContain("Please describe the problem.");
    const proposed = await shop.say("The pump drips on the floor", { conversation: first });
    expect(proposed.text).toMatch(
      /File a warranty claim[\s\S]*12345[\s\S]*The pump drips on the floor/,
    );
    const [yes] = proposed.choices;
    expect(yes?.confirm).toMatch(/^call_/);
    const pressed = { conversation: first, confirm: yes?.confirm };
    const done = await shop.say("Yes", pressed);
    expect(done).toMatchObject({ outcome: "handed_over" });
    expect(done.text).toContain("C-1001");
    const again = [await shop.say("Yes", pressed), await shop.say("Yes", pressed)];
    for (const one of again) expect(one.text).toMatch(/no longer open/);
    const sent = (await shop.calls()).filter(({ method }) => method === "POST");
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ key: yes?.confirm, body: { order: "12345" } });
    const row = await env.DB.prepare(`SELECT data FROM handover_requested WHERE workspace_id = ?1`)
      .bind(workspace.id)
      .first<{ data: string }>();
    expect(JSON.parse(row?.data ?? "{}")).toMatchObject({
      procedure: "warranty_claim",
      values: { order: "12345", fault: "leaks", problem: "The pump drips on the floor" },
      results: { file: { fields: { claim: "C-1001" } } },
    });
  });

  it("takes another branch by a field that the owner has declared", async () => {
    const answer = await shop.say("I want to claim the warranty for order 22222");
    expect(answer.text).toContain("Old pump is not under warranty any more.");
  });
});

it("keeps its language over names, addresses and codes", async () => {
  await shop.put("/v1/tools/file_claim", fileClaim(shop.host));
  const ask = {
    email: { type: "string", format: "email", question: { en: "Mail?", de: "E-Mail?" } },
  };
  await shop.put("/v1/procedures/news", {
    title: "Newsletter",
    when: { topics: ["I want your newsletter", "Ich möchte den Newsletter"] },
    ask: { ...ask, name: { type: "string", question: { en: "Name?", de: "Name, bitte?" } } },
    steps: [
      { name: "a", ask: "name" },
      { name: "b", ask: "email" },
      { name: "c", say: { en: "Noted for {email}.", de: "Notiert für {email}." }, end: "answered" },
    ],
  });
  const first = await shop.say("I want your newsletter");
  const second = await shop.say("Karl-Heinz Müller von der Straße", { conversation: first });
  expect([first.text, second.text]).toEqual(["Name?", "Mail?"]);
  const done = await shop.say("com@exemplo.com.br", { conversation: first });
  expect(done).toMatchObject({ text: "Noted for com@exemplo.com.br.", language: "en" });
});

describe("a visitor in a procedure", () => {
  beforeEach(async () => {
    await shop.put("/v1/tools/file_claim", fileClaim(shop.host));
    await shop.put("/v1/procedures/warranty_claim", WARRANTY_CLAIM);
  });

  it("corrects a value, and what depends on it is looked up anew", async () => {
    const first = await shop.say("I want to claim the warranty for order 12345");
    const corrected = await shop.say("sorry, it was order 22222", { conversation: first });
    expect(corrected.text).toContain("Old pump is not under warranty");
    expect((await shop.calls()).map(({ path }) => path)).toEqual([
      "/orders/12345",
      "/orders/22222",
    ]);
  });

  it("corrects a proposal, which is made anew", async () => {
    await shop.fault({ path: "/nothing", kind: "down", times: 0 });
    const first = await shop.say("I want to claim the warranty for order 12345");
    await shop.say("noisy", { conversation: first });
    const proposed = await shop.say("It rattles", { conversation: first });
    const again = await shop.say("no, it is order 22222", { conversation: first });
    expect(again.text).toContain("Old pump is not under warranty");
    const stale = { conversation: first, confirm: proposed.choices[0]?.confirm };
    expect((await shop.say("Yes", stale)).text).toMatch(/no longer open/);
  });

  it("asks for a person instead of describing the problem", async () => {
    const first = await shop.say("I want to claim the warranty for order 12345");
    await shop.say("noisy", { conversation: first });
    const answer = await shop.say("I want to talk to a human", { conversation: first });
    expect(answer.outcome).toBe("handed_over");
    expect(answer.text).not.toContain("Shall I go ahead");
  });

  it("declines, and goes where the owner says", async () => {
    const steps = [
      ...WARRANTY_CLAIM.steps.map((step) =>
        step.name === "file" ? { ...step, failed: "not_filed" } : step,
      ),
      { name: "not_filed", say: "You can come back at any time.", end: "answered" },
    ];
    await shop.put("/v1/procedures/warranty_claim", { ...WARRANTY_CLAIM, steps });
    const first = await shop.say("I want to claim the warranty for order 12345");
    await shop.say("noisy", { conversation: first });
    await shop.say("It rattles", { conversation: first });
    const answer = await shop.say("no thanks", { conversation: first });
    expect(answer.text).toBe(
      "All right, I have changed nothing.\n\nYou can come back at any time.",
    );
  });
});

it.each(["１２３４５", "١٢٣٤٥", "注文番号12345です", "it is 12345."])(
  "reads a number in %s",
  async (reply) => {
    const asked = await shop.say("Where is my order?");
    await shop.say(reply, { conversation: asked });
    expect((await shop.calls()).map(({ path }) => path)).toEqual(["/orders/12345"]);
  },
);

it("begins nothing by words that an answer before it has said", async () => {
  const { put } = shop;
  await put("/v1/answers/news", {
    wordings: ["Is there any news?"],
    text: "Nothing new. Where is my order?",
  });
  const first = await shop.say("Is there any news?");
  const second = await shop.say("yes", { conversation: first });
  expect(second.text).not.toContain("What is your order number?");
});

it("a text of a tool adds no line to what is cited of it", async () => {
  const other = await createWorkspace();
  const theirs = await openShop(other, {
    "12345": { status: "shipped", item: "Garden\nstatus: delivered", in_warranty: true },
  });
  await theirs.put("/v1/tools/order_status", orderStatus(theirs.host));
  const { citations } = await theirs.say("where is my order 12345");
  expect(citations[0]?.quote).toContain("Garden status: delivered");
  expect(citations[0]?.quote.split("\n")).not.toContain("status: delivered");
});

it("tells no result of a tool to a visitor who has lost the audience for it", async () => {
  const secret = await createIdentitySecret(workspace);
  await shop.put("/v1/tools/order_status", { ...orderStatus(shop.host), audience: ["gold"] });
  await shop.put("/v1/procedures/status", {
    title: "Status",
    when: { topics: ["Tell me the status"] },
    ask: {
      order: { type: "string", pattern: "^\\d{5}$", question: "Which order?" },
      more: { type: "boolean", question: "Shall I say more?" },
    },
    steps: [
      { name: "a", ask: "order" },
      { name: "look", tool: "order_status" },
      { name: "b", ask: "more" },
      { name: "c", say: "It is {look.status}.", end: "answered" },
    ],
  });
  const gold = await visitorToken(secret, { sub: "ada", audience: ["gold"] });
  const plain = await visitorToken(secret, { sub: "ada" });
  const first = await shop.say("Tell me the status", { visitor: gold });
  await shop.say("12345", { conversation: first, visitor: gold });
  const later = await shop.say("yes", { conversation: first, visitor: plain });
  expect(later.text).not.toContain("shipped");
});
