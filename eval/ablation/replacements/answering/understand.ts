import * as original from "../../../../src/answering/understand.ts";
import { isOff } from "../../switches.ts";

export * from "../../../../src/answering/understand.ts";

export const understand: typeof original.understand = (turn) =>
  original.understand(isOff("follow-ups") ? { ...turn, previousQuestion: undefined } : turn);
