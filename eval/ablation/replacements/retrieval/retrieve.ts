import * as original from "../../../../src/retrieval/retrieve.ts";
import { isOff } from "../../switches.ts";

export * from "../../../../src/retrieval/retrieve.ts";

/** Without the leg the result is that of an unreachable vector index. */
export const retrieve: typeof original.retrieve = async (deps, reader, query, weights, legs) => {
  if (!isOff("vector leg")) return original.retrieve(deps, reader, query, weights, legs);
  const candidates = await original.retrieve(deps, reader, query, weights, ["keywords"]);
  return { ...candidates, legs: ["keywords", "vectors"], failedLegs: ["vectors"] };
};
