import { expect, it } from "vitest";
import { isFollowUp } from "../../src/answering/follow-up.ts";

it.each([
  "and to Canada?",
  "no, I meant to Canada",
  "what about the Wall",
  "what does that cost to Canada?",
  "how do I do that",
  "is that included",
  "why does the light do that",
  "return that pump",
  "how do I cancel it?",
  "is it safe?",
  "how long does it take to Canada",
  "for the pump",
  "for the pump?",
  "in Canada",
  "with paypal please",
  "without a receipt",
  "how long?",
])("%j is a follow-up", (message) => {
  expect(isFollowUp(message)).toBe(true);
});

it.each([
  "the pump that I bought leaks",
  "the order that arrived is broken",
  "a plan that costs less",
  "can I return an item that is damaged",
  "did you know that I moved",
  "is it safe to wash the pods",
  "is it possible to pause my subscription",
  "my pump is loud, can I clean it",
  "I bought a grove, how do I return it",
  "is there a warranty?",
  "for returns, what do I need",
  "in the app, where is the serial number",
  "vinegar for the pump?",
  "refunds?",
  "no",
  "👍",
])("%j stands alone", (message) => {
  expect(isFollowUp(message)).toBe(false);
});
