import { unavailable } from "./errors.ts";
import { postToServer, type OpenAiServer } from "./openai-server.ts";

export interface EmbeddingServer extends OpenAiServer {
  /** The model's name there. */
  model: string;
}

/** The id under which the application is configured with a server's model. */
export function forwardedModelId({ model }: Pick<EmbeddingServer, "model">): string {
  return `@local/${model.replaceAll(/[^\w.:/-]/g, "-")}`;
}

/**
 * Embeddings by an OpenAI-compatible server: one vector a text, in order.
 * https://platform.openai.com/docs/api-reference/embeddings/create
 */
export async function embedByServer(
  server: EmbeddingServer,
  texts: string[],
): Promise<Float32Array[]> {
  const body = { model: server.model, input: texts, encoding_format: "float" };
  const response = await postToServer(server, "/embeddings", body, forwardedModelId(server));
  const answer = (await response.json().catch(() => undefined)) as
    | { data?: { index?: unknown; embedding?: unknown }[] }
    | undefined;
  const vectors = new Map<unknown, Float32Array>();
  for (const { index, embedding } of Array.isArray(answer?.data) ? answer.data : []) {
    if (isVector(embedding)) vectors.set(index, Float32Array.from(embedding));
  }
  return texts.map((_, index) => {
    const vector = vectors.get(index);
    if (!vector) throw unavailable();
    return vector;
  });
}

function isVector(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every(Number.isFinite);
}
