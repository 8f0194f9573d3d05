import { describe, expect, it } from "vitest";
import { NO_HISTORY, type HistoryMessage } from "../../src/answering/history.ts";
import { inContext } from "../../src/answering/in-context.ts";
import { readMessage } from "../../src/answering/read-message.ts";
import { replayHistory } from "../../src/answering/replay-history.ts";

/** @param said messages in turn, the visitor's first */
function contextAfter(said: string[], message: string) {
  const messages = said.map((text, index): HistoryMessage => {
    return { role: index % 2 === 0 ? "visitor" : "assistant", text };
  });
  return inContext(message, readMessage(message), replayHistory(messages)).context;
}

const standaloneAfter = (said: string[], message: string): string | undefined =>
  contextAfter(said, message)?.standalone;

const DELIVERY = ["How long does delivery to Germany take?", "Three days by standard delivery."];

describe("the standalone question", () => {
  it("is the question before, with what the message adds or replaces", () => {
    expect(standaloneAfter(DELIVERY, "and by express?")).toBe(
      "How long does delivery to Germany take?\nand by express?",
    );
    expect(standaloneAfter(DELIVERY, "and to Canada?")).toBe(
      "How long does delivery to Canada take?",
    );
  });

  it("of a correction no longer holds what was wrong", () => {
    expect(standaloneAfter(DELIVERY, "no, I meant to Canada")).toBe(
      "How long does delivery to Canada take?",
    );
  });

  it("passes over small talk", () => {
    const said = [...DELIVERY, "thanks!", "You're welcome!"];
    expect(standaloneAfter(said, "and to Canada?")).toContain("delivery to Canada");
  });

  it("drops the old topic when a question stands alone, and comes back to one that is named", () => {
    const said = [...DELIVERY, "How do I clean the pump?", "With vinegar."];
    expect(standaloneAfter(said, "how often?")).toBe("How do I clean the pump?\nhow often?");
    expect(standaloneAfter(said, "How long does delivery to France take?")).toBeUndefined();
  });

  it.each(["yes please", "ja bitte", "oui, merci", "sí, por favor"])(
    "of %j is what was offered",
    (message) => {
      const offer = "Shall I tell you how to claim under the warranty?";
      const said = ["My pump broke.", `The warranty covers it. ${offer}`];
      expect(standaloneAfter(said, message)).toBe(offer);
    },
  );

  it("of an answer to a question of ours holds all three", () => {
    const said = ["Can I cancel my order?", "That depends. Is it an order on invoice?"];
    expect(standaloneAfter(said, "yes it's on invoice")).toBe(
      "Can I cancel my order?\nIs it an order on invoice?\nit's on invoice",
    );
  });

  it.each([
    ["the first one", "a one-off order"],
    ["second one, I don't have the app", "a subscription\nI don't have the app"],
    ["the last one", "a subscription"],
  ])("of %j names what was listed", (message, chosen) => {
    const said = ["I need to cancel", "Is it (1) a one-off order or (2) a subscription?"];
    expect(standaloneAfter(said, message)).toBe(`I need to cancel\n${chosen}`);
  });
});

describe("what a follow-up is searched with", () => {
  it("is the standalone question, the message alone, and the message with what the last answer was about", () => {
    expect(contextAfter(DELIVERY, "and express?")).toMatchObject({
      variants: [
        { kind: "alone", text: "and express?" },
        { kind: "evidence", text: "Three days by standard delivery.\nand express?" },
      ],
    });
  });

  it("leaves out an answer that has nothing to do with the question", () => {
    const said = [DELIVERY[0] ?? "", "I couldn't find an answer to that in our help centre."];
    expect(contextAfter(said, "and express?")?.variants).toEqual([
      { kind: "alone", text: "and express?" },
    ]);
  });
});

it.each(["no", "thanks!", "I want to talk to a human", "How do I clean the pump?"])(
  "%j depends on nothing that was said",
  (message) => {
    expect(contextAfter(DELIVERY, message)).toBeUndefined();
  },
);

it.each([
  "no thanks, how do I clean the pump?",
  "No, how do I clean the pump?",
  "No lamp lights up",
  "None of my lamps light up",
  "sure, and how do I clean the pump?",
])("%j does not answer the question that the last answer ends with", (message) => {
  const history = {
    ...NO_HISTORY,
    previous: "How do I return the pump?",
    question: "Would you like to know how the refund of returned items works?",
  };
  const { context } = inContext(message, readMessage(message), history);
  expect(context?.standalone ?? "").not.toContain("Would you like");
});
