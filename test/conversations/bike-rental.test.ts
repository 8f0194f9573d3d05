import { beforeAll, describe, expect, it } from "vitest";
import { BIKE_RENTAL } from "../support/bike-rental.ts";
import { ask, call, createWorkspace, type Workspace } from "../support/workspace.ts";

let shop: Workspace;
beforeAll(async () => {
  shop = await createWorkspace(BIKE_RENTAL);
  const settings = { visitor_attributes: ["country", "platform", "plan"] };
  await call(shop.secret, "PATCH", "/v1/settings", settings);
});

/** The outcome and the text of the last answer of a conversation. */
async function lastOf(messages: string[], metadata: object = {}): Promise<[string, string]> {
  let last: Awaited<ReturnType<typeof ask>> | undefined;
  for (const message of messages) {
    const { conversation_id } = last ?? {};
    last = await ask(shop, { message, metadata, ...(conversation_id && { conversation_id }) });
  }
  return [last?.outcome ?? "", last?.text ?? ""];
}

const PRICES = {
  Germany: "€14.90",
  Austria: "€15.90",
  Switzerland: "CHF 18.90",
};

describe("the newest value takes the place of the one before", () => {
  it.each([
    [
      ["how do i turn on notifications", "on my iphone", "no, I meant Android"],
      "App info",
      "Allow Notif",
    ],
    [["how do i turn on notifications", "Android", "iOS"], "Allow Notif", "App info"],
    [["my app crashes", "iOS", "and on android?"], "Clear cache", "iPhone"],
    [["what does Plus cost in germany?", "and for Austria?"], PRICES.Austria, PRICES.Germany],
    [["I'm in Austria. How much is Plus?", "what about germany?"], PRICES.Germany, PRICES.Austria],
  ])("%j", async (messages, said, unsaid) => {
    const [outcome, text] = await lastOf(messages);
    expect(outcome).toBe("answered");
    expect(text).toContain(said);
    expect(text).not.toContain(unsaid);
  });
});

describe("a choice holds for what is asked next", () => {
  const HELMET = ["how do I borrow a helmet?", "Austria"];
  it.each([
    [[...HELMET, "what does the Plus plan cost?"], PRICES.Austria, PRICES.Germany],
    [
      [...HELMET, "what does the Plus plan cost?", "Plus in germany?"],
      PRICES.Germany,
      PRICES.Austria,
    ],
    [[...HELMET, "and what about parking outside the zone?"], "€12", "€10"],
  ])("%j", async (messages, said, unsaid) => {
    const [, text] = await lastOf(messages);
    expect(text).toContain(said);
    expect(text).not.toContain(unsaid);
  });
});

it("sections about another plan than the visitor's are left out, also between those that are quoted", async () => {
  const [, text] = await lastOf(["what does my plan cost?"], { plan: "Plus", country: "AT" });
  expect(text).toContain(PRICES.Austria);
  expect(text).toContain("60 minutes");
  expect(text).not.toContain("30 minutes per ride");
});

describe("a question for a value does not depend on the wording", () => {
  it.each([
    ["How much is a helmet?", "Austria Germany Switzerland"],
    ["how do I borrow a helmet", "Austria Germany Switzerland"],
    ["the app crashes", "Android iOS"],
    ["app crashes all the time", "Android iOS"],
    ["my app crashes", "Android iOS"],
  ])("%s", async (message, labels) => {
    const { outcome, choices, text } = await ask(shop, message);
    expect(outcome).toBe("clarified");
    expect(choices.map(({ label }) => label).join(" ")).toBe(labels);
    expect(text).toMatch(/^That depends\./);
  });
});
