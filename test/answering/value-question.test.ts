import { beforeAll, describe, expect, it } from "vitest";
import { env } from "cloudflare:workers";
import type { ChatResult } from "../../src/protocols/chat-schema.ts";
import { openAiStream, recordedChats } from "../support/chat-script.ts";
import {
  ask,
  call,
  CHAT_MODEL,
  createWorkspace,
  readConversation,
  type Document,
  type Workspace,
} from "../support/workspace.ts";

/** Steps that two articles do not share, long enough that nobody wants to read those of all. */
const STEPS = {
  phone: `1. Open the Play Store and search for Fern Garden.
2. Tap Install, and wait until the download has finished. On a slow mobile network this takes about five minutes.
3. Grant the permission for nearby devices, which the phone needs to find your lamp.
4. Hold the phone near the lamp until the green light blinks three times.
5. Enter the six digits that are printed below the tank, and press Pair.
6. Allow notifications in the system settings of the phone, so that you learn when the water is low.`,
  tablet: `1. Visit the App Store with the Apple account that you use at home.
2. Choose Get, confirm with your face or your code, and come back to the first screen.
3. Switch on Bluetooth in the control centre and in the privacy settings of the tablet.
4. Lay the tablet beside the lamp: a card slides in from below and shows its picture.
5. Choose Connect on that card, type the name of the room, and pick one of the symbols.
6. Add the widget by a long press on an empty place, if you want to see the temperature at once.`,
  desk: `1. Download the archive from our site, and check its signature with the key that stands beside it.
2. Unpack it into a folder of your own; an administrator is not needed for that.
3. Start the assistant with a double click, and accept the certificate of the local bridge.
4. Plug the cable of the lamp into a port with a blue tongue, not into a hub or a screen.
5. Let the assistant update the firmware, which ends with a short tone from the lamp.
6. Close the window: the bridge goes on in the background, and its icon shows when it has lost the lamp.`,
};

const REFUNDS = {
  monthly: `You may end it each month. What you have paid for the current month is not refunded, because the box has left our warehouse by then.
Write to us within three days if the box is broken, and attach two pictures. We then credit half of its price to your next invoice.
A voucher is credited in full, whatever its date, and stays valid until the end of the following year.
Whoever pays by invoice gets the credit as a note with the next invoice, which the accounting department sends in the first week.`,
  yearly: `You get back a twelfth of the price for each month that has not begun, less the discount that the year had. The bank needs up to ten days.
Your last box comes with a label for the lent lamp. Send the lamp back within thirty days: until it has arrived, we keep a deposit of forty euros.
Gifts that came with the year are yours in any case, and so are the points.
The twelve boxes are counted from the day on which the first of them was handed to the carrier, whatever the date of the contract says.`,
};

const article = (title: string, content: string, more: object = {}): Document => ({
  title,
  content,
  ...more,
});

interface Case {
  by: string;
  documents: Record<string, Document>;
  message: string;
  labels: string[];
}

const CASES: Case[] = [
  {
    by: "platform, in the title",
    documents: {
      a: article("Set up the garden app on Android", STEPS.phone),
      b: article("Set up the garden app on iOS", STEPS.tablet),
    },
    message: "How do I set up the garden app?",
    labels: ["Android", "iOS"],
  },
  {
    by: "three platforms, in the title",
    documents: {
      a: article("Set up the garden app on Android", STEPS.phone),
      b: article("Set up the garden app on an iPad", STEPS.tablet),
      c: article("Set up the garden app on Windows", STEPS.desk),
    },
    message: "how can I set up the garden app",
    labels: ["Android", "Windows", "an iPad"],
  },
  {
    by: "product, in the middle of the title",
    documents: {
      a: article("Connect the Grove lamp to the app", STEPS.phone),
      b: article("Connect the Sprout lamp to the app", STEPS.tablet),
    },
    message: "How do I connect the lamp to the app?",
    labels: ["Grove", "Sprout"],
  },
  {
    by: "product with a name of two words",
    documents: {
      a: article("Connecting the Wall Two lamp to the app", STEPS.phone),
      b: article("Connecting the Grove Mini lamp to the app", STEPS.tablet),
    },
    message: "How does connecting the lamp to the app work?",
    labels: ["Grove Mini", "Wall Two"],
  },
  {
    by: "plan, in the title",
    documents: {
      a: article("Refunds of the Monthly plan", REFUNDS.monthly),
      b: article("Refunds of the Yearly plan", REFUNDS.yearly),
    },
    message: "How do refunds of a plan work?",
    labels: ["Monthly", "Yearly"],
  },
  {
    by: "plan, in front of the title",
    documents: {
      a: article("Starter plan: refunds and deposits", REFUNDS.monthly),
      b: article("Premium plan: refunds and deposits", REFUNDS.yearly),
    },
    message: "What about refunds and deposits?",
    labels: ["Premium", "Starter"],
  },
  {
    by: "country, in the title",
    documents: {
      a: article("Cancelling a subscription in Germany", REFUNDS.monthly),
      b: article("Cancelling a subscription in Canada", REFUNDS.yearly),
    },
    message: "What happens when cancelling a subscription?",
    labels: ["Canada", "Germany"],
  },
  {
    by: "country, as the heading in two documents",
    documents: {
      a: article("Rules on refunds 1", `# Refunds of boxes\n\n## Germany\n\n${REFUNDS.monthly}`),
      b: article("Rules on refunds 2", `# Refunds of boxes\n\n## Canada\n\n${REFUNDS.yearly}`),
    },
    message: "What are your rules on refunds?",
    labels: ["Canada", "Germany"],
  },
  {
    by: "audience, in the title",
    documents: {
      a: article("Refunds for private customers", REFUNDS.monthly),
      b: article("Refunds for business customers", REFUNDS.yearly),
    },
    message: "How do refunds for customers work?",
    labels: ["business", "private"],
  },
  {
    by: "platform, in brackets and in German",
    documents: {
      a: article(
        "Die App einrichten (Android)",
        `So können Sie die App einrichten.\n\n${STEPS.phone}`,
      ),
      b: article(
        "Die App einrichten (iOS)",
        `So können Sie die App einrichten.\n\n${STEPS.tablet}`,
      ),
    },
    message: "Wie kann ich die App einrichten?",
    labels: ["Android", "iOS"],
  },
  {
    by: "heading of long sections in one document",
    documents: {
      a: article(
        "Set up the garden app",
        `# Set up the garden app\n\n## On Android\n\n${STEPS.phone}\n\n## On iOS\n\n${STEPS.tablet}\n\n## On Windows\n\n${STEPS.desk}`,
      ),
    },
    message: "How do I set up the garden app?",
    labels: ["Android", "Windows", "iOS"],
  },
];

/** What has another answer than a question for a value. */
const OTHERS: (Omit<Case, "labels"> & { outcome: string })[] = [
  {
    by: "a value that the message names",
    documents: CASES[0]?.documents ?? {},
    message: "How do I set up the garden app on iOS?",
    outcome: "answered",
  },
  {
    by: "a country that the message names otherwise",
    documents: {
      a: article("Cancelling a subscription in Germany", REFUNDS.monthly),
      b: article(
        "Cancelling a subscription in the United States",
        `How cancelling a subscription works in the USA. ${REFUNDS.yearly}`,
      ),
    },
    message: "How does cancelling a subscription work in the USA?",
    outcome: "answered",
  },
  {
    by: "a value that the message misspells",
    documents: CASES[0]?.documents ?? {},
    message: "How do I set up the garden app on Andriod?",
    outcome: "answered",
  },
  {
    by: "short articles, which are quoted together",
    documents: {
      a: article("Install the app on Android", "Open the Play Store and tap Install."),
      b: article("Install the app on iOS", "Open the App Store and tap Get."),
    },
    message: "How do I install the app?",
    outcome: "answered",
  },
  {
    by: "articles that say the same",
    documents: {
      a: article("Set up the garden app on Android", STEPS.phone),
      b: article("Set up the garden app on iOS", STEPS.phone),
    },
    message: "How do I set up the garden app?",
    outcome: "answered",
  },
  {
    by: "articles about different subjects",
    documents: {
      a: article("Set up the garden app", STEPS.phone),
      b: article("Refunds of the Yearly plan", REFUNDS.yearly),
      c: article("Water the garden", STEPS.desk),
    },
    message: "How do I set up the garden app?",
    outcome: "answered",
  },
  {
    by: "steps of one procedure",
    documents: {
      a: article(
        "Build the garden",
        `# Build the garden\n\n## Unpack the parts\n\n${STEPS.phone}\n\n## Join the parts\n\n${STEPS.tablet}`,
      ),
    },
    message: "How do I build the garden?",
    outcome: "answered",
  },
  {
    by: "what no article is about",
    documents: CASES[0]?.documents ?? {},
    message: "Who won the World Cup?",
    outcome: "abstained",
  },
];

describe("asks for the value that the answer depends on, in the documents' words", () => {
  it.each(CASES)("by $by", async ({ documents, message, labels }) => {
    const shop = await createWorkspace(documents);
    const { outcome, choices, text, conversation_id } = await ask(shop, message);
    expect({ outcome, labels: choices.map(({ label }) => label).toSorted(), text }).toEqual({
      outcome: "clarified",
      labels,
      text: expect.stringContaining(`- ${choices[0]?.label}`),
    });
    const { messages } = await readConversation(shop, conversation_id);
    expect(messages.at(-1)).toMatchObject({ choices });
    for (const choice of choices) expect(Object.keys(choice)).toEqual(["label", "message"]);
  });
});

it("no model is asked where the answer depends on a value", async () => {
  const shop = await createWorkspace(CASES[0]?.documents);
  await env.CONTROL.reset();
  await env.CONTROL.scriptChat(openAiStream(["Open the Play Store [1]."]));
  const { outcome, choices, rung } = await ask(shop, CASES[0]?.message ?? "", { CHAT_MODEL });
  const labels = choices.map(({ label }) => label);
  expect({ outcome, labels, rung }).toEqual({
    outcome: "clarified",
    labels: ["Android", "iOS"],
    rung: "none",
  });
  expect(await recordedChats()).toEqual([]);
});

describe("asks for no value", () => {
  it.each(OTHERS)("for $by", async ({ documents, message, outcome }) => {
    const shop = await createWorkspace(documents);
    expect(await ask(shop, message)).toMatchObject({ outcome, choices: [] });
  });
});

describe("what only the metadata tells apart", () => {
  const DOCUMENTS = {
    free: article("How quickly we answer tickets", "We answer a ticket within five days.", {
      metadata: { plan: "Free", internal: "a" },
    }),
    pro: article("How quickly we answer your tickets", "We answer a ticket within four hours.", {
      metadata: { plan: "Pro", internal: "b" },
    }),
    holidays: article("Holidays of the office", "The office is closed in the last week of May.", {
      metadata: { plan: "Free" },
    }),
    party: article("Holidays of the office team", "The office is closed on the first of June.", {
      metadata: { plan: "Pro" },
    }),
  };
  const TICKETS = "How quickly do you answer a ticket?";
  const listing = async (names: string[]): Promise<Workspace> => {
    const shop = await createWorkspace(DOCUMENTS);
    await call(shop.secret, "PATCH", "/v1/settings", { visitor_attributes: names });
    return shop;
  };

  it("is asked for where the workspace lists the attribute, however short the articles are", async () => {
    const shop = await listing(["plan"]);
    const { outcome, choices, conversation_id } = await ask(shop, TICKETS);
    const labels = choices.map(({ label }) => label).toSorted();
    expect({ outcome, labels }).toEqual({ outcome: "clarified", labels: ["Free", "Pro"] });
    const chosen = await ask(shop, { message: "Pro", conversation_id });
    expect(chosen.text).toContain("four hours");
    const message = "On which days are the holidays of the office?";
    const later = await ask(shop, { message, conversation_id });
    expect(later).toMatchObject({ outcome: "answered", citations: [{ external_id: "party" }] });
  });

  it("is not asked for where a visitor has the attribute, the message names it, or nobody lists it", async () => {
    const shop = await listing(["plan"]);
    const metadata = { plan: "free" };
    expect(await ask(shop, { message: TICKETS, metadata })).toMatchObject({ outcome: "answered" });
    const named = await ask(shop, `${TICKETS} I have the plan Pro.`);
    expect(named.outcome).toBe("answered");
    expect(named.text).toContain("four hours");
    expect(await ask(await listing([]), TICKETS)).toMatchObject({ outcome: "answered" });
  });
});

describe("a chosen value", () => {
  let shop: Workspace;
  beforeAll(async () => {
    shop = await createWorkspace({
      ...CASES[0]?.documents,
      c: article("Remove the garden app from Android", `Hold the icon. ${STEPS.desk}`),
      d: article("Remove the garden app from iOS", `Press the symbol. ${STEPS.phone}`),
    });
    const settings = { visitor_attributes: ["platform"] };
    await call(shop.secret, "PATCH", "/v1/settings", settings);
  });
  const shown = ({ outcome, citations }: ChatResult): string[] => [
    outcome,
    ...new Set(citations.map(({ external_id }) => external_id)),
  ];
  const SET_UP = "How do I set up the garden app?";
  const REMOVE = "How do I remove the garden app?";

  it.each(["iOS", "ios please", "on iOS", "click", "place"])(
    "is answered, remembered, and changed by naming another: %s",
    async (by) => {
      const { conversation_id, choices } = await ask(shop, SET_UP);
      const at = choices.findIndex(({ label }) => label === "iOS");
      const said = { click: choices[at]?.message, place: ["the first one", "the second one"][at] };
      const message = said[by as "click" | "place"] ?? by;
      const chosen = await ask(shop, { message, conversation_id });
      expect(shown(chosen)).toEqual(["answered", "b"]);
      const later = await ask(shop, { message: REMOVE, conversation_id });
      expect(shown(later)).toEqual(["answered", "d"]);
      const other = await ask(shop, { message: `${SET_UP} Android!`, conversation_id });
      expect(shown(other)).toEqual(["answered", "a"]);
      const last = await ask(shop, { message: REMOVE, conversation_id });
      expect(shown(last)).toEqual(["answered", "c"]);
    },
  );

  it("is not asked for twice in a row", async () => {
    const { conversation_id } = await ask(shop, SET_UP);
    const next = await ask(shop, { message: SET_UP, conversation_id });
    expect(next.outcome).not.toBe("clarified");
  });

  it("is not asked for where the visitor's attribute tells it", async () => {
    const metadata = { platform: "ios" };
    const { outcome, citations } = await ask(shop, { message: SET_UP, metadata });
    expect({ outcome, ids: citations.map(({ external_id }) => external_id) }).toEqual({
      outcome: "answered",
      ids: ["b"],
    });
  });

  it("of one conversation changes nothing in another", async () => {
    const { conversation_id } = await ask(shop, SET_UP);
    await ask(shop, { message: "iOS", conversation_id });
    expect(await ask(shop, SET_UP)).toMatchObject({ outcome: "clarified" });
  });
});
