import * as original from "../../../../src/answering/understand.ts";
import { isOff } from "../../switches.ts";

export * from "../../../../src/answering/understand.ts";

export const understand: typeof original.understand = (asked, history) =>
  original.understand(asked, isOff("follow-ups") ? { ...history, previous: undefined } : history);
