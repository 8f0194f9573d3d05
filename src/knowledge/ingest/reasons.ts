import { ConverterUnavailable, ModelUnavailable } from "../../models/ports.ts";
import { UnreadableDocument } from "../formats/unreadable-document.ts";

/** The errors of documents that were not ingested, by document id. */
export type Failures = Map<number, unknown>;

/** The reason for the owner if no further attempt can succeed; undefined if one may. */
export function permanentReason(error: unknown): string | undefined {
  if (error instanceof UnreadableDocument) return error.message;
  if (error instanceof ModelUnavailable && !error.transient) {
    if (error instanceof ConverterUnavailable) return "The service that converts files refused it.";
    return "The embedding model refused the text. Only keyword search finds this document.";
  }
  return undefined;
}

/** The reason for the owner while attempts go on. The errors of the services appear only in the log. */
export function passingReason(error: unknown): string {
  if (error instanceof ConverterUnavailable) return "The service that converts files is busy.";
  if (error instanceof ModelUnavailable) return "The embedding model is busy.";
  return /VECTOR_/.test(toMessage(error))
    ? "The vector index is busy."
    : "Something went wrong on our side.";
}

export function toMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
