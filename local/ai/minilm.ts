import { Embedder } from "../../node_modules/@lat.md/embed/dist/engine.cjs";
import { EMBEDDING_DIMENSIONS } from "./embedding-model.ts";

/** The input length that the model was trained for. Longer inputs are truncated, as in the service's models. */
const MAX_TOKENS = 256;

/** Embeds one text at a time. A batch is slower, because all its texts are padded to the longest one. */
export type EmbedText = (text: string) => Float32Array;

let loaded: EmbedText | undefined;

/** Loads the model for the first text that is not cached, and keeps it as long as the isolate lives. */
export async function loadMiniLm(files: Fetcher): Promise<EmbedText> {
  loaded ??= await load(files);
  return loaded;
}

/**
 * Reads the model's files through a binding. As modules of the Worker, these 45 MB would slow every start of workerd by
 * seconds. The weights are divided into parts, because an asset is limited to 25 MiB.
 */
async function load(files: Fetcher): Promise<EmbedText> {
  const { parts } = await (await open(files, "manifest.json")).json<{ parts: string[] }>();
  const [config, tokenizer, ...weights] = await Promise.all(
    ["config.json", "tokenizer.json", ...parts].map(async (name) =>
      (await open(files, name)).bytes(),
    ),
  );
  if (!config || !tokenizer) throw new Error("The embedding model's folder is incomplete.");
  const engine = new Embedder(concatenate(weights), tokenizer, config, MAX_TOKENS);
  return (text) => {
    const [vector] = engine.embed([text]);
    if (vector?.length !== EMBEDDING_DIMENSIONS)
      throw new Error(`The embedding engine answered ${vector?.length} dimensions.`);
    return Float32Array.from(vector);
  };
}

async function open(files: Fetcher, name: string): Promise<Response> {
  const response = await files.fetch(`http://model/${name}`);
  if (!response.ok)
    throw new Error(`The embedding model's ${name} cannot be read: ${response.status}`);
  return response;
}

function concatenate(parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
