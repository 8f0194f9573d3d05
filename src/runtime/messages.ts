/** A wake-up: the consumer rereads the rows that it names, so a duplicate or a late message changes nothing. */
export type IngestMessage = DocumentWakeUp | GenerationWakeUp | SourceEventWakeUp;

export interface DocumentWakeUp {
  document_id: number;
}

/** The next step of building an index generation or of deleting its vectors (src/knowledge/reindex/step.ts). */
export interface GenerationWakeUp {
  workspace_id: string;
  generation: number;
}

/** An event that a CMS sent (src/webhooks/consumer.ts). */
export interface SourceEventWakeUp {
  event_id: number;
}

/** A wake-up for the ledger: the consumer rereads the message. */
export interface TurnRecorded {
  message_id: string;
}
