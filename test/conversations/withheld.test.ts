import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { ConversationView } from "../../src/conversations/schema.ts";
import { hideDocument } from "../../src/knowledge/accept/hide.ts";
import { ask, call, CHAT_MODEL, createWorkspace, type Workspace } from "../support/workspace.ts";
import { asVisitor, createIdentitySecret, type IdentitySecret } from "../support/visitor.ts";
import { ingestPending } from "../support/pipeline.ts";

const QUESTION = "How long does the quartz sundial take to arrive?";
const PUBLIC_QUESTION = "How do I clean the copper pump?";
const SECRET = "nineteen days";
const ID = "sundial";

const documents = {
  [ID]: {
    title: "Quartz sundial",
    content: `The quartz sundial takes ${SECRET} to arrive. It is sent by rail.`,
    audience: ["members"],
  },
  pump: { title: "Copper pump", content: "Clean the copper pump with warm water every week." },
};

let workspace: Workspace;
let secret: IdentitySecret;
beforeAll(async () => {
  workspace = await createWorkspace();
  secret = await createIdentitySecret(workspace);
});

const put = async (id: keyof typeof documents, change: object = {}): Promise<void> => {
  const body = { ...documents[id], ...change };
  await call(workspace.secret, "PUT", `/v1/documents/${id}`, body);
  await ingestPending();
};

/** A visitor of the audience `members` who was told both things. */
async function told(
  sub: string,
): Promise<{ id: string; read: (audience: string[]) => Promise<ConversationView> }> {
  await put(ID);
  await put("pump");
  const headers = await asVisitor(secret, { sub, audience: ["members"] });
  const first = await ask(workspace, QUESTION, {}, headers);
  expect(first.text).toContain(SECRET);
  const id = first.conversation_id;
  await ask(workspace, { message: PUBLIC_QUESTION, conversation_id: id }, {}, headers);
  const read = async (audience: string[]): Promise<ConversationView> => {
    const headers = await asVisitor(secret, { sub, audience });
    const path = `/v1/conversations/${id}`;
    const response = await call(workspace.publishable, "GET", path, undefined, { headers });
    expect(response.status).toBe(200);
    return response.json();
  };
  expect((await read(["members"])).messages[1]).toMatchObject({
    text: first.text,
    citations: first.citations,
  });
  return { id, read };
}

const withheld = { text: "", citations: [], confidence: null, withheld: true };

/** The first answer is withheld, and the second one is shown. */
function expectWithheld({ messages }: ConversationView): void {
  expect(JSON.stringify(messages)).not.toContain(SECRET);
  expect(messages[0]).toMatchObject({ role: "visitor", text: QUESTION });
  expect(messages[1]).toMatchObject({ role: "assistant", outcome: "answered", ...withheld });
  expect(messages[3]?.text).toContain("warm water");
  expect(messages[3]).not.toHaveProperty("withheld");
}

describe("an answer in an earlier conversation", () => {
  it("is withheld from a visitor who has lost the audience, shown again with it, and always shown to the workspace", async () => {
    const { id, read } = await told("lost");
    expectWithheld(await read([]));
    expectWithheld(await read(["guests"]));
    expect(JSON.stringify(await read(["members"]))).toContain(SECRET);
    const owner = await call(workspace.secret, "GET", `/v1/conversations/${id}`);
    expect(await owner.text()).toContain(SECRET);
    const headers = await asVisitor(secret, { sub: "lost" });
    const path = `/v1/conversations/${id}`;
    const forVisitor = await call(workspace.secret, "GET", path, undefined, { headers });
    expectWithheld(await forVisitor.json());
  });

  it.each<[string, () => Promise<unknown>]>([
    ["deleted", () => call(workspace.secret, "DELETE", `/v1/documents/${ID}`)],
    [
      "deleted, and stored anew with another text",
      async () => {
        await call(workspace.secret, "DELETE", `/v1/documents/${ID}`);
        await put(ID, { content: "The quartz sundial is no longer sold." });
      },
    ],
    ["given to others", () => put(ID, { audience: ["staff"] })],
    [
      "hidden",
      () =>
        hideDocument(env.DB, workspace.id, ID, "Why", Date.now(), undefined, {
          actor: "a",
          requestId: "",
        }),
    ],
  ])("is withheld when its document is %s", async (why, change) => {
    const { read } = await told(`visitor of the document ${why}`);
    await change();
    expectWithheld(await read(["members"]));
  });

  it("is no part of the history that a later turn works with", async () => {
    const { id } = await told("history");
    const heardBy = async (audience: string[]): Promise<string> => {
      const headers = await asVisitor(secret, { sub: "history", audience });
      const heard: unknown[] = [];
      const run = async (model: string, inputs: object): Promise<unknown> => {
        if (model === CHAT_MODEL) heard.push(inputs);
        return await Reflect.apply(env.AI.run, env.AI, [model, inputs]);
      };
      const overrides = { CHAT_MODEL, AI: { run } as unknown as Ai };
      const body = { message: PUBLIC_QUESTION, conversation_id: id };
      await ask(workspace, body, overrides, headers);
      return JSON.stringify(heard);
    };
    expect(await heardBy(["members"])).toContain("nineteen");
    const heard = await heardBy([]);
    expect(heard).toContain("sundial");
    expect(heard).not.toContain("nineteen");
  });
});
