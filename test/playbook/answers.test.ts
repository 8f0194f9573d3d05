import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { ConversationView } from "../../src/conversations/schema.ts";
import { expectProblem } from "../support/expect-problem.ts";
import { asVisitor, createIdentitySecret } from "../support/visitor.ts";
import { tick } from "../support/tick.ts";
import {
  ask,
  call,
  CHAT_MODEL,
  createWorkspace,
  HELP_CENTRE,
  readConversation,
  type Workspace,
} from "../support/workspace.ts";

const PRICES = {
  wordings: [
    "Do you match prices?",
    "I found it cheaper in another shop",
    "Is there a best price guarantee?",
  ],
  text: "Yes. Send us the other shop's offer within 14 days, and we refund the difference.",
};
const DELIVERY = {
  wordings: [
    "How long does delivery to Germany take?",
    "When will my parcel to Germany arrive?",
    "Delivery time to Germany",
  ],
  text: "Because of a strike, parcels to Germany take 10 working days until 15 December.",
};

interface Stored {
  id: string;
  status: string;
  version: string;
  overlaps: object[];
}

interface Page {
  answers: Stored[];
  next_cursor: string;
}

async function put(workspace: Workspace, path: string, body: object): Promise<Stored> {
  const response = await call(workspace.secret, "PUT", `/v1/${path}`, body);
  const json = await response.json<Stored>();
  expect(response.status, JSON.stringify(json)).toBe(200);
  return json;
}

let workspace: Workspace;
beforeAll(async () => {
  workspace = await createWorkspace(HELP_CENTRE);
});

describe("an owner's answer", () => {
  it("is said word for word with a citation of itself, and named in the turn's record", async () => {
    const stored = await put(workspace, "answers/price-match", PRICES);
    expect(stored).toMatchObject({ id: "price-match", status: "live", overlaps: [] });
    const answer = await ask(workspace, "do you do price matching?");
    expect(answer).toMatchObject({
      text: `${PRICES.text} [1]`,
      outcome: "answered",
      rung: "owner",
      citations: [
        {
          n: 1,
          kind: "answer",
          external_id: "answer:price-match",
          title: PRICES.wordings[0],
          quote: PRICES.text,
        },
      ],
    });
    const { messages } = await readConversation(workspace, answer.conversation_id);
    expect(messages[1]).toMatchObject({
      text: answer.text,
      applied: [{ kind: "answer", id: "price-match", version: stored.version }],
    });
    const own = await call(
      workspace.publishable,
      "GET",
      `/v1/conversations/${answer.conversation_id}`,
      undefined,
      { headers: { "x-conversation-token": answer.conversation_token ?? "" } },
    );
    const seen = await own.json<ConversationView>();
    expect(seen.messages[1]?.text).toBe(answer.text);
    expect(seen.messages[1]?.applied).toBeUndefined();
  });

  it("overrides the documents from the next question on, and no longer once it is removed", async () => {
    const before = await ask(workspace, "How long does delivery to Germany take?");
    await put(workspace, "answers/strike", DELIVERY);
    const during = await ask(workspace, "How long does delivery to Germany take?");
    const other = await ask(workspace, "How long does delivery to Canada take?");
    const removed = await call(workspace.secret, "DELETE", "/v1/answers/strike");
    const after = await ask(workspace, "How long does delivery to Germany take?");
    expect(before.rung).toBe("extractive");
    expect(during.text).toBe(`${DELIVERY.text} [1]`);
    expect(during.release).not.toBe(before.release);
    expect(other.rung).toBe("extractive");
    expect(removed.status).toBe(204);
    expect(after).toMatchObject({ text: before.text, release: before.release });
  });

  it("answers one question of a message, and the documents the other one", async () => {
    const { text, outcome, citations } = await ask(
      workspace,
      "Do you match prices? And how long does delivery to Canada take?",
    );
    expect(outcome).toBe("answered");
    expect(text.startsWith(PRICES.text)).toBe(true);
    expect(text).toContain("Canada");
    expect(citations.map(({ kind }) => kind).toSorted()).toEqual(["answer", undefined]);
  });

  it("is said without asking a model", async () => {
    const answer = await ask(workspace, PRICES.wordings[1] ?? "", { CHAT_MODEL });
    expect(answer).toMatchObject({ rung: "owner", usage: { output_tokens: 0 } });
  });

  it("goes to its audience only", async () => {
    const own = await createWorkspace(HELP_CENTRE);
    await put(own, "answers/strike", { ...DELIVERY, audience: ["staff"] });
    const anyone = await ask(own, "Delivery time to Germany");
    expect(anyone.rung).toBe("extractive");
    const secret = await createIdentitySecret(own);
    const staff = await asVisitor(secret, { sub: "ann", audience: ["staff"] });
    const other = await asVisitor(secret, { sub: "ann", audience: [] });
    const said = await ask(own, "Delivery time to Germany", {}, staff);
    expect(said.rung).toBe("owner");
    const path = `/v1/conversations/${said.conversation_id}`;
    const read = async (headers: Record<string, string>) =>
      (await call(own.publishable, "GET", path, undefined, { headers })).json<ConversationView>();
    expect((await read(staff)).messages[1]?.text).toContain(DELIVERY.text);
    expect((await read(other)).messages[1]).toMatchObject({ text: "", withheld: true });
  });

  it("is silent before and after its time, and listed with its status", async () => {
    const own = await createWorkspace(HELP_CENTRE);
    await put(own, "answers/past", { ...DELIVERY, valid_until: "2020-01-01" });
    await put(own, "answers/coming", { ...PRICES, valid_from: "2999-01-01" });
    const { rung } = await ask(own, "Delivery time to Germany");
    const response = await call(own.secret, "GET", "/v1/answers");
    const { answers } = await response.json<Page>();
    expect(rung).toBe("extractive");
    expect(answers.map(({ id, status }) => [id, status])).toEqual([
      ["coming", "scheduled"],
      ["past", "expired"],
    ]);
  });

  it("is said in the visitor's language where it is translated, and says which language it is in where not", async () => {
    const own = await createWorkspace();
    const wordings = ["Gibt es eine Preisgarantie?", "Est-ce que vous alignez vos prix ?"];
    await put(own, "answers/price", { ...PRICES, wordings, translations: { de: "Ja, 14 Tage." } });
    const german = await ask(own, "Gibt es eine Preisgarantie?");
    const french = await ask(own, "Est-ce que vous alignez vos prix ?");
    expect(german).toMatchObject({ text: "Ja, 14 Tage. [1]", language: "de" });
    expect(french.text).toContain(PRICES.text);
    expect(french.text.startsWith(PRICES.text)).toBe(false);
  });

  it("does not answer the same about another country", async () => {
    const own = await createWorkspace(HELP_CENTRE);
    await put(own, "answers/swiss", {
      wordings: ["Do you deliver to Switzerland?", "Can I order from Switzerland?"],
      text: "Yes, in 6 working days.",
    });
    expect((await ask(own, "do you deliver to switzerland")).rung).toBe("owner");
    expect((await ask(own, "do you deliver to norway")).rung).not.toBe("owner");
  });

  it("does not answer what it is unlike", async () => {
    const own = await createWorkspace(HELP_CENTRE);
    const unlike = ["Do you match colours?"];
    await put(own, "answers/price-match", { ...PRICES, unlike });
    expect((await ask(own, "Do you match prices?")).rung).toBe("owner");
    expect((await ask(own, "Do you match colours?")).rung).not.toBe("owner");
  });

  it("gets its vectors from a cron tick where the model could not be reached when it was put", async () => {
    const own = await createWorkspace();
    await env.CONTROL.failNext({ binding: "ai", kind: "unavailable", times: 5 });
    await put(own, "answers/price-match", PRICES);
    await env.CONTROL.reset();
    const before = await ask(own, "I found it cheaper elsewhere, can you match that price?");
    await tick();
    const after = await ask(own, "I found it cheaper elsewhere, can you match that price?");
    expect([before.rung, after.rung]).toEqual(["none", "owner"]);
  });

  it("is said to a message that has its very words where the model cannot be reached", async () => {
    const own = await createWorkspace();
    await put(own, "answers/price-match", PRICES);
    await env.CONTROL.failNext({ binding: "ai", kind: "unavailable", times: 3 });
    try {
      expect((await ask(own, "do you match prices")).rung).toBe("owner");
    } finally {
      await env.CONTROL.reset();
    }
  });
});

describe("PUT /v1/answers/{id}", () => {
  it("tells of answers that overlap", async () => {
    const own = await createWorkspace(HELP_CENTRE);
    await put(own, "answers/one", PRICES);
    const second = await put(own, "answers/two", {
      ...DELIVERY,
      wordings: ["do you match prices"],
    });
    expect(second.overlaps).toEqual([{ id: "one", wording: "do you match prices" }]);
  });

  it("loses none of several changes at the same time", async () => {
    const own = await createWorkspace();
    await Promise.all(
      Array.from({ length: 4 }, (_, at) =>
        put(own, `answers/a${at}`, { ...PRICES, wordings: [`Question ${at}`] }),
      ),
    );
    const response = await call(own.secret, "GET", "/v1/answers?limit=3");
    const first = await response.json<Page>();
    const next = await call(
      own.secret,
      "GET",
      `/v1/answers?limit=3&cursor=${encodeURIComponent(first.next_cursor)}`,
    );
    const second = await next.json<Page>();
    const ids = [...first.answers, ...second.answers].map(({ id }) => id);
    expect(ids).toEqual(["a0", "a1", "a2", "a3"]);
  });

  it("changes nothing where the content is the same", async () => {
    const own = await createWorkspace();
    const one = await put(own, "answers/a", PRICES);
    const two = await put(own, "answers/a", PRICES);
    expect(two.version).toBe(one.version);
    const releases = await (
      await call(own.secret, "GET", "/v1/releases")
    ).json<{ releases: object[] }>();
    expect(releases.releases).toHaveLength(1);
  });

  it.each([
    ["no wording", { ...PRICES, wordings: [] }],
    ["a wording without a word", { ...PRICES, wordings: ["???"] }],
    ["a wording twice", { ...PRICES, wordings: ["a?", "A?"] }],
    ["no text", { ...PRICES, text: " \u200B " }],
    ["an address that is none", { ...PRICES, url: "javascript:alert(1)" }],
    ["a translation into its own language", { ...PRICES, translations: { en: "Yes." } }],
    [
      "times in the wrong order",
      { ...PRICES, valid_from: "2026-02-01", valid_until: "2026-01-01" },
    ],
    ["an unknown field", { ...PRICES, txt: "x" }],
  ])("refuses %s", async (_what, body) => {
    const response = await call(workspace.secret, "PUT", "/v1/answers/bad", body);
    await expectProblem(response, 422, "validation_failed");
  });

  it.each(["UPPER", "a%2Fb", "%20", "-a", "a".repeat(65)])("refuses the id %s", async (id) => {
    const response = await call(workspace.secret, "PUT", `/v1/answers/${id}`, PRICES);
    await expectProblem(response, 422, "validation_failed");
  });

  it("keeps a workspace's answers from another one", async () => {
    const other = await createWorkspace(HELP_CENTRE);
    expect((await ask(other, "Do you match prices?")).rung).not.toBe("owner");
    const response = await call(other.secret, "GET", "/v1/answers/price-match");
    expect(response.status).toBe(404);
    expect((await call(other.secret, "DELETE", "/v1/answers/price-match")).status).toBe(404);
  });

  it("is not changed by an overlay, and an overlay cannot name a playbook", async () => {
    const own = await createWorkspace();
    await put(own, "answers/price-match", PRICES);
    const overlay = { models: { parameters: { tokens: 300 } } };
    const published = await call(own.secret, "PUT", "/v1/releases/live", overlay);
    const { release } = await published.json<{ release: { playbook: { name: string } } }>();
    expect(release.playbook.name).toMatch(/^pb_/);
    expect((await ask(own, "Do you match prices?")).rung).toBe("owner");
    const named = { playbook: { name: release.playbook.name } };
    const refused = await call(own.secret, "PUT", "/v1/releases/live", named);
    await expectProblem(refused, 422, "validation_failed");
  });
});
