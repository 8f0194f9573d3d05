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

it("a short question of its own is not answered from the topic before", async () => {
  const bikes = await createWorkspace({
    payment: {
      title: "Payment methods",
      content:
        "You can pay by credit card (Visa, Mastercard), PayPal and Apple Pay.\n\n- In Germany and Austria you can also pay by SEPA direct debit.\n- In Switzerland you can also pay with TWINT.\n\nWe do not accept cash.\n\nTo change the payment method, open **Profile → Payment** in the app, tap **Add** and delete the old method afterwards.\n\nIf a payment fails, we try again after three days. After the second failure your account is locked until you pay.",
    },
    age: {
      title: "Who may rent",
      content:
        "You must be at least 16 years old, in Switzerland 18. For e-bikes you must be 18 everywhere.\n\nA child may not ride along in the basket. Child seats are not available.\n\nWear a helmet. It is not required by law, but we recommend it.",
    },
    stolen: {
      title: "Report a stolen or damaged bike",
      content:
        "Call 0800 123456 at once if the bike was stolen during your ride. Then report the theft to the police and send us the file number within 48 hours.\n\nIf you are on Plus, your own share of the cost is at most €50. On Basic it is at most €300.\n\nDamage: tap **Report a problem** in the app and add a photo. You do not pay for normal wear.\n\nIf you had an accident and somebody is injured, call 112 first.",
    },
    return: {
      title: "Return a bike",
      content:
        "Return the bike at any Radlo station or inside the green zone on the map.\n\n1. Park the bike upright on its stand. Do not block pavements or doors.\n2. Close the lock by hand until it clicks.\n3. Tap **End ride** in the app.\n4. Wait for the green tick.\n\nParking outside the green zone costs a service fee:\n\n| Country | Fee |\n|---|---|\n| Germany | €10 |\n| Austria | €12 |\n| Switzerland | CHF 15 |\n\nIf the lock does not close, tap **Report a problem** and choose **Lock**. We end the ride for you within 15 minutes.",
    },
    password: {
      title: "Password, e-mail address and deleting the account",
      content:
        "## Reset the password\n\nTap **Forgot password?** on the sign-in page. The link in the e-mail is valid for 30 minutes. Look in the spam folder if it does not arrive.\n\n## Change the e-mail address\n\nOpen **Profile → Personal data → E-mail**. We send a code to the new address.\n\n## Delete the account\n\nCancel your plan first. Then open **Profile → Personal data → Delete account**. Your data are deleted after 30 days. This cannot be undone.",
    },
  });
  const after = async (...messages: string[]): Promise<string[]> => {
    let conversation_id: string | undefined;
    let answer: ChatResult | undefined;
    for (const message of messages) {
      answer = await ask(bikes, { message, ...(conversation_id && { conversation_id }) });
      ({ conversation_id } = answer);
    }
    return answer ? citedBy(answer) : [];
  };
  const stolen = "what if the bike gets stolen, what do I have to pay?";
  expect(await after(stolen, "can I pay with TWINT?", "how old must I be?")).toEqual(["age"]);
  const fee = "can i pay cash and is there a fee if i park outside the zone in austria?";
  expect(await after(fee, "forgot pasword")).toEqual(["password"]);
});
