import { z } from "zod";
import { embeddingModels } from "../models/table.ts";

/** `CHAT_MODEL` with this value composes answers from the sources' own sentences, without a language model. */
export const EXTRACTIVE = "extractive";

const configSchema = z.object({
  EMBEDDING_MODEL: z
    .string()
    .default("@cf/qwen/qwen3-embedding-0.6b")
    .refine(
      (id) => Object.hasOwn(embeddingModels, id),
      "is not in the model table (src/models/table.ts)",
    ),
  CHAT_MODEL: z.string().min(1).default("@cf/zai-org/glm-4.7-flash"),
  SMALL_CHAT_MODEL: z.string().default(""),
  RERANKER_MODEL: z.string().default(""),
  CONTEXT_MODEL: z.string().default(""),
  RELEASE: z.string().min(1).default("default"),
  DEMO_KEY: z.string().startsWith("pk_").optional(),
  SEALING_KEY: z.string().min(32).optional(),
  SEALING_KEY_PREVIOUS: z.string().min(32).optional(),
  ADMIN_TOKEN: z
    .string()
    .regex(/^\S{32,}$/, "takes 32 characters or more, without spaces")
    .optional(),
});

export interface Config {
  embeddingModel: string;
  /** Tried in this order; the extractive generator is always the last rung and is not listed. */
  chatModels: { id: string; rung: "model" | "small_model" }[];
  /** Orders the passages once more, for one more wait; undefined where none is wanted. */
  rerankerModel: string | undefined;
  /** Writes a sentence of context for each chunk when a document is ingested; undefined where none is wanted. */
  contextModel: string | undefined;
  /** Names the configuration that answered, so that a later comparison knows what it compares. */
  release: string;
  demoKey: string | undefined;
  /** Secrets that other systems gave us are stored under the first; the others open what was stored before a change. */
  sealingKeys: string[];
  /** Makes workspaces. Undefined: only the command line can. */
  adminToken: string | undefined;
}

const parsed = new WeakMap<object, Config>();

/** Parses the variables once an isolate. Throws with every problem named: a wrong deployment fails at once. */
export function parseConfig(env: object): Config {
  const known = parsed.get(env);
  if (known) return known;
  const result = configSchema.safeParse(env);
  if (!result.success) throw new Error(`Invalid configuration: ${z.prettifyError(result.error)}`);
  const {
    EMBEDDING_MODEL,
    CHAT_MODEL,
    SMALL_CHAT_MODEL,
    RERANKER_MODEL,
    CONTEXT_MODEL,
    RELEASE,
    DEMO_KEY,
    ADMIN_TOKEN,
  } = result.data;
  const { SEALING_KEY, SEALING_KEY_PREVIOUS } = result.data;
  const chatModels: Config["chatModels"] = [];
  if (CHAT_MODEL !== EXTRACTIVE) {
    chatModels.push({ id: CHAT_MODEL, rung: "model" });
    if (SMALL_CHAT_MODEL) chatModels.push({ id: SMALL_CHAT_MODEL, rung: "small_model" });
  }
  const config = {
    embeddingModel: EMBEDDING_MODEL,
    chatModels,
    rerankerModel: RERANKER_MODEL || undefined,
    contextModel: CONTEXT_MODEL || undefined,
    release: RELEASE,
    demoKey: DEMO_KEY,
    sealingKeys: [SEALING_KEY, SEALING_KEY_PREVIOUS].filter((key) => key !== undefined),
    adminToken: ADMIN_TOKEN,
  };
  parsed.set(env, config);
  return config;
}
