import { env } from "cloudflare:workers";
import { describe } from "vitest";
import { aiContract } from "../contract/ai.ts";
import { vectorizeContract } from "../contract/vectorize.ts";

// bge-small has the local model's 384 dimensions, so that both may be read side by side.
describe("Workers AI, real", () => {
  aiContract({ ai: () => env.AI, embeddingModel: "@cf/baai/bge-small-en-v1.5", dimensions: 384 });
});

describe("Vectorize, real", () => {
  vectorizeContract({ index: () => env.VECTORIZE, dimensions: 384, visibleWithinMs: 120_000 });
});
