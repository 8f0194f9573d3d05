import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { ChatResult } from "../../src/protocols/chat-schema.ts";
import { ask, call, createWorkspace, HELP_CENTRE, type Workspace } from "../support/workspace.ts";

const CONTACT = "help@fernhill.example";
let workspace: Workspace;
beforeAll(async () => {
  workspace = await createWorkspace({
    ...HELP_CENTRE,
    express: {
      title: "Express delivery",
      content: "Express delivery takes one day and is possible to Germany and Canada only.",
    },
  });
  await call(workspace.secret, "PATCH", "/v1/settings", { contact_email: CONTACT });
});

/** Says messages one after the other, and returns the answer to the last one. */
async function converse(...messages: string[]): Promise<ChatResult> {
  let conversation_id: string | undefined;
  let answer: ChatResult | undefined;
  for (const message of messages) {
    answer = await ask(workspace, { message, ...(conversation_id && { conversation_id }) });
    ({ conversation_id } = answer);
  }
  if (!answer) throw new Error("Nothing was said");
  return answer;
}

const citedBy = ({ citations }: ChatResult): string[] =>
  citations.map(({ external_id }) => external_id);

const GERMANY = "How long does delivery to Germany take?";

it.each([
  ["a correction", "no, I meant to Canada"],
  ["a fragment", "and Canada?"],
  ["a correction in German", "nein, ich meinte Canada"],
])("%s is answered from what the question before was about", async (_, message) => {
  const { outcome, citations, text } = await converse(GERMANY, message);
  expect(outcome).toBe("answered");
  expect(citations[0]?.external_id).toBe("shipping");
  expect(text).toContain("Canada");
});

it("small talk in between changes nothing", async () => {
  const answer = await converse(GERMANY, "thanks!", "and to Canada?");
  expect(citedBy(answer)[0]).toBe("shipping");
});

it("a question that stands alone carries nothing of the topic before", async () => {
  const after = await converse(GERMANY, "How do I clean the pump with vinegar?");
  const alone = await converse("How do I clean the pump with vinegar?");
  expect(after).toMatchObject({ text: alone.text, confidence: alone.confidence });
});

it("what may be a fragment is a question of its own where it finds an answer alone", async () => {
  const answer = await converse(
    "How many days do I have to return an unused item?",
    "pump vinegar?",
  );
  expect(citedBy(answer)).toEqual(["pump"]);
  const next = await converse(
    "How many days do I have to return an unused item?",
    "pump vinegar?",
    "how often do I do that?",
  );
  expect(citedBy(next)).not.toContain("returns");
});

it("a title that a clarifying question offered is answered from its document, with one call to AI", async () => {
  const { outcome, sources } = await converse("the parcel");
  expect(outcome).toBe("clarified");
  for (const { title, external_id } of sources) {
    const answer = await converse("the parcel", title);
    expect(citedBy(answer)).toEqual([external_id]);
    expect(answer.binding_calls.ai).toBe(1);
  }
});

describe("a yes", () => {
  const UNKNOWN = "Who won the chess championship?";

  it.each(["yes please", "yes", "ja bitte", "sí, por favor"])(
    "(%s) after a refusal that offers a contact gives the contact",
    async (message) => {
      expect((await converse(UNKNOWN)).outcome).toBe("abstained");
      const { text } = await converse(UNKNOWN, message);
      expect(text).toContain(CONTACT);
      expect(text).not.toContain("I couldn't find");
      expect(text).not.toContain("No he encontrado");
    },
  );

  it("after an answer that offers nothing is not answered again", async () => {
    expect(await converse(GERMANY, "yes")).toMatchObject({ citations: [] });
  });
});

it("the topic stays after what asks nothing", async () => {
  for (const between of ["ok", "👍", "thanks"]) {
    const answer = await converse(GERMANY, between, "and to Canada?");
    expect(answer.outcome, between).toBe("answered");
    expect(answer.text, between).toContain("Canada");
  }
});

it("a wish for a person beside something else is heard in a conversation, too", async () => {
  const answer = await converse(GERMANY, "it still does not arrive, get me a human");
  expect(answer.text).toContain(CONTACT);
  const { results } = await requestsOf(answer.conversation_id);
  expect(results).toHaveLength(1);
});

const requestsOf = (conversation: string) =>
  env.DB.prepare(
    `SELECT * FROM handover_requested WHERE workspace_id = ?1 AND conversation_id = ?2`,
  )
    .bind(workspace.id, conversation)
    .all();

it.each(["ok", "cool", "no", "hm", "👍", "vale", "passt"])(
  "%j after an answer is no question",
  async (message) => {
    expect(await converse(GERMANY, message)).toMatchObject({ outcome: "small_talk", sources: [] });
  },
);
