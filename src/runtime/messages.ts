/** Messages are wake-ups: the consumer rereads the rows that are pending, so a duplicate or a late message changes nothing. */
export type IngestMessage = StageWakeUp;
export type EmbedMessage = StageWakeUp | GenerationWakeUp;

/** A stage of ingestion has work; which is in the outbox (src/knowledge/ingest/outbox.ts). */
export interface StageWakeUp {
  stage: "serve" | "embed" | "confirm";
}

/** A document that is ingested alone. */
export interface DocumentWakeUp {
  document_id: number;
}

/** The next step of building an index generation or of deleting its vectors (src/knowledge/reindex/step.ts). */
export interface GenerationWakeUp {
  workspace_id: string;
  generation: number;
}

/** A source with pending events. Its consumer serves whichever sources are due (src/webhooks/consumer.ts). */
export interface SourceWakeUp {
  source_id: string;
}

/** A wake-up for the ledger: the consumer rereads the message. */
export interface TurnRecorded {
  message_id: string;
}
