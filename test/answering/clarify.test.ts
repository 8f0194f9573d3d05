import type { Source } from "../../src/citations/source.ts";
import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, expect, it } from "vitest";
import { chosenOption } from "../../src/answering/choose.ts";
import { clarification, offeredArticles } from "../../src/answering/clarify.ts";
import { shippedRelease } from "../../src/releases/release.ts";
import { NO_NAMES } from "../../src/releases/sentences.ts";
import { openAiStream } from "../support/chat-script.ts";
import { ingestPending, store } from "../support/pipeline.ts";
import {
  ask,
  CHAT_MODEL,
  createWorkspace,
  HELP_CENTRE,
  publish,
  readConversation,
  type Workspace,
} from "../support/workspace.ts";

const { sentences } = shippedRelease;

/** Between the shipped thresholds: about shipping, or about returns? */
const UNCLEAR = "the warehouse lost my parcel";
let workspace: Workspace;

beforeAll(async () => {
  workspace = await createWorkspace(HELP_CENTRE);
});
beforeEach(() => env.CONTROL.reset());

const source = (title: string): Source => ({
  n: 1,
  externalId: title,
  title,
  url: null,
  version: 1,
  readerVersion: 1,
  passages: [],
});

it("a clarifying question asks which article is meant, cites nothing, and is stored like any answer", async () => {
  const { outcome, text, citations, sources, choices, rung, conversation_id } = await ask(
    workspace,
    UNCLEAR,
  );
  expect({ outcome, citations, rung }).toEqual({
    outcome: "clarified",
    citations: [],
    rung: "none",
  });
  const titles = sources.map(({ title }) => title);
  expect(titles).toContain("Returning an order");
  expect(titles.length).toBeGreaterThan(1);
  for (const title of titles) expect(text).toContain(`- ${title}`);
  for (const [at, { label, message }] of choices.entries()) {
    expect(label).toMatch(new RegExp(`^${titles[at]}`));
    expect(text).toContain(`- ${label}\n`);
    expect(message).toBe(label);
  }
  expect(choices).toHaveLength(titles.length);
  const { messages } = await readConversation(workspace, conversation_id);
  expect(messages.at(-1)).toMatchObject({ outcome: "clarified", text, choices });
  expect(messages[0]).toMatchObject({ choices: [] });
});

it.each(["place", "title", "detail"])(
  "the reply to a clarifying question may be the %s of an article",
  async (by) => {
    const { conversation_id, sources } = await ask(workspace, UNCLEAR);
    const at = sources.findIndex(({ external_id }) => external_id === "returns");
    const replies: Record<string, string> = {
      place: ["The first one.", "the second one", "3"][at] ?? "",
      title: "returning an order",
      detail: "refund of returned items",
    };
    const next = await ask(workspace, { message: replies[by] ?? "", conversation_id });
    expect(next.outcome).toBe("answered");
    expect(next.citations.map(({ external_id }) => external_id)).toEqual(["returns"]);
  },
);

it.each(["the parcel", "Refund!", "I have a pump"])(
  "a message that only names a topic is clarified: %s",
  async (message) => {
    const { outcome, confidence } = await ask(workspace, message);
    expect(confidence).toBeGreaterThan(shippedRelease.decision.thresholds.answer);
    expect(outcome).toBe("clarified");
  },
);

it.each([
  "Refund?",
  "when do I get a refund",
  "clean the pump",
  "Refund? Thanks!",
  "refund？",
  "hi, when do I get a refund",
  "please tell me how to get a refund",
])("answers %s", async (message) => {
  expect(await ask(workspace, message)).toMatchObject({ outcome: "answered" });
});

it("a short reply to a clarifying question is answered, not abstained from", async () => {
  const { conversation_id, outcome } = await ask(workspace, UNCLEAR);
  expect(outcome).toBe("clarified");
  const next = await ask(workspace, { message: "I only need my own refund", conversation_id });
  expect(next).toMatchObject({ outcome: "answered" });
});

it("a second clarifying question is never asked: the engine abstains", async () => {
  const { conversation_id } = await ask(workspace, UNCLEAR);
  const next = await ask(workspace, { message: UNCLEAR, conversation_id });
  expect(next).toMatchObject({ outcome: "abstained", sources: [] });
  const later = await ask(workspace, { message: UNCLEAR, conversation_id });
  expect(later.outcome).toBe("clarified");
});

it.each([
  ["answers", ["The refund reaches your bank account within 7 days [1]."], "answered", "model"],
  ["finds nothing", ["NO_ANSWER"], "clarified", "model"],
])("lets a model read first, which %s", async (_, said, outcome, rung) => {
  // A kept answer would come before the model.
  await env.DB.prepare(`DELETE FROM cached_answers`).run();
  await env.CONTROL.scriptChat(openAiStream(said));
  const result = await ask(workspace, UNCLEAR, { CHAT_MODEL });
  expect(result).toMatchObject({ outcome, rung });
  expect(result.text).toContain(outcome === "answered" ? "7 days" : "- Returning an order");
});

it("a model that fails on an unlikely answer is not replaced by quoted sentences", async () => {
  await env.CONTROL.failNext({ binding: "ai", kind: "capacity", model: CHAT_MODEL, times: 9 });
  // A workspace of its own: an answer that a model gave before would be served instead.
  const result = await ask(await createWorkspace(HELP_CENTRE), UNCLEAR, { CHAT_MODEL });
  expect(result).toMatchObject({ outcome: "clarified", rung: "none", citations: [] });
});

it("a clarifying question offers no article that the visitor may not see", async () => {
  const shop = await createWorkspace(HELP_CENTRE);
  const returns = {
    ...HELP_CENTRE["returns"],
    title: "Returns that staff take",
    audience: ["staff"],
  };
  await store(shop, "returns", returns);
  await ingestPending();
  const { text, sources } = await ask(shop, UNCLEAR);
  expect(text + JSON.stringify(sources)).not.toMatch(/staff|returns/i);
});

it("a clarifying question shows titles as text, without links, images, markup or citations", () => {
  const offered = offeredArticles(
    [
      source("Free [1] parcels"),
      source("<img src=x onerror=y> ![a](https://evil.example/a.png)"),
      source("Call https://evil.example/now"),
    ],
    [],
    () => false,
  );
  const text = clarification(offered, sentences, NO_NAMES);
  expect(text).toContain("- Free");
  for (const forbidden of ["[1]", "<img", "![", "evil.example"])
    expect(text + JSON.stringify(offered)).not.toContain(forbidden);
});

it.each([
  "what is 2+2",
  "zxcv uiop",
  "capital of france",
  "the warehouse of dreams by a french poet",
])("nothing is offered to what no document is about: %s", async (message) => {
  expect(await ask(workspace, message)).toMatchObject({ outcome: "abstained", sources: [] });
});

it("a clarifying question offers no document that is much less likely than the best one", async () => {
  const shop = await createWorkspace({
    ...HELP_CENTRE,
    choir: { title: "Our choir", content: "The choir of our company sings a song every Friday." },
  });
  await publish(shop, { decision: { thresholds: { answer: 1, clarify: 0 } } });
  const { outcome, sources } = await ask(shop, "When does the refund of a returned order arrive?");
  expect(outcome).toBe("clarified");
  expect(sources.map(({ external_id }) => external_id)).toEqual(["returns"]);
});

it.each(["Cleaning the pump", "cleaning the PUMP?", "ok, cleaning the pump please!"])(
  "the exact title of a document is answered from it, and never clarified: %s",
  async (message) => {
    const shop = await createWorkspace({
      ...HELP_CENTRE,
      other: { title: "Pump", content: "Cleaning the pump is easy: rinse it. The pump is quiet." },
    });
    await publish(shop, { decision: { thresholds: { answer: 1, clarify: 0 } } });
    const { outcome, citations } = await ask(shop, message.replace(" please", ""));
    expect(outcome).toBe("answered");
    expect(citations.map(({ external_id }) => external_id)).toEqual(["pump"]);
  },
);

it("a title of one word is answered, though such a message says too little otherwise", async () => {
  const shop = await createWorkspace({
    ...HELP_CENTRE,
    sow: { title: "Sowing", content: "Press the seed into the sponge." },
  });
  expect(await ask(shop, "sowing")).toMatchObject({ outcome: "answered" });
});

it.each(["place", "title", "click"])(
  "the choice of a document is answered from it, whatever is likelier: by %s",
  async (by) => {
    const shop = await createWorkspace({
      long: {
        title: "Parcels of the warehouse",
        content:
          "The warehouse lost my parcel: write to us. A parcel that the warehouse lost is sent again.",
      },
      short: {
        title: "Parcel insurance",
        content: "The warehouse insures each parcel that was lost: up to 500 euros.",
      },
    });
    await publish(shop, {
      decision: { thresholds: { answer: 1, clarify: 0 }, choices: { share: 0 } },
    });
    const { conversation_id, sources } = await ask(shop, UNCLEAR);
    const at = sources.findIndex(({ external_id }) => external_id === "short");
    expect(at).toBeGreaterThanOrEqual(0);
    const message = {
      place: ["the first one", "the 2nd one please"][at],
      title: "parcel insurence",
      click: "Parcel insurance",
    }[by];
    const next = await ask(shop, { message: message ?? "", conversation_id });
    expect(next.outcome).toBe("answered");
    expect(next.citations.map(({ external_id }) => external_id)).toEqual(["short"]);
    expect(next.text).toContain("500 euros");
  },
);

it("who turns all offered documents down is not asked or answered again, but told whom to ask", async () => {
  const { conversation_id, outcome } = await ask(workspace, UNCLEAR);
  expect(outcome).toBe("clarified");
  const next = await ask(workspace, { message: "none of these", conversation_id });
  expect(next).toMatchObject({ outcome: "abstained", citations: [] });
  expect(next.text).toContain("our support team");
});

it("a clarifying question offers three articles at most", async () => {
  const about = (part: string): { title: string; content: string } => ({
    title: `The parcel's ${part}`,
    content: `The ${part} of a parcel that the warehouse lost.`,
  });
  const parts = ["label", "weight", "string", "paper", "stamp"];
  const shop = await createWorkspace(Object.fromEntries(parts.map((part) => [part, about(part)])));
  await publish(shop, {
    decision: { thresholds: { answer: 1, clarify: 0 }, choices: { share: 0 } },
  });
  const { outcome, sources } = await ask(shop, UNCLEAR);
  expect(outcome).toBe("clarified");
  expect(sources).toHaveLength(3);
});

it.each([
  [["Returns"], "about this?"],
  [["Returns", "Refunds"], "about one of these?"],
])("a clarifying question names the titles %j", (titles, asked) => {
  const offered = offeredArticles(titles.map(source), [], () => false);
  expect(clarification(offered, sentences, NO_NAMES)).toContain(asked);
  expect(offered.map(({ label }) => label)).toEqual(titles);
});

const OFFERED = ["Returning an order", "When do I get my refund?", "Shipping costs"].map(
  (title) => ({
    externalId: title.toLowerCase(),
    title,
  }),
);

it.each([
  ["1", 0],
  ["#2", 1],
  ["number 3 please", 2],
  ["the second one, please", 1],
  ["I mean the second one", 1],
  ["Second!", 1],
  ["the last one", 2],
  ["one", 0],
  ["das zweite bitte", 1],
  ["la tercera", 2],
  ["le premier", 0],
  ["2番目", 1],
  ["returning an order", 0],
  ["WHEN DO I GET MY REFUND", 1],
  ["when do i get my refnd", 1],
  ["the refund one", 1],
  ["shipping", 2],
])("the reply %j chooses an offered document", (message, place) => {
  expect(chosenOption(message, OFFERED)).toBe(OFFERED[place]);
});

it.each([
  "4",
  "",
  "👍",
  "yes",
  "how do I clean the pump",
  "order refund shipping",
  "the second hand market",
])("the reply %j chooses none of several offered documents", (message) => {
  expect(chosenOption(message, OFFERED)).toBeUndefined();
});

it.each(["no", "none of these", "Neither!", "keins davon", "aucun des trois", "ninguno"])(
  "the reply %j turns all offered documents down",
  (message) => {
    expect(chosenOption(message, OFFERED)).toBeNull();
    expect(chosenOption(message, [])).toBeUndefined();
  },
);

it.each(["yes", "Yes please", "that one", "ja", "oui", "sí"])(
  "the reply %j accepts the one document that is offered",
  (message) => {
    expect(chosenOption(message, OFFERED.slice(0, 1))).toBe(OFFERED[0]);
  },
);

it("a clarifying question names the section of each article that is nearest", async () => {
  const shop = await createWorkspace({
    guide: {
      title: "The guide",
      content:
        "# The guide\n\n## Unpacking\n\nOpen the box with care, and lay out all of its parts.\n\n## Varnish for the roof\n\nBrush the roof twice, and let it dry for a day.",
    },
  });
  await publish(shop, { decision: { thresholds: { answer: 1, clarify: 0 } } });
  const { outcome, text, sources, choices } = await ask(
    shop,
    "how often do I brush varnish on the roof?",
  );
  expect(outcome).toBe("clarified");
  expect(text).toContain("- The guide › Varnish for the roof\n");
  const label = "The guide › Varnish for the roof";
  expect(choices).toEqual([{ label, message: label }]);
  expect(sources).toMatchObject([{ title: "The guide" }]);
});

it("what a clarifying question shows of an article chooses it", () => {
  const options = OFFERED.map(({ title }, index) => ({ externalId: `${index}`, title }));
  expect(chosenOption("Shipping costs › Express within the EU", options)).toBe(options[2]);
});
