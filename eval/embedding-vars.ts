import { writeFile } from "node:fs/promises";
import { chooseEmbedding, readVars } from "../local/dev/embedding-server.ts";
import type { Overlay } from "../src/releases/release.ts";
import { measureCosines } from "./cosine-range.ts";
import type { EvaluationSet } from "./sets/question.ts";

interface Measured {
  /** Variables that describe the model to the application, its cosines included. */
  vars: Record<string, string>;
}

/** Measures the embedding model that the environment names. What LOCAL_VARS says of it, such as its prefixes, stays. */
export async function measureEmbedding(set: EvaluationSet): Promise<Measured> {
  const given = await readVars(process.env);
  const embedding = await chooseEmbedding(process.env);
  const { id, dimensions } = embedding;
  const cosines = await measureCosines(set, embedding, given);
  console.log(
    `${id}, ${dimensions} dimensions: unrelated pairs reach a cosine of ${cosines.unrelatedCosine}, matching ones ${cosines.matchingCosine}.`,
  );
  const described = JSON.parse(given["EMBEDDING_MODELS"] || "{}") as Record<string, object>;
  const facts = { ...described[id], dimensions, ...cosines };
  return {
    vars: {
      ...given,
      EMBEDDING_MODEL: id,
      EMBEDDING_MODELS: JSON.stringify({ ...described, [id]: facts }),
    },
  };
}

/** Writes variables for the application, as `[vars]` in wrangler.toml takes them. */
export async function writeVars(
  file: string,
  vars: Record<string, string>,
  overlay: Overlay,
): Promise<void> {
  const given = JSON.parse(vars["RELEASE_OVERLAY"] || "{}") as Overlay;
  const all = { ...vars, RELEASE_OVERLAY: JSON.stringify({ ...given, ...overlay }) };
  await writeFile(file, `${JSON.stringify(all, null, 2)}\n`);
  console.log(`${file} written. Use it: LOCAL_VARS=${file} npm start`);
}
