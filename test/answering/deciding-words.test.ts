import { describe, expect, it } from "vitest";
import { decidingWords } from "../../src/answering/deciding-words.ts";
import type { LanguageCode } from "../../src/language/language.ts";

const isSame = (one: string, other: string, language: LanguageCode | null = "en"): boolean =>
  decidingWords(one, language).join("\n") === decidingWords(other, language).join("\n");

describe("the words that decide what is asked", () => {
  it.each([
    ["How do I cancel my order?", "I want to cancel an order"],
    [
      "can the Sprout tank go in the dishwasher",
      "Can the tank of the Sprout go in the dishwasher?",
    ],
    ["shipping cost to Canada", "What's the shipping cost to Canada?"],
    ["What does E-33 do?", "what does e-33 do for me"],
  ])("are the same: %s | %s", (one, other) => expect(isSame(one, other)).toBe(true));

  it.each([
    ["How do I cancel my plan?", "How do I change my plan?"],
    ["What does E-33 mean?", "What does E-36 mean?"],
    ["Is 1.5 l enough?", "Is 5.1 l enough?"],
    ["Can I return opened pods?", "Can I not return opened pods?"],
    ["Can I return opened pods?", "Can't I return opened pods?"],
    ["When do I register my garden?", "How do I register my garden?"],
    ["How many pods does it need?", "How much does it need pods?"],
    ["How do I turn the lamp on?", "How do I turn the lamp off?"],
    ["How long is the warranty?", "How long is the warranty in the US?"],
    ["Can I move from Portugal to Spain?", "Can I move from Spain to Portugal?"],
    ["Is it used with C++?", "Is it used with C#?"],
    ["Does it start at -20°?", "Does it start at 20°?"],
    ["Tell me my name", "Tell me your name"],
    ["What is it?", "How is it?"],
  ])("are others: %s | %s", (one, other) => expect(isSame(one, other)).toBe(false));

  it("are all words in their order, in a language other than English", () => {
    expect(isSame("¿Cuánto cuesta el envío?", "cuanto cuesta el envio", "es")).toBe(true);
    expect(isSame("¿Cuánto cuesta el envío?", "¿Cuánto tarda el envío?", "es")).toBe(false);
    expect(isSame("von Spanien nach Portugal", "von Portugal nach Spanien", "de")).toBe(false);
  });
});
