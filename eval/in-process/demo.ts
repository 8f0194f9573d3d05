import path from "node:path";
import { Api } from "../../cli/api.ts";
import { CommandError } from "../../cli/command.ts";
import { DEMO_KEYS } from "../../local/config.ts";
import { loadDemo } from "../../local/dev/demo.ts";
import { readArticles } from "../../local/dev/demo-articles.ts";
import { ROOT } from "../../local/dev/root.ts";
import { startInProcess } from "./instance.ts";

const REQUEST_TIMEOUT_MS = 60_000;

/** Loads the demo as `npm start` does, with these models. @throws CommandError when not every article is ingested */
export async function ingestDemo(models: Ai): Promise<void> {
  const instance = await startInProcess(models);
  const api = new Api({
    ...instance,
    key: DEMO_KEYS.secret,
    tries: 1,
    timeoutMs: REQUEST_TIMEOUT_MS,
  });
  await loadDemo(api, await readArticles(path.join(ROOT, "demo/articles")), (line) => {
    if (line.startsWith("Warning")) throw new CommandError(line);
  });
}

export type EmbedTexts = (model: string, texts: string[]) => Promise<number[][]>;

/** An AI binding that embeds with the given function, and has no other model. */
export function embedsWith(embed: EmbedTexts): Ai {
  const run = async (model: string, { text }: { text: string[] }): Promise<object> => ({
    data: await embed(model, text),
  });
  return { run } as unknown as Ai;
}
