import * as original from "../../../../src/answering/in-context.ts";
import { NO_HISTORY } from "../../../../src/answering/history.ts";
import { isOff } from "../../switches.ts";

export * from "../../../../src/answering/in-context.ts";

export const inContext: typeof original.inContext = (typed, read, history) =>
  original.inContext(typed, read, isOff("follow-ups") ? NO_HISTORY : history);
