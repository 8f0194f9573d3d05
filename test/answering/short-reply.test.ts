import { expect, it } from "vitest";
import { inCancelWords, yesOrNo } from "../../src/answering/short-reply.ts";
import { LANGUAGE_CODES } from "../../src/language/language.ts";
import { shippedRelease } from "../../src/releases/release.ts";
import { sentencesIn } from "../../src/releases/sentences.ts";

it.each(LANGUAGE_CODES)("reads what the buttons of a proposal say: %s", (language) => {
  const { yes, no } = sentencesIn(shippedRelease, language).actions;
  expect([yesOrNo(yes), yesOrNo(no)]).toEqual(["yes", "no"]);
});

it.each([
  ["no thanks", "no"],
  ["Nein danke", "no"],
  ["non merci", "no"],
  ["no gracias", "no"],
  ["yes please", "yes"],
  ["thanks", undefined],
  ["yes and no", undefined],
  ["yes but change the address", undefined],
])("%s", (message, says) => {
  expect(yesOrNo(message)).toBe(says);
});

it.each(["cancel", "Never mind!", "abbrechen", "annuler", "キャンセル"])(
  "ends with: %s",
  (message) => {
    expect(inCancelWords(message)).toBe(true);
  },
);

it("does not end by a question about ending", () => {
  expect(inCancelWords("how do I cancel my subscription?")).toBe(false);
});
