import { expect, it } from "vitest";
import { contactRequestIn } from "../../src/answering/contact-request.ts";

const wishOf = (message: string): string | undefined => contactRequestIn(message)?.wish;

it.each([
  "I want to talk to a human",
  "agent please",
  "AGENT PLEASE!!!",
  "I WANT TO TALK TO A HUMAN NOT A STUPID BOT",
  "humam please",
  "let me speak to a representativ",
  "can someone call me",
  "please call me back",
  "i need to speak with your manager",
  "I want to speak to someone about my refund",
  "are you a robot?",
  "Can I please speak to a human being?",
  "Ich möchte mit einem Menschen sprechen",
  "Kann mich bitte jemand anrufen?",
  "Mitarbeiter bitte",
  "Rückruf bitte",
  "je veux parler à un humain",
  "un conseiller svp",
  "pouvez-vous m'appeler ?",
  "quiero hablar con una persona",
  "un agente por favor",
  "¿me pueden llamar?",
])("%j asks for a person", (message) => {
  expect(contactRequestIn(message)).toMatchObject({ wish: "person", rest: undefined });
});

it.each([
  ["phone", "phone number?"],
  ["phone", "is there a phone number?"],
  ["phone", "Wie lautet eure Telefonnummer?"],
  ["phone", "quel est votre numéro de téléphone"],
  ["phone", "número de teléfono de atención al cliente"],
  ["email", "email address of support"],
  ["email", "whats your email adress"],
  ["email", "E-Mail-Adresse vom Support"],
  ["email", "correo electrónico de soporte"],
  ["any", "how can i contact you"],
  ["any", "customer support"],
  ["any", "Kontakt"],
  ["hours", "what are your opening hours"],
  ["hours", "when are you open"],
  ["hours", "Öffnungszeiten?"],
  ["hours", "quels sont vos horaires d'ouverture"],
  ["hours", "¿cuál es su horario?"],
])("a wish for %s is read in %j", (wish, message) => {
  expect(wishOf(message)).toBe(wish);
});

it.each([
  "how do i change my phone number",
  "what is my email address",
  "do you support Android",
  "contract please",
  "How many people can share one plan?",
  "can someone else pick up my parcel",
  "agent commission",
  "I didn't get an email",
  "does it work without a phone",
  "is this phone available now",
  "I need help",
  "how do i open it",
  "connect to wifi",
  "what is your address",
  "what's the phone number of the CEO",
  "I want to get a refund",
  "how do i reach the pump",
  "opening the lid",
  "Where is my order, and what is your phone number?",
  "human ".repeat(400),
  "",
])("%j asks for something else", (message) => {
  expect(contactRequestIn(message)).toBeUndefined();
});

it("what is asked beside a wish for a person is kept", () => {
  expect(contactRequestIn("my garden leaks, I want to talk to a human!")).toMatchObject({
    wish: "person",
    rest: "my garden leaks,",
  });
  expect(contactRequestIn("How do I cancel? And let me talk to someone")?.rest).toBe(
    "How do I cancel?",
  );
});
