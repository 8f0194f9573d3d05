import { expect, it } from "vitest";
import { smallTalkIn, withoutOpener } from "../../src/answering/small-talk.ts";

it.each([
  ["How do I cancel my order?", "ok so um, How do I cancel my order?"],
  ["how long does shipping take", "um, how long does shipping take"],
  ["how much is it", "so how much is it"],
  ["how do I cancel", "hi there, how do I cancel"],
  ["do you ship to Canada?", "Hey! Quick question: do you ship to Canada?"],
  ["it's broken", "well, it's broken"],
  ["and to Canada?", "great, and to Canada?"],
  ["i ordered a grove", "hi um so i ordered a grove"],
  ["can i swap pods", "ok cool thanks, one more thing: can i swap pods"],
  ["how do i cancel", "sorry to bother you but how do i cancel"],
  ["the first one", "yes, the first one"],
  ["how do I reset", "ok 👍 how do I reset"],
  ["can I pause", "good morning team can I pause"],
  ["wie lange dauert der Versand", "Hallo, wie lange dauert der Versand"],
  ["quels sont les délais ?", "Bonjour, euh, quels sont les délais ?"],
  ["¿cuánto cuesta?", "Hola buenas tardes, una pregunta: ¿cuánto cuesta?"],
  ["送料はいくらですか", "すみません、送料はいくらですか"],
])("%j is what is asked in %j", (question, message) => {
  expect(withoutOpener(message)).toBe(question);
  expect(withoutOpener(question)).toBe(question);
});

it.each([
  "so much water everywhere",
  "So far so good, is it",
  "so-called pods",
  "well water ok?",
  "right side light is off",
  "super grow lamp",
  "hi-fi speaker setup",
  "no, I meant to Canada",
  "and the pump?",
  "ok.example.com is down",
  "ok",
  "ok so",
  "",
  "👋",
])("nothing is taken from the front of %j", (message) => {
  expect(withoutOpener(message)).toBe(message);
});

it.each([
  [
    "thanks",
    [
      "thanks",
      "Thank you so much!!",
      "thaaanks",
      "ok great, thx",
      "perfect, that worked",
      "no thanks, that's all",
    ],
  ],
  [
    "thanks",
    [
      "Vielen Dank!",
      "merci beaucoup 🙏",
      "¡Muchas gracias!",
      "obrigada!",
      "grazie mille",
      "dank je wel",
    ],
  ],
  ["thanks", ["dziękuję bardzo", "ありがとうございました！", "شكراً جزيلاً", "شكرا لك"]],
  [
    "farewell",
    [
      "bye",
      "ok thanks bye",
      "have a nice day :)",
      "danke dir, tschüss",
      "au revoir",
      "adiós",
      "tchau",
    ],
  ],
  ["farewell", ["arrivederci", "tot ziens", "do widzenia", "さようなら", "مع السلامة"]],
  [
    "greeting",
    [
      "hi",
      "heyyy",
      "Hello there!",
      "good morning team",
      "hi, I have a question",
      "Guten Tag",
      "bonjour",
      "Olá!",
    ],
  ],
] as const)("a message that only says %s is small talk: %j", (kind, messages) => {
  for (const message of messages) expect([message, smallTalkIn(message)]).toEqual([message, kind]);
});

it.each([
  "ok",
  "no",
  "great lakes",
  "thanks for nothing",
  "thanks but it doesn't work",
  "Danke, aber wie lange dauert es",
  "hi where is my order",
  "thanks ".repeat(500),
  "👍",
  "",
])("%j is no small talk", (message) => {
  expect(smallTalkIn(message)).toBeUndefined();
});
