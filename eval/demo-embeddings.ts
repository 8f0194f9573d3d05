// `npm run demo:embeddings`: computes the embeddings of the demo and of the question that every start asks.
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { readArguments, runCommand } from "../cli/command.ts";
import { embeddingKey } from "../local/ai/embedding-cache.ts";
import { writePrecomputed } from "../local/ai/precomputed.ts";
import { ROOT } from "../local/dev/root.ts";
import { embedsWith, ingestDemo } from "./in-process/demo.ts";
import { openModels } from "./in-process/embeddings.ts";

const HELP = `
Usage: npm run demo:embeddings

Ingests demo/articles in this process and writes the embedding of each passage, as the local model computes it, into
demo/embeddings.bin. A start of the local platform then computes none of them. Run it when an article, the division into
passages or the local embedding model has changed; test/local/node/demo-embeddings.test.ts fails until then.
`;

await runCommand(HELP, async (args) => {
  readArguments(args, {});
  const embeddings = new Map<string, Float32Array>();
  const models = openModels();
  const recording = embedsWith(async (model, texts) => {
    const answer: unknown = await models.run(model as never, { text: texts } as never);
    const { data } = answer as { data: number[][] };
    for (const [index, text] of texts.entries())
      embeddings.set(await embeddingKey(model, text), Float32Array.from(data[index] ?? []));
    return data;
  });
  await ingestDemo(recording);
  const file = writePrecomputed(embeddings);
  await writeFile(path.join(ROOT, "demo/embeddings.bin"), file);
  console.log(`demo/embeddings.bin: ${embeddings.size} embeddings, ${file.length} bytes.`);
  return 0;
});
