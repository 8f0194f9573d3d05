const GREETING =
  /^(?:hi|hello|hey|hiya|good (?:morning|afternoon|evening)|hallo|hola|bonjour|ciao|servus)(?: there| again| all)?$/;
const THANKS =
  /^(?:(?:ok|okay|great|perfect|cool|super)? ?(?:thanks|thank you|thx|ty|cheers|danke|merci|gracias)(?: a lot| so much| very much| you)?|great|perfect|awesome|got it|that helps|that helped)$/;
const FAREWELL =
  /^(?:bye|goodbye|bye bye|see you|see ya|have a (?:nice|good) (?:day|one|evening))$/;

/** A reply to what is no question, or undefined. The whole message must be small talk: "hi, where is my order" is a question. */
export function smallTalkReply(message: string): string | undefined {
  const words = message
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s]/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
  if (GREETING.test(words)) return "Hello! What would you like to know?";
  if (THANKS.test(words)) return "You're welcome! Is there anything else I can help with?";
  if (FAREWELL.test(words)) return "Goodbye, and thanks for stopping by!";
  return undefined;
}
