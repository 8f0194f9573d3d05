// The local platform: a second Worker whose entrypoints implement the application's `AI` and `VECTORIZE` bindings.
export { Control } from "./control.ts";
export { EmbeddingQueue } from "./ai/embedding-queue.ts";
export { WorkersAI } from "./ai/workers-ai.ts";
export { Vectorize, VectorizeNext } from "./vectorize/vectorize.ts";
export { VectorStore } from "./vectorize/vector-store.ts";

export default {
  fetch(): Response {
    return new Response("The local platform answers through bindings only.\n", { status: 404 });
  },
};
