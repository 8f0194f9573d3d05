import { expect, it } from "vitest";
import { carryOver } from "../../src/answering/carry-over.ts";

it.each([
  ["Can I return the pump?", "I meant the lamp, not the pump", "Can I return the lamp?"],
  ["can i send back a wall", "wait no I mean the Grove not the wall", "can i send back the Grove"],
  ["delivery to Alaska?", "no sorry i meant the Yukon, not alaska", "delivery to the Yukon?"],
  ["Is the warranty longer in the EU?", "no, the US", "Is the warranty longer in the US?"],
  ["Is it cheaper in the EU?", "no, I meant in the US", "Is it cheaper in the US?"],
  ["How long to Germany?", "no, Canada", "How long to Canada?"],
  ["How heavy is the Wall?", "sorry, I mean the Sprout", "How heavy is the Sprout?"],
  ["a gift for 6 months, gardener", "i mean 12 not 6", "a gift for 12 months, gardener"],
  ["ordered january 2025", "my mistake, order was jan 2026", "ordered january 2026"],
  [
    "Can the 120 W panel charge a 12 V battery?",
    "no, I meant 24 V",
    "Can the 120 W panel charge a 24 V battery?",
  ],
  ["What does E-07 mean?", "and E-12?", "What does E-12 mean?"],
  ["Lieferung nach Deutschland?", "nein, ich meinte nach Österreich", "Lieferung nach Österreich?"],
  ["Garantie auf die Pumpe?", "nein, die Lampe, nicht die Pumpe", "Garantie auf die Lampe?"],
  ["livraison en France ?", "non, je voulais dire en Belgique", "livraison en Belgique ?"],
  ["¿envío a España?", "no, quise decir a Portugal", "¿envío a Portugal?"],
])("%j, then %j: the question is %j", (previous, message, expected) => {
  expect(carryOver(previous, message).lines).toEqual([expected]);
});

it("of a long topic the question that began it and the last two additions are carried over", () => {
  const { lines } = carryOver("How long is the warranty?\nUSA\nled panels?\nrefurbished?", "pump?");
  expect(lines).toEqual(["How long is the warranty?", "led panels?", "refurbished?"]);
});

it("a correction replaces the last fragment of its kind, and not the question", () => {
  const { lines } = carryOver(
    "How long until basil?\nmint?\nhow long does it live",
    "I meant thyme",
  );
  expect(lines).toEqual(["How long until basil?", "thyme", "how long does it live"]);
});

it("a message that corrects nothing leaves the question as it is", () => {
  const previous = "How long does delivery to Germany take?";
  expect(carryOver(previous, "and express?")).toEqual({
    lines: [previous],
    added: "and express?",
    isReplaced: false,
  });
});

it.each([
  [
    "How long does delivery to Germany take?",
    "and to Canada?",
    "How long does delivery to Canada take?",
  ],
  ["Plus in germany?", "what about the United States", "Plus in United States?"],
  ["I turn it on\non my iPhone", "and on android?", "I turn it on\non my android"],
  ["refunds of the Pro plan", "and Basic?", "refunds of the Basic plan"],
])(
  "the value that a message names takes the place of its rival: %s %s",
  (previous, message, lines) => {
    const rivals = { language: null, offered: [["Pro", "Basic"]] };
    expect(carryOver(previous, message, rivals)).toEqual({
      lines: lines.split("\n"),
      added: message,
      isReplaced: true,
      isSwitched: true,
    });
  },
);

it.each([
  ["Shipping from Germany", "to Canada?"],
  ["What is the difference between iOS and Android?", "and on Windows?"],
  ["How do I set it up on Android?", "and on iOS and Windows?"],
  ["What does Pro cost?", "and for twelve people?"],
])("two ends, a comparison and another kind keep their values: %s %s", (previous, message) => {
  const rivals = { language: null, offered: [["Pro", "Basic"]] };
  expect(carryOver(previous, message, rivals).lines).toEqual([previous]);
});

it("a correction that asks something else is not cut to what stands in one place", () => {
  const previous = "How long does standard shipping to Canada take?";
  const { isReplaced, added } = carryOver(previous, "No, what does express cost to Germany?");
  expect(isReplaced).toBe(false);
  expect(added).toContain("express cost");
});
