import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { openAiStream, recordedChats } from "../support/chat-script.ts";
import { expectProblem } from "../support/expect-problem.ts";
import {
  ask,
  call,
  CHAT_MODEL,
  createWorkspace,
  HELP_CENTRE,
  ingest,
  readConversation,
  type Document,
  type Workspace,
} from "../support/workspace.ts";

const TOPICS = ["How long does delivery take?", "When does my parcel arrive?", "Delivery time"];
const DELIVERY = "How long does delivery to Germany take?";
const SAID = openAiStream(["Delivery to Germany takes 3 working days [1]."]);

let workspace: Workspace;
beforeEach(async () => {
  workspace = await createWorkspace(HELP_CENTRE);
});

async function put(id: string, body: object): Promise<Response> {
  return call(workspace.secret, "PUT", `/v1/guidance/${id}`, body);
}

async function putLive(id: string, body: object): Promise<void> {
  const response = await put(id, body);
  expect(response.status, await response.clone().text()).toBe(200);
}

/** What the model was told in its last call. */
async function told(): Promise<string> {
  return JSON.stringify((await recordedChats()).at(-1)?.inputs);
}

describe("guidance", () => {
  it("tells the model what the owner wants of an answer, where its condition holds", async () => {
    const instruction = "Mention the courier GreenPost by its name.";
    await putLive("courier", { when: { topics: TOPICS }, instruction });
    await env.CONTROL.scriptChat(SAID);
    const answer = await ask(workspace, DELIVERY, { CHAT_MODEL });
    expect(answer.rung).toBe("model");
    expect(await told()).toContain(instruction);
    const { messages } = await readConversation(workspace, answer.conversation_id);
    expect(messages[1]?.applied).toMatchObject([{ kind: "guidance", id: "courier" }]);
    await env.CONTROL.scriptChat(openAiStream(["Soak the pump in vinegar for one hour [1]."]));
    await ask(workspace, "How do I clean the pump?", { CHAT_MODEL });
    expect(await told()).not.toContain(instruction);
  });

  it("keeps no answer that was made under it for others, and gives none that was kept", async () => {
    await putLive("page", { when: { page: "/shop/*" }, instruction: "Be brief." });
    await env.CONTROL.scriptChat(SAID);
    const plain = await ask(workspace, DELIVERY, { CHAT_MODEL });
    await env.CONTROL.scriptChat(SAID);
    const guided = await ask(
      workspace,
      { message: DELIVERY, metadata: { page: "https://shop.example/shop/gardens?x=1" } },
      { CHAT_MODEL },
    );
    expect([plain.rung, guided.rung]).toEqual(["model", "model"]);
    expect(await told()).toContain("Be brief.");
    const later = await ask(workspace, DELIVERY, { CHAT_MODEL });
    expect([later.rung, later.text]).toEqual(["cached", plain.text]);
  });

  it("offers a person after the answer", async () => {
    await putLive("person", { when: { topics: TOPICS }, action: "offer_person" });
    const { text, outcome } = await ask(workspace, DELIVERY);
    expect(outcome).toBe("answered");
    expect(text).toMatch(/3 working days[\s\S]*contact/i);
  });

  it("refuses politely in place of an answer, without asking a model", async () => {
    const text = "I can't discuss court cases. Please write to legal@shop.example.";
    const topics = [
      "Are you being sued?",
      "Is there a lawsuit against you?",
      "What about the court case?",
    ];
    await putLive("lawsuit", { when: { topics }, action: "refuse", text });
    const answer = await ask(workspace, "is there a lawsuit against your company", { CHAT_MODEL });
    expect(answer).toMatchObject({ text, outcome: "abstained", rung: "owner", citations: [] });
  });

  it("shows a form", async () => {
    const form = {
      title: "Broken on arrival",
      fields: [{ name: "order_number", label: "Order number" }],
    };
    const topics = ["My order arrived broken", "The parcel was damaged", "It came in pieces"];
    const text = "I'm sorry. Please fill in this form.";
    await putLive("broken", { when: { topics }, action: "show_form", text, form });
    const retry = { "idempotency-key": crypto.randomUUID() };
    const answer = await ask(workspace, "my parcel arrived damaged", {}, retry);
    const again = await ask(workspace, "my parcel arrived damaged", {}, retry);
    expect(again.form).toEqual(answer.form);
    const { messages } = await readConversation(workspace, answer.conversation_id);
    expect(messages[1]?.form).toEqual(answer.form);
    expect(answer).toMatchObject({
      text,
      outcome: "clarified",
      form: {
        title: form.title,
        fields: [{ name: "order_number", label: "Order number", type: "text", required: true }],
      },
    });
  });

  it("applies on its pages and in its languages only", async () => {
    await putLive("page", { when: { page: "/shop/*" }, action: "offer_person" });
    await putLive("german", { when: { languages: ["de"] }, action: "offer_person" });
    const ids = async (metadata: object): Promise<unknown> => {
      const { conversation_id } = await ask(workspace, { message: DELIVERY, metadata });
      const { messages } = await readConversation(workspace, conversation_id);
      return messages[1]?.applied?.map(({ id }) => id);
    };
    expect(await ids({ page: "/shop/garden" })).toEqual(["page"]);
    expect(await ids({ page: "/blog/shop/" })).toBeUndefined();
    expect(await ids({ page: 7 })).toBeUndefined();
    expect(await ids({})).toBeUndefined();
    const german = await ask(workspace, "Wie lange dauert die Lieferung nach Deutschland?");
    const { messages } = await readConversation(workspace, german.conversation_id);
    expect(messages[1]?.applied?.map(({ id }) => id)).toEqual(["german"]);
  });
});

it("a refusal is said though the message also wants a person", async () => {
  const text = "I can't discuss court cases.";
  const topics = ["Are you being sued?", "Is there a lawsuit against you?"];
  await putLive("lawsuit", { when: { topics }, action: "refuse", text });
  const answer = await ask(workspace, "Is there a lawsuit against you? I want to talk to a human.");
  expect(answer.text).toContain(text);
});

describe("PUT /v1/guidance/{id}", () => {
  it.each([
    ["no condition", { when: {}, instruction: "Be brief." }],
    ["a page that is any page", { when: { page: "/*" }, instruction: "Be brief." }],
    ["neither instruction nor action", { when: { topics: ["a"] } }],
    ["both", { when: { topics: ["a"] }, instruction: "x", action: "offer_person" }],
    ["a refusal without words", { when: { topics: ["a"] }, action: "refuse" }],
    ["a refusal of everything", { when: { page: "/a" }, action: "refuse", text: "No." }],
    [
      "a form without fields",
      {
        when: { topics: ["a"] },
        action: "show_form",
        text: "Fill in.",
        form: { title: "x", fields: [] },
      },
    ],
  ])("refuses %s", async (_what, body) => {
    await expectProblem(await put("bad", body), 422, "validation_failed");
  });

  it("refuses guidance that would apply to nearly every title", async () => {
    const documents = Array.from({ length: 12 }, (_, at): [string, Document] => [
      `pump-${at}`,
      { title: `How do I clean the pump of model ${at}?`, content: "Rinse it." },
    ]);
    await ingest(workspace, Object.fromEntries(documents));
    const topics = ["How do I clean the pump?", "clean the pump", "Cleaning part of the pump"];
    const response = await put("all", { when: { topics }, action: "offer_person" });
    await expectProblem(response, 422, "validation_failed");
  });

  it("refuses guidance that contradicts another one", async () => {
    const first = { when: { topics: TOPICS }, instruction: "Always mention the express fee." };
    await putLive("one", first);
    const opposite = { when: { topics: TOPICS }, instruction: "Never mention the express fee." };
    const response = await put("two", opposite);
    expect(await response.clone().text()).toContain("one");
    await expectProblem(response, 422, "validation_failed");
    const apart = { ...opposite, valid_from: "2020-01-01", valid_until: "2020-02-01" };
    await putLive("one", { ...first, valid_from: "2021-01-01" });
    await putLive("two", apart);
    for (const id of ["one", "two"]) await call(workspace.secret, "DELETE", `/v1/guidance/${id}`);
    const pages = { when: { topics: TOPICS, page: "/a" }, instruction: "Mention the express fee." };
    await putLive("three", pages);
    const never = { when: { topics: TOPICS, page: "/b" }, instruction: opposite.instruction };
    await putLive("four", never);
  });
});
