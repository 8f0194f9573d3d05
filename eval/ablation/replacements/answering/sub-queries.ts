import * as original from "../../../../src/answering/sub-queries.ts";
import { isOff } from "../../switches.ts";

export * from "../../../../src/answering/sub-queries.ts";

export const subQueriesOf: typeof original.subQueriesOf = (message) =>
  isOff("sub-queries") ? [[message]] : original.subQueriesOf(message);

export const piecesOf: typeof original.piecesOf = (message) =>
  isOff("sub-queries") ? [message] : original.piecesOf(message);
