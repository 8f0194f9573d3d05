import * as original from "../../../../src/retrieval/segments.ts";
import { isOff } from "../../switches.ts";

export const segmentsOf: typeof original.segmentsOf = (message) =>
  isOff("segments") ? [] : original.segmentsOf(message);
