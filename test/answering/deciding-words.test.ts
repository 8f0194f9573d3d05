import { describe, expect, it } from "vitest";
import { decidingWords } from "../../src/answering/deciding-words.ts";
import type { LanguageCode } from "../../src/language/language.ts";

const isSame = (one: string, other: string, language: LanguageCode | null = "en"): boolean =>
  decidingWords(one, language).join("\n") === decidingWords(other, language).join("\n");

describe("the words that decide what is asked", () => {
  it.each([
    ["How do I cancel my order?", "how can I cancel my orders"],
    [
      "Can the Sprout tank go in the dishwasher?",
      "could the sprout tank go in the dishwasher please",
    ],
    ["shipping cost to Canada", "Shipping costs to Canada?"],
    ["What does E-33 do?", "what does e-33 do"],
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
    ["Do you ship to Canada?", "Do you ship from Canada?"],
    ["Can I switch to Pro?", "Can I switch from Pro?"],
    ["Can I exchange a lamp for a pump?", "Can I exchange a pump for a lamp?"],
    ["Does Basic include the Pro features?", "Does Pro include the Basic features?"],
    ["Is the A+ plan better than the A plan?", "Is the A plan better than the A+ plan?"],
    ["Do you pay the return?", "Do I pay the return?"],
    ["Do I have to sign in?", "Do I sign in?"],
    ["Is vitamin A included?", "Is the vitamin included?"],
    ["What is it?", "How is it?"],
  ])("are others: %s | %s", (one, other) => expect(isSame(one, other)).toBe(false));

  it("are all words in their order, in a language other than English", () => {
    expect(isSame("¿Cuánto cuesta el envío?", "cuanto cuesta el envio", "es")).toBe(true);
    expect(isSame("¿Cuánto cuesta el envío?", "¿Cuánto tarda el envío?", "es")).toBe(false);
    expect(isSame("von Spanien nach Portugal", "von Portugal nach Spanien", "de")).toBe(false);
  });
});
