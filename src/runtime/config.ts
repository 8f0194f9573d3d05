import { z } from "zod";
import { completed, describeEmbeddingModels, embeddingModels } from "../models/table.ts";

/** `CHAT_MODEL` with this value composes answers from the sources' own sentences, without a language model. */
export const EXTRACTIVE = "extractive";

const jsonObject = z
  .string()
  .refine((text) => isJson(text), "is not JSON")
  .transform((text): unknown => JSON.parse(text))
  .pipe(z.record(z.string(), z.unknown()));

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const cosine = z.number().min(-1).max(1);

/** The shape of an entry of the model table. */
const embeddingModelSchema = z
  .strictObject({
    /** Vectorize holds at most 1,536: developers.cloudflare.com/vectorize/platform/limits. */
    dimensions: z.int().min(1).max(1536),
    maxTokens: z.int().min(1).max(1_000_000),
    queryPrefix: z.string().max(1000),
    passagePrefix: z.string().max(1000),
    unrelatedCosine: cosine,
    matchingCosine: cosine,
    isEnglish: z.boolean().optional(),
    price: z.number().min(0).max(1000),
  })
  .refine(({ unrelatedCosine, matchingCosine }) => unrelatedCosine < matchingCosine, {
    error: "has `unrelatedCosine` not below `matchingCosine`",
  });

const embeddingModelsSchema = jsonObject
  .pipe(z.record(z.string().regex(/^@[\w.:/-]{1,200}$/, "is no model's id"), z.looseObject({})))
  .transform((said) =>
    Object.fromEntries(Object.entries(said).map(([id, facts]) => [id, completed(id, facts)])),
  )
  .pipe(z.record(z.string(), embeddingModelSchema));

const configSchema = z
  .object({
    EMBEDDING_MODEL: z.string().default("@cf/qwen/qwen3-embedding-0.6b"),
    EMBEDDING_MODELS: z.string().default("{}").pipe(embeddingModelsSchema),
    CHAT_MODEL: z.string().default(""),
    SMALL_CHAT_MODEL: z.string().default(""),
    RERANKER_MODEL: z.string().default(""),
    RELEASE_OVERLAY: z.string().default("{}").pipe(jsonObject),
    ALLOWED_MODELS: z
      .string()
      .default("")
      .transform((list) => list.split(",").flatMap((id) => id.trim() || [])),
    CONTEXT_MODEL: z.string().default(""),
    DEMO_KEY: z.string().startsWith("pk_").optional(),
    SEALING_KEY: z.string().min(32).optional(),
    SEALING_KEY_PREVIOUS: z.string().min(32).optional(),
    ADMIN_TOKEN: z
      .string()
      .regex(/^\S{32,}$/, "takes 32 characters or more, without spaces")
      .optional(),
  })
  .refine(
    ({ EMBEDDING_MODEL: id, EMBEDDING_MODELS: described }) =>
      Object.hasOwn(embeddingModels, id) || Object.hasOwn(described, id),
    {
      path: ["EMBEDDING_MODEL"],
      error:
        "is neither in the model table (src/models/table.ts) nor described by EMBEDDING_MODELS",
    },
  );

/** The variables as a deployment sets them. */
export type Variables = z.input<typeof configSchema>;

export interface Config {
  embeddingModel: string;
  /**
   * What this deployment's variables change in the shipped release, for all workspaces: `RELEASE_OVERLAY`, a JSON object, and then the
   * three that name models.
   */
  releaseOverlays: Record<string, unknown>[];
  /** Models that a workspace's release may name beside those of the deployment's own. */
  allowedModels: string[];
  /** Writes a sentence of context for each chunk when a document is ingested. Undefined: no such sentences. */
  contextModel: string | undefined;
  demoKey: string | undefined;
  /** The first encrypts secrets of other systems; the others decrypt what was stored before the key was changed. */
  sealingKeys: string[];
  /** Allows the API to create workspaces. Undefined: only the command line can. */
  adminToken: string | undefined;
}

const parsed = new WeakMap<object, Config>();

/** Parses the variables, once an isolate. @throws Error that names every problem */
export function parseConfig(env: object): Config {
  const known = parsed.get(env);
  if (known) return known;
  const result = configSchema.safeParse(env);
  if (!result.success) throw new Error(`Invalid configuration: ${z.prettifyError(result.error)}`);
  const {
    EMBEDDING_MODEL,
    EMBEDDING_MODELS,
    CHAT_MODEL,
    SMALL_CHAT_MODEL,
    RERANKER_MODEL,
    CONTEXT_MODEL,
    RELEASE_OVERLAY,
    ALLOWED_MODELS,
    DEMO_KEY,
    ADMIN_TOKEN,
  } = result.data;
  const { SEALING_KEY, SEALING_KEY_PREVIOUS } = result.data;
  describeEmbeddingModels(EMBEDDING_MODELS);
  const models = {
    ...(CHAT_MODEL && { chat: CHAT_MODEL }),
    ...(SMALL_CHAT_MODEL && { small: SMALL_CHAT_MODEL }),
    ...(RERANKER_MODEL && { reranker: RERANKER_MODEL }),
  };
  const config = {
    embeddingModel: EMBEDDING_MODEL,
    releaseOverlays: [RELEASE_OVERLAY, { models }],
    allowedModels: ALLOWED_MODELS,
    contextModel: CONTEXT_MODEL || undefined,
    demoKey: DEMO_KEY,
    sealingKeys: [SEALING_KEY, SEALING_KEY_PREVIOUS].filter((key) => key !== undefined),
    adminToken: ADMIN_TOKEN,
  };
  parsed.set(env, config);
  return config;
}
