import { expect, it } from "vitest";
import { askedIn } from "../../src/answering/asked.ts";

const wishOf = (message: string): string | undefined => askedIn(message).contact?.wish;

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
  expect(askedIn(message)).toMatchObject({
    intent: "person",
    contact: { wish: "person", rest: undefined },
  });
});

it.each([
  "hand me over to a human",
  "is there any human I could talk to",
  "Who can I talk to? I want a human",
  "gib mir einen mitarbeiter",
  "Ich möchte keinen Bot, sondern einen Menschen",
  "Ist da jemand, mit dem ich sprechen kann?",
  "est-il possible de parler à une personne réelle",
  "je souhaite être rappelé",
  "¿Hay alguien con quien pueda hablar?",
  "exijo hablar con un encargado",
  "Quero falar com um atendente",
  "não quero falar com um robô",
  "Vorrei parlare con un operatore",
  "mi passi un responsabile",
  "Ik wil een medewerker spreken",
  "verbind me door met een mens",
  "Chcę rozmawiać z człowiekiem",
  "proszę połączyć mnie z konsultantem",
  "担当者と話したいです",
  "返金について担当者と話したい",
  "オペレーターにつないでください",
  "أريد التحدث إلى موظف",
  "هل يمكنني التحدث مع شخص حقيقي؟",
  "حولني إلى خدمة العملاء",
])("a person is wanted in ten languages: %j", (message) => {
  expect(askedIn(message).intent).toBe("person");
});

it.each([
  ["human", "are you a robot?"],
  ["human", "Am I talking to a real person?"],
  ["human", "are you an AI, or a person?"],
  ["human", "Bist du ein Mensch?"],
  ["human", "est-ce que vous êtes une machine ?"],
  ["human", "¿Eres una persona de verdad?"],
  ["human", "você é um robô?"],
  ["human", "sto parlando con una persona vera?"],
  ["human", "praat ik met een mens?"],
  ["human", "czy jesteś robotem?"],
  ["human", "あなたはロボットですか？"],
  ["human", "هل أنت روبوت؟"],
  ["language", "Do you speak German?"],
  ["language", "bitte auf englisch antworten"],
  ["abuse", "you stupid piece of junk"],
  ["abuse", "ta gueule"],
  ["test", "testing 1 2 3"],
  ["chat", "tell me a joke"],
  ["chat", "¿Cómo te llamas?"],
  ["complaint", "this is the worst service I have ever had"],
  ["feedback", "Ein Lob an euer Team, alles lief super"],
])("%s is read in %j", (intent, message) => {
  expect(askedIn(message).intent).toBe(intent);
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
  "can a person with allergies eat these",
  "who do I talk to about an invoice",
  "where are the agent settings",
  "is the app available in german",
  "can someone else pick up my parcel",
  "ist die lampe echt",
  "your shit pump leaks",
  "how long until it is old",
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
  expect(askedIn(message)).toEqual({});
});

it("what is asked beside a wish for a person is kept", () => {
  expect(askedIn("my garden leaks, I want to talk to a human!").contact).toMatchObject({
    wish: "person",
    rest: "my garden leaks,",
  });
  expect(askedIn("How do I cancel? And let me talk to someone").contact?.rest).toBe(
    "How do I cancel?",
  );
});

it.each(["my computer is not working", "my machine doesn't work"])(
  "%j asks for no person, and not whether one answers",
  (message) => expect(askedIn(message)).toEqual({}),
);

it.each([
  "How do I stop the machine?",
  "The machine is not working",
  "La máquina no funciona",
  "Can I transfer my account to another person?",
  "Can I take another person with me?",
  "Do I need to be there in person?",
  "Who is the operator?",
  "How do I open the machine?",
  "What is the machine for?",
  "I did not get your email",
])("%j is a question for the documents", (message) => {
  expect(askedIn(message)).toEqual({});
});

it("a long word takes linear time", () => {
  const started = performance.now();
  askedIn("abcdefghij".repeat(800));
  askedIn("وال".repeat(2600));
  expect(performance.now() - started).toBeLessThan(1000);
});
