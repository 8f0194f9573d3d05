import { cheapVector } from "./pipeline.ts";

/**
 * An AI binding whose vectors cost nothing.
 * @param refuse says why a call fails, from its texts and the number of calls before it
 * @returns also the texts of each call
 */
export function cheapAi(
  refuse: (texts: string[], earlier: number) => string | undefined = () => undefined,
): { ai: Ai; calls: string[][] } {
  const calls: string[][] = [];
  const run = async (_model: string, { text }: { text: string[] }): Promise<object> => {
    const reason = refuse(text, calls.length);
    calls.push(text);
    if (reason) throw new Error(reason);
    return { data: text.map(() => cheapVector()) };
  };
  return { ai: { run } as unknown as Ai, calls };
}
