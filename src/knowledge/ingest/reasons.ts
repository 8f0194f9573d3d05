import { ConverterUnavailable, ModelUnavailable } from "../../models/ports.ts";
import { UnreadableDocument } from "../formats/unreadable-document.ts";

/** The errors of documents that were not ingested, by document id. */
export type Failures = Map<number, unknown>;

/** The reason for the owner if no further attempt can succeed; undefined if one may. */
export function permanentReason(error: unknown): string | undefined {
  if (error instanceof UnreadableDocument) return error.message;
  if (error instanceof ModelUnavailable && !error.transient && !error.isUnusable) {
    if (error instanceof ConverterUnavailable) return "The service that converts files refused it.";
    return "The embedding model refused the text. Only keyword search finds this document.";
  }
  return undefined;
}

/** The workspace's neurons of the day are used up: what needs a model waits, however long. */
export class NeuronsUsedUp extends Error {
  constructor() {
    super(
      "The workspace has used up its neurons of the day. What needs a model waits for the next day.",
    );
  }
}

/** The reason for the owner while attempts go on. The errors of the services appear only in the log. */
export function passingReason(error: unknown): string {
  if (error instanceof NeuronsUsedUp) return error.message;
  if (error instanceof ModelUnavailable && error.isUnusable) {
    return error instanceof ConverterUnavailable
      ? "This deployment cannot use the service that converts files."
      : "This deployment cannot use its embedding model: it may have been retired. An administrator has to choose another.";
  }
  if (error instanceof ConverterUnavailable) return "The service that converts files is busy.";
  if (error instanceof ModelUnavailable) return "The embedding model is busy.";
  return /VECTOR_/.test(toMessage(error))
    ? "The vector index is busy."
    : "Something went wrong on our side.";
}

export function toMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
