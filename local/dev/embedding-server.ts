import { readFile } from "node:fs/promises";
import { CommandError, reasonOf } from "../../cli/command.ts";
import { EMBEDDING_DIMENSIONS, EMBEDDING_MODEL } from "../ai/embedding-model.ts";
import { embedByServer, forwardedModelId } from "../ai/forwarded-embeddings.ts";

/** The embedding model of an instance: the local one, or that of an OpenAI-compatible server. */
export interface ChosenEmbedding {
  /** The id that the application is configured with. */
  id: string;
  dimensions: number;
  server?: { url: string; model: string; key: string | undefined };
}

export const OWN_EMBEDDING: ChosenEmbedding = {
  id: EMBEDDING_MODEL,
  dimensions: EMBEDDING_DIMENSIONS,
};

/** developers.cloudflare.com/vectorize/platform/limits */
const MOST_DIMENSIONS = 1536;

/**
 * The embedding model that the environment names. One text is embedded to learn the dimensions of a server's model.
 * @throws CommandError that names the variable to change
 */
export async function chooseEmbedding(
  env: Record<string, string | undefined>,
): Promise<ChosenEmbedding> {
  const { LOCAL_EMBEDDING_URL: url, LOCAL_EMBEDDING_MODEL: model, LOCAL_EMBEDDING_KEY: key } = env;
  if (!url && !model) return OWN_EMBEDDING;
  if (!url || !model)
    throw new CommandError("LOCAL_EMBEDDING_URL and LOCAL_EMBEDDING_MODEL go together.");
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? ""))
    throw new CommandError(`LOCAL_EMBEDDING_URL takes an http(s) address, not "${url}".`);
  const server = { url, model, key: key || undefined };
  const [vector] = await embedByServer(server, ["A question."]).catch((error: unknown) => {
    throw new CommandError(
      `The server at LOCAL_EMBEDDING_URL (${url}) embeds nothing with the model ${model}: ${reasonOf(error)}. Is it running, and does the address end in /v1?`,
    );
  });
  const dimensions = vector?.length ?? 0;
  if (dimensions > MOST_DIMENSIONS)
    throw new CommandError(
      `${model} makes vectors of ${dimensions} dimensions; Vectorize holds at most ${MOST_DIMENSIONS}.`,
    );
  return { id: forwardedModelId(server), dimensions, server };
}

/**
 * Variables for the application, as `[vars]` in wrangler.toml, from the JSON file that LOCAL_VARS names. `npm run eval:fit -- --embedding`
 * writes such a file.
 */
export async function readVars(
  env: Record<string, string | undefined>,
): Promise<Record<string, string>> {
  const file = env["LOCAL_VARS"];
  if (!file) return {};
  try {
    const vars: unknown = JSON.parse(await readFile(file, "utf8"));
    const entries = Object.entries(vars as object);
    if (entries.every(([, value]) => typeof value === "string")) return Object.fromEntries(entries);
  } catch (error) {
    throw new CommandError(`LOCAL_VARS: ${file} cannot be read: ${String(error)}`);
  }
  throw new CommandError(`LOCAL_VARS: ${file} must hold a JSON object of texts.`);
}

/**
 * The application's variables for the model. What `given` says of a server's model (its prefixes, its cosines) stays, but its
 * dimensions are the measured ones.
 */
export function embeddingVars(
  { id, dimensions, server }: ChosenEmbedding,
  given: Record<string, string> = {},
): Record<string, string> {
  if (!server) return given;
  const described = JSON.parse(given["EMBEDDING_MODELS"] || "{}") as Record<string, object>;
  return {
    ...given,
    EMBEDDING_MODEL: id,
    EMBEDDING_MODELS: JSON.stringify({
      ...described,
      [id]: { price: 0, ...described[id], dimensions },
    }),
  };
}
