import { expect, it } from "vitest";
import { countriesIn } from "../../src/language/code-names.ts";

it.each([
  ["Do you deliver to South Sudan?", ["SS"]],
  ["South Sudan and Sudan", ["SS", "SD"]],
  ["a shop in Papua New Guinea", ["PG"]],
  ["We live in New Mexico.", []],
  ["shipping to South America", []],
  ["shipping to America", ["US"]],
  ["Northern Ireland", ["GB"]],
  ["can you send it to us?", []],
  ["WHAT WILL YOU SEND TO US", []],
  ["shipping to US", ["US"]],
  ["shipping to the us", ["US"]],
])("%s names %j", (text, codes) => {
  expect(countriesIn(text, "en").toSorted()).toEqual(codes.toSorted());
});
