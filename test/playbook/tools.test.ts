import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { openShop, type Shop } from "../support/shop.ts";
import { fileClaim, orderStatus, WARRANTY_CLAIM } from "../support/shop-playbook.ts";
import { call, createWorkspace, type Workspace } from "../support/workspace.ts";

let workspace: Workspace;
let shop: Shop;
beforeEach(async () => {
  workspace = await createWorkspace();
  shop = await openShop(workspace, {
    "12345": { status: "shipped", item: "Garden", in_warranty: true },
  });
});

async function refusal(path: string, body: object): Promise<string> {
  const response = await call(workspace.secret, "PUT", path, body);
  expect(response.status).toBe(422);
  return (await response.json<{ detail: string }>()).detail;
}

describe("a tool", () => {
  it("is stored, listed and removed; its secrets are never shown", async () => {
    const { secrets: _secrets, ...tool } = orderStatus(shop.host) as { secrets: object };
    const stored = await shop.put("/v1/tools/order_status", {
      ...tool,
      secret_headers: ["authorization"],
    });
    expect(stored).toMatchObject({
      signing_secret: expect.stringMatching(/^tsk_[0-9a-f]{64}$/),
      missing_secrets: ["authorization"],
    });
    const again = await shop.put("/v1/tools/order_status", {
      ...tool,
      secret_headers: ["authorization"],
      secrets: { headers: { authorization: "Bearer s3cr3t" } },
    });
    expect(again).not.toHaveProperty("signing_secret");
    expect(again).toMatchObject({ missing_secrets: [] });
    const listed = await call(workspace.secret, "GET", "/v1/tools");
    const text = await listed.text();
    expect(text).toContain("order_status");
    expect(text).not.toMatch(/s3cr3t|tsk_/);
    const { results } = await env.DB.prepare(`SELECT * FROM tool_secrets WHERE workspace_id = ?1`)
      .bind(workspace.id)
      .all();
    expect(JSON.stringify(results)).not.toMatch(/s3cr3t|tsk_/);
    expect((await call(workspace.secret, "DELETE", "/v1/tools/order_status")).status).toBe(204);
    expect((await call(workspace.secret, "GET", "/v1/tools/order_status")).status).toBe(404);
  });

  it.each([
    ["another host", { url: "https://other.example/{order}" }, "tool_hosts does not list"],
    ["http", { url: "http://SHOP/{order}" }, "is no https address"],
    ["a port", { url: "https://SHOP:8443/{order}" }, "is no https address"],
    ["credentials", { url: "https://a:b@SHOP/{order}" }, "is no https address"],
    [
      "a place in the host",
      { url: "https://{order}.example/" },
      "has a place for a value in its host",
    ],
    ["a value in the host behind slashes", { url: "https:////{order}.SHOP/x" }, "in its host"],
    [
      "a fixed authorization",
      { headers: { authorization: "Bearer x" } },
      "name it in secret_headers",
    ],
    [
      "a name that every object has",
      { output: { type: "object", properties: { constructor: { type: "string" } } } },
      "that every object has",
    ],
    [
      "a phrase that begins with its value",
      {
        input: {
          type: "object",
          properties: { order: { type: "string", phrases: ["{} order"] } },
          required: ["order"],
        },
      },
      "needs a word before {}",
    ],
    ["an unknown place", { url: "https://SHOP/{id}" }, "which is no property of input"],
    ["a change by GET", { effect: "change" }, "which changes nothing"],
    ["a read by DELETE", { method: "DELETE" }, "which reads nothing"],
    ["a header of ours", { headers: { "edgewise-signature": "x" } }, "is set by Edgewise"],
    ["text of unknown values", { says: "It is {nothing}." }, "is no single value"],
    [
      "a pattern slow by both",
      { input: input(`^${"\\w?".repeat(6)}\\w*\\w*\\w*\\d$`) },
      "is no simple pattern",
    ],
    ["a slow pattern", { input: input("^(a+)+$") }, "is no simple pattern"],
    [
      "an exponential pattern",
      { input: input(`^${"a?".repeat(30)}${"a".repeat(30)}$`) },
      "is no simple pattern",
    ],
    ["an open pattern", { input: input("\\d+") }, "is no simple pattern"],
    ["a deep result", { output: deep(9) }, ""],
  ])("is refused with %s", async (_, changes, message) => {
    const body = JSON.stringify({ ...orderStatus(shop.host), ...changes }).replaceAll(
      "SHOP",
      shop.host,
    );
    expect(await refusal("/v1/tools/order_status", JSON.parse(body))).toContain(message);
  });

  it.each([
    { "s3cr3t-value": 1 },
    { headers: { "Bearer s3cr3t-value": "x" } },
    { headers: { "x-other": "s3cr3t-value" } },
    { signing: "s3cr3t-value" },
  ])("is refused with wrong secrets, which no error repeats: %j", async (secrets) => {
    expect(
      await refusal("/v1/tools/order_status", { ...orderStatus(shop.host), secrets }),
    ).not.toContain("s3cr3t");
  });

  it.each(["Order-Status", "9lives", "a".repeat(41), "order.status"])(
    "is refused with the name %s",
    async (name) => {
      expect(await refusal(`/v1/tools/${name}`, orderStatus(shop.host))).toContain("id: takes");
    },
  );

  it("is kept while a procedure calls it, and does not change under it", async () => {
    await shop.put("/v1/tools/order_status", orderStatus(shop.host));
    await shop.put("/v1/tools/file_claim", fileClaim(shop.host));
    await shop.put("/v1/procedures/warranty_claim", WARRANTY_CLAIM);
    const removed = await call(workspace.secret, "DELETE", "/v1/tools/order_status");
    expect(removed.status).toBe(409);
    expect(await removed.json()).toMatchObject({
      code: "tool_in_use",
      detail: expect.stringContaining("warranty_claim"),
    });
    const { output: _output, ...rest } = orderStatus(shop.host) as { output: object };
    const output = { type: "object", properties: { item: { type: "string" } }, required: ["item"] };
    const detail = await refusal("/v1/tools/order_status", { ...rest, says: "{item}", output });
    expect(detail).toContain("would break the procedure warranty_claim");
  });
});

function input(pattern: string): object {
  return {
    type: "object",
    properties: { order: { type: "string", pattern } },
    required: ["order"],
  };
}

function deep(levels: number): object {
  const inner = levels === 0 ? { type: "string" } : deep(levels - 1);
  return { type: "object", properties: { a: inner }, required: [] };
}

describe("a procedure", () => {
  beforeEach(async () => {
    await shop.put("/v1/tools/order_status", orderStatus(shop.host));
    await shop.put("/v1/tools/file_claim", fileClaim(shop.host));
  });

  const ends = { name: "end", say: "Done.", end: "answered" };
  const look = { name: "look", tool: "order_status" };
  const ask = { name: "ask", ask: "order" };
  const again = (name: string) => ({ ...look, name });

  it.each([
    [
      "an endless step",
      [ask, { name: "loop", say: "Again.", next: "ask" }, ends],
      "would never end",
    ],
    [
      "an unreachable step",
      [ask, { name: "x", say: "x", end: "answered" }, ends],
      "is never reached",
    ],
    ["no end", [ask], "the last step ends the procedure"],
    ["an unknown step", [{ ...ask, next: "nowhere" }, ends], "which is no step"],
    ["two steps of one name", [ask, ask, ends], "is the name of two steps"],
    ["an unknown tool", [{ name: "look", tool: "nothing" }, ends], "there is no tool nothing"],
    ["an unknown argument", [ask, { ...look, with: { x: "order" } }, ends], "does not take"],
    ["a missing argument", [{ name: "file", tool: "file_claim" }, ends], "which file_claim needs"],
    ["an unknown value", [ask, { ...ends, say: "{nothing}" }], "is nothing that ask describes"],
    ["an undeclared field", [ask, look, { ...ends, say: "{look.secret}" }], "is no single value"],
    [
      "a branch by free text",
      [ask, look, { name: "b", if: { field: "look.item", is: "x" }, else: "end" }, ends],
      "is free text of a tool, which chooses no way",
    ],
    [
      "a branch that never is",
      [ask, look, { name: "b", if: { field: "look.status", is: "lost" }, else: "end" }, ends],
      "never is",
    ],
    [
      "a value that is not known yet",
      [
        ask,
        { name: "b", if: { field: "order", is_set: true }, else: "use" },
        look,
        { name: "use", tool: "order_status", with: { order: "look.item" } },
        ends,
      ],
      "is not known on each way",
    ],
    [
      "too many calls in a turn",
      [ask, again("a"), again("b"), again("c"), again("d"), ends],
      "which makes at most 3",
    ],
    ["two things in one step", [{ ...ask, tool: "order_status" }, ends], "does not go with"],
    ["an end that says nothing", [ask, { name: "end", end: "answered" }], "is needed by end"],
    ["a step that does nothing", [{ name: "idle" }, ends], "does nothing"],
    [
      "an if without else",
      [ask, { name: "b", if: { field: "order", is_set: true } }, ends],
      "is needed by if",
    ],
  ])("is refused with %s", async (_, steps, message) => {
    const order = { type: "string", pattern: "^\\d{5}$", question: "Which order?" };
    const detail = await refusal("/v1/procedures/p", { title: "P", ask: { order }, steps });
    expect(detail).toContain(message);
  });

  it("goes on with what still fits after it was changed, and says why where it cannot", async () => {
    await shop.put("/v1/procedures/warranty_claim", WARRANTY_CLAIM);
    const first = await shop.say("I want to claim the warranty for order 12345");
    await shop.say("noisy", { conversation: first });
    const { problem: _problem, ...asked } = WARRANTY_CLAIM.ask;
    const serial = { type: "string", pattern: "^S\\d{4}$", question: "What is the serial number?" };
    const steps = WARRANTY_CLAIM.steps
      .map((step) => (step.name === "describe" ? { name: "describe", ask: "serial" } : step))
      .map((step) => (step.name === "file" ? { ...step, with: { problem: "serial" } } : step));
    await shop.put("/v1/procedures/warranty_claim", {
      ...WARRANTY_CLAIM,
      ask: { ...asked, serial },
      steps,
    });
    const wrong = await shop.say("it rattles", { conversation: first });
    expect(wrong.text).toContain("What is the serial number?");
    const proposed = await shop.say("S1234", { conversation: first });
    expect(proposed.text).toMatch(/12345[\s\S]*S1234/);
    expect((await shop.calls()).map(({ method }) => method)).toEqual(["GET"]);
    await call(workspace.secret, "DELETE", "/v1/procedures/warranty_claim");
    const confirm = proposed.choices[0]?.confirm;
    const gone = await shop.say("Yes", { conversation: first, confirm });
    expect(gone.text).toMatch(/can't go on/);
    expect((await shop.calls()).map(({ method }) => method)).toEqual(["GET"]);
  });

  it("is for its audience only", async () => {
    await shop.put("/v1/procedures/warranty_claim", { ...WARRANTY_CLAIM, audience: ["staff"] });
    const answer = await shop.say("I want to claim the warranty");
    expect(answer.text).not.toContain("Which order");
  });
});
