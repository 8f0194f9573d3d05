import * as original from "../../../../src/retrieval/retrieve.ts";
import { isOff } from "../../switches.ts";

export * from "../../../../src/retrieval/retrieve.ts";

/** As where the vector index cannot be reached. */
export const findCandidates: typeof original.findCandidates = async (
  services,
  reader,
  query,
  legs,
) => {
  if (!isOff("vector leg")) return original.findCandidates(services, reader, query, legs);
  const candidates = await original.findCandidates(services, reader, query, ["keywords"]);
  return { ...candidates, legs: ["keywords", "vectors"], failedLegs: ["vectors"] };
};
