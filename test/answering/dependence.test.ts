import { expect, it } from "vitest";
import { dependenceOf } from "../../src/answering/dependence.ts";

it.each([
  "and to Canada?",
  "no, I meant to Canada",
  "no sorry i meant the Yukon, not alaska",
  "oops, meant the sprout",
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
  "why not?",
  "can I go back to the old one after",
  "where do the photos for it get stored",
  "und nach Kanada?",
  "was kostet das?",
  "wie lange dauert das",
  "für die Pumpe",
  "nein, ich meinte nach Österreich",
  "et pour le Canada ?",
  "combien ça coûte ?",
  "non, je voulais dire en Belgique",
  "y a Portugal",
  "¿cuánto tarda?",
  "no, quise decir a Portugal",
])("%j clearly depends on what was said before", (message) => {
  expect(dependenceOf(message)).toBe("clear");
});

it.each([
  "refunds?",
  "Austria?",
  "vinegar for the pump?",
  "student dorm, with a login page",
  "the button is gone",
  "how do I make a claim?",
  "is there a warranty?",
  "for returns, what do I need",
  "and when will I have the money, paid with PayPal",
  "Balkon?",
  "gekauft vor 2 Jahren",
])("%j may depend on what was said before", (message) => {
  expect(dependenceOf(message)).toBe("possible");
});

it.each([
  "the pump that I bought leaks a lot of water",
  "the order that arrived yesterday is broken",
  "is it safe to wash the pods",
  "What does the manual say: is it true that the pump runs dry?",
  "Aspirin inhibits the production of a hormone called prostaglandin.",
  "is it possible to pause my subscription",
  "my pump is loud, can I clean it",
  "I bought a grove, how do I return it",
  "in the app, where is the serial number",
  "How long does delivery to Germany take?",
  "how do I reset my password?",
  "Wie lange dauert die Lieferung nach Deutschland?",
  "Gibt es eine Garantie auf die Pumpe?",
  "Das Paket ist nicht angekommen, was soll ich tun?",
  "Combien coûte la livraison en France ?",
  "¿Cuánto cuesta el envío a España?",
  "No puedo entrar en mi cuenta desde ayer, ¿qué hago?",
  "no",
  "ok",
  "👍",
])("%j stands alone", (message) => {
  expect(dependenceOf(message)).toBeUndefined();
});
