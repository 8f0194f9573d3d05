/** A chat model's input, without the datamarking between the words. */
export interface ReadPrompt {
  question: string;
  sources: { n: number; title: string; text: string }[];
}

interface Message {
  role: string;
  content: string;
}

/** @throws if the prompt does not have the form that `src/answering/prompt.ts` gives it */
export function readPrompt(messages: readonly Message[]): ReadPrompt {
  const system = messages.find(({ role }) => role === "system")?.content ?? "";
  const mark = /"(.)" stands between words/u.exec(system)?.[1];
  const asked = /^<visitor_message>\n([\s\S]*)\n<\/visitor_message>$/.exec(
    messages.at(-1)?.content ?? "",
  )?.[1];
  if (mark === undefined || asked === undefined) throw new Error("This is no prompt of the chat's");
  const plain = (text: string): string => text.replaceAll(mark, " ");
  const sources = system.matchAll(
    /^<source number="(\d+)" title="([^"]*)">\n([\s\S]*?)\n<\/source>$/gm,
  );
  return {
    question: plain(asked),
    sources: Array.from(sources, ([, n, title = "", text = ""]) => ({
      n: Number(n),
      title: plain(title),
      text: plain(text),
    })),
  };
}
