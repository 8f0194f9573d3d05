import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { openShop, type Shop } from "../support/shop.ts";
import { fileClaim, orderStatus, WARRANTY_CLAIM } from "../support/shop-playbook.ts";
import { call, createWorkspace, readConversation, type Workspace } from "../support/workspace.ts";

let workspace: Workspace;
let shop: Shop;
beforeEach(async () => {
  workspace = await createWorkspace();
  shop = await openShop(workspace, {
    "12345": { status: "shipped", item: "Garden", in_warranty: true },
  });
  await shop.put("/v1/tools/order_status", orderStatus(shop.host));
});

async function proposed() {
  await shop.put("/v1/tools/file_claim", fileClaim(shop.host));
  await shop.put("/v1/procedures/warranty_claim", WARRANTY_CLAIM);
  const conversation = await shop.say("I want to claim the warranty for order 12345");
  await shop.say("noisy", { conversation });
  const { choices } = await shop.say("It rattles", { conversation });
  return { conversation, confirm: choices[0]?.confirm ?? "" };
}

const posts = async () => (await shop.calls()).filter(({ method }) => method === "POST").length;

describe("budgets of calls", () => {
  it("ends a day's calls, and says what could not be looked up", async () => {
    await call(workspace.secret, "PATCH", "/v1/settings", { tool_calls_per_day: 2 });
    const said = [];
    for (let turn = 0; turn < 3; turn++) said.push(await shop.say("where is my order 12345"));
    expect(said.map(({ outcome }) => outcome)).toEqual(["answered", "answered", "abstained"]);
    expect(said[2]?.text).toContain("couldn't look this up");
    expect(await shop.calls()).toHaveLength(2);
  });

  it("ends the calls of a conversation", async () => {
    const conversation = await shop.say("where is my order 12345");
    const { messages } = await readConversation(workspace, conversation.conversation_id);
    const rows = Array.from(
      { length: 39 },
      (_, at) => `('call_${crypto.randomUUID()}_${at}')`,
    ).join();
    await env.DB.prepare(
      `INSERT INTO tool_calls (id, workspace_id, conversation_id, message_id, tool, version, effect, arguments, status, created_at)
       SELECT v.column1, ?1, ?2, ?3, 'order_status', '', 'read', '{}', 'ok', 0 FROM (VALUES ${rows}) AS v`,
    )
      .bind(workspace.id, conversation.conversation_id, messages[0]?.id)
      .run();
    const last = await shop.say("where is my order 12345", { conversation });
    expect(last.outcome).toBe("abstained");
    expect(await shop.calls()).toHaveLength(1);
    expect((await shop.say("where is my order 12345")).outcome).toBe("answered");
  });

  it("calls no host that the settings no longer list", async () => {
    await call(workspace.secret, "PATCH", "/v1/settings", { tool_hosts: [] });
    expect((await shop.say("where is my order 12345")).outcome).toBe("abstained");
    expect(await shop.calls()).toEqual([]);
  });
});

describe("a change", () => {
  it("is made once by three presses at the same time", async () => {
    const { conversation, confirm } = await proposed();
    const press = () => shop.say("Yes", { conversation, confirm }).catch((error: unknown) => error);
    await Promise.all([press(), press(), press()]);
    expect(await posts()).toBe(1);
  });

  it("is unknown where the invocation ended between its row and its record", async () => {
    const { conversation, confirm } = await proposed();
    const { messages } = await readConversation(workspace, conversation.conversation_id);
    await env.DB.prepare(
      `INSERT INTO tool_calls (id, workspace_id, conversation_id, message_id, tool, version, effect, arguments, status, created_at)
       VALUES (?1, ?2, ?3, ?4, 'file_claim', '', 'change', '{}', 'calling', 0)`,
    )
      .bind(confirm, workspace.id, conversation.conversation_id, messages[0]?.id)
      .run();
    const answer = await shop.say("Yes", { conversation, confirm });
    expect(answer.text).toMatch(/can't tell whether it went through/);
    expect(await posts()).toBe(0);
  });

  it("is not made again after a turn that was lost behind its call, whatever the visitor says", async () => {
    const { conversation, confirm } = await proposed();
    const { messages } = await readConversation(workspace, conversation.conversation_id);
    await env.DB.prepare(
      `INSERT INTO tool_calls (id, workspace_id, conversation_id, message_id, tool, version, effect, arguments, status, result, created_at)
       VALUES (?1, ?2, ?3, ?4, 'file_claim', '', 'change', '{}', 'ok', '{"claim":"C-7"}', 0)`,
    )
      .bind(confirm, workspace.id, conversation.conversation_id, messages[0]?.id)
      .run();
    const again = await shop.say("I want to claim the warranty", { conversation });
    expect(again.choices[0]?.confirm).toBe(confirm);
    const declined = await shop.say("no thanks", { conversation });
    expect(declined.text).toContain("Your claim C-7 is filed.");
    expect(await posts()).toBe(0);
  });

  it("that is unknown is not told as the failure that the owner foresaw", async () => {
    const steps = [
      ...WARRANTY_CLAIM.steps.map((step) =>
        step.name === "file" ? { ...step, failed: "not_filed" } : step,
      ),
      { name: "not_filed", say: "The claim is not filed.", end: "answered" },
    ];
    const { conversation } = await proposed();
    await shop.put("/v1/procedures/warranty_claim", { ...WARRANTY_CLAIM, steps });
    await shop.fault({ path: "/claims", kind: "cut", times: 1 });
    const answer = await shop.say("yes", { conversation });
    expect(answer.text).toMatch(/can't tell whether it went through/);
    expect(answer.text).not.toContain("not filed");
  });

  it("is agreed to by its own conversation and visitor alone", async () => {
    const { confirm } = await proposed();
    const elsewhere = await shop.say("Yes", { confirm });
    expect(elsewhere.text).toMatch(/no longer open/);
    const other = await createWorkspace();
    const theirs = await openShop(other, {});
    expect((await theirs.say("Yes", { confirm })).text).toMatch(/no longer open/);
    expect(await posts()).toBe(0);
  });

  it.each(["cancel", "no", "what is the weather? do not do it"])(
    "is not agreed to by its button with the message: %s",
    async (message) => {
      const { conversation, confirm } = await proposed();
      await shop.say(message, { conversation, confirm });
      expect(await posts()).toBe(0);
    },
  );

  it("is not agreed to by a yes to something else", async () => {
    const { conversation } = await proposed();
    await shop.say("what is the meaning of life?", { conversation });
    await shop.say("and who won the world cup?", { conversation });
    await shop.say("yes", { conversation });
    expect(await posts()).toBe(0);
  });
});

it("a call and its run are erased with their conversation", async () => {
  const { conversation } = await proposed();
  const path = `/v1/conversations/${conversation.conversation_id}`;
  expect((await call(workspace.secret, "DELETE", path)).status).toBe(200);
  const left = await env.DB.prepare(
    `SELECT (SELECT count(*) FROM tool_calls WHERE workspace_id = ?1)
       + (SELECT count(*) FROM conversations WHERE workspace_id = ?1) AS left`,
  )
    .bind(workspace.id)
    .first();
  expect(left).toEqual({ left: 0 });
});
