const GREETING =
  /^(?:hi|hello|hey|hiya|good (?:morning|afternoon|evening)|hallo|hola|bonjour|ciao|servus)(?: there| again| all)?$/;
const THANKS =
  /^(?:(?:ok|okay|great|perfect|cool|super)? ?(?:thanks|thank you|thx|ty|cheers|danke|merci|gracias)(?: a lot| so much| very much| you)?|great|perfect|awesome|got it|that helps|that helped)$/;
const FAREWELL =
  /^(?:bye|goodbye|bye bye|see you|see ya|have a (?:nice|good) (?:day|one|evening))$/;

/** What is no question; the release has a sentence for each. */
export type SmallTalk = "greeting" | "thanks" | "farewell";

/** The kind of small talk that a message is, or undefined. All of it must be: "hi, where is my order" is a question. */
export function smallTalkIn(message: string): SmallTalk | undefined {
  const words = message
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s]/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
  if (GREETING.test(words)) return "greeting";
  if (THANKS.test(words)) return "thanks";
  if (FAREWELL.test(words)) return "farewell";
  return undefined;
}
