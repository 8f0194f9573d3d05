import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

export const NGRAM_MODEL = "ngrams:256";
export const NGRAM_DIMENSIONS = 256;

export interface EmbeddingServerStub {
  url: string;
  /** The inputs of each request that was answered. */
  inputs: string[][];
  authorizations: (string | undefined)[];
  /** Status of the next answers; 200 unless set. */
  status: number;
  /** Leaves the last embedding out. */
  incomplete: boolean;
  close(): Promise<void>;
}

/**
 * A server that implements OpenAI's embeddings endpoint and refuses what that refuses. Its model is real, if simple: hashed
 * character trigrams, so that texts with common words have near vectors. It answers in reverse order, as `index` allows.
 * https://platform.openai.com/docs/api-reference/embeddings/create
 */
export async function startEmbeddingServer(): Promise<EmbeddingServerStub> {
  const server = createServer((request, response) => void answer(request, response));
  const stub: EmbeddingServerStub = {
    url: "",
    inputs: [],
    authorizations: [],
    status: 200,
    incomplete: false,
    close: () => close(server),
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const send = (status: number, body: object): void =>
      void response
        .writeHead(status, { "content-type": "application/json" })
        .end(JSON.stringify(body));
    const refuse = (status: number, message: string): void => send(status, { error: { message } });
    if (stub.status !== 200) return refuse(stub.status, "As the test wants it");
    if (request.method !== "POST" || request.url !== "/v1/embeddings")
      return refuse(404, "No such route");
    const { model, input, encoding_format = "float", ...unknown } = JSON.parse(text);
    if (model !== NGRAM_MODEL) return refuse(404, `The model ${model} does not exist`);
    if (encoding_format !== "float") return refuse(400, "Only floats");
    if (Object.keys(unknown).length > 0)
      return refuse(400, `Unknown: ${Object.keys(unknown).join()}`);
    const texts: unknown[] = Array.isArray(input) ? input : [input];
    if (texts.length === 0 || texts.length > 2048 || !texts.every(isFilled))
      return refuse(400, "input must hold 1 to 2048 texts that are not empty");
    stub.inputs.push(texts as string[]);
    stub.authorizations.push(request.headers.authorization);
    const data = texts.map((one, index) => ({
      object: "embedding",
      index,
      embedding: embedNgrams(one as string),
    }));
    if (stub.incomplete) data.pop();
    const usage = { prompt_tokens: texts.length, total_tokens: texts.length };
    send(200, { object: "list", model, data: data.toReversed(), usage });
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || !address) throw new Error("The server has no port.");
  stub.url = `http://127.0.0.1:${address.port}/v1`;
  return stub;
}

function isFilled(text: unknown): boolean {
  return typeof text === "string" && text.length > 0;
}

/** Counts of character trigrams, hashed (FNV-1a) into the dimensions, on a logarithmic scale and of length 1. */
export function embedNgrams(text: string): number[] {
  const counts = Array.from({ length: NGRAM_DIMENSIONS }, () => 0);
  const padded = ` ${text.toLowerCase().replaceAll(/[^a-z0-9]+/g, " ")} `;
  for (let at = 0; at + 3 <= padded.length; at += 1) {
    const bucket = fnv1a(padded.slice(at, at + 3)) % NGRAM_DIMENSIONS;
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  const values = counts.map((count) => Math.log1p(count));
  const length = Math.hypot(...values) || 1;
  return values.map((value) => value / length);
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text)
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash;
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
