import { expect, it } from "vitest";
import { chosenAfter, valuesOf } from "../../src/conversations/chosen-values.ts";

const PRO = { value: "Pro", others: ["Basic"] };
const NOTHING = { values: [] };

it.each([
  "what is the basic idea",
  "I have a basic question about invoices",
  "how do basic things work here?",
])("a word that a value has in common with the language switches nothing: %s", (message) => {
  expect(chosenAfter(message, [PRO], NOTHING)).toEqual([PRO]);
});

it.each([
  "basic",
  "and on basic?",
  "what does it cost me on basic?",
  "What does the Basic plan cost me?",
  "I have moved. Now it is basic, how do I pay?",
])("a value that is named as one switches: %s", (message) => {
  expect(chosenAfter(message, [PRO], NOTHING)).toEqual([{ value: "Basic", others: ["Pro"] }]);
});

it("a choice of an attribute counts while the workspace lists it", () => {
  const chosen = [
    { ...PRO, name: "plan" },
    { value: "iOS", others: [] },
  ];
  expect(valuesOf(chosen, ["plan"])).toEqual({ plan: "Pro", "choice 2": "iOS" });
  expect(valuesOf(chosen, [])).toEqual({ "choice 2": "iOS" });
});

it.each([
  ["I don't have Android", []],
  ["not Android", []],
  ["anything but iOS", []],
  ["kein Android", []],
  ["no, Android", ["Android"]],
  ["no iOS please, Android", ["Android"]],
  ["Android", ["Android"]],
])("a value that is turned down is not chosen: %s", (message, chosen) => {
  const offered = { values: ["Android", "iOS", "Web"] };
  expect(chosenAfter(message, [], offered).map(({ value }) => value)).toEqual(chosen);
});
