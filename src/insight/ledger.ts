import type { Services } from "../runtime/services.ts";
import type { TurnRecorded } from "../runtime/messages.ts";
import { chatModels, entryOf } from "../models/table.ts";

interface RecordedTurn {
  id: string;
  workspace_id: string;
  outcome: string;
  rung: string;
  model: string | null;
  usage: string;
  created_at: number;
}

/**
 * The events queue's handler: writes each turn's outcome and cost. A message that comes twice overwrites its own row. A turn that
 * is erased between the read and the write gets no row.
 */
export async function consumeEvents(
  batch: MessageBatch<TurnRecorded>,
  { db }: Pick<Services, "db">,
): Promise<void> {
  const ids = batch.messages.map((message) => message.body.message_id);
  const { results } = await db
    .prepare(
      `SELECT id, workspace_id, outcome, rung, model, usage, created_at FROM messages
       WHERE role = 'assistant' AND id IN (SELECT value FROM json_each(?1))`,
    )
    .bind(JSON.stringify(ids))
    .all<RecordedTurn>();
  await db
    .prepare(
      `INSERT OR REPLACE INTO turn_ledger (message_id, workspace_id, day, outcome, rung, model, input_tokens,
         output_tokens, cost_micro_usd, created_at)
       SELECT value ->> 'message_id', value ->> 'workspace_id', value ->> 'day', value ->> 'outcome',
         value ->> 'rung', value ->> 'model', value ->> 'input_tokens', value ->> 'output_tokens',
         value ->> 'cost_micro_usd', value ->> 'created_at'
       FROM json_each(?1) JOIN messages m ON m.id = value ->> 'message_id' AND m.workspace_id = value ->> 'workspace_id'`,
    )
    .bind(JSON.stringify(results.map(toLedgerRow)))
    .run();
  batch.ackAll();
}

function toLedgerRow(turn: RecordedTurn): Record<string, unknown> {
  const usage = JSON.parse(turn.usage) as { input_tokens: number; output_tokens: number };
  const price = entryOf(chatModels, turn.model ?? "");
  // Dollars per million tokens are micro-dollars per token.
  const cost = price
    ? usage.input_tokens * price.priceIn + usage.output_tokens * price.priceOut
    : 0;
  return {
    message_id: turn.id,
    workspace_id: turn.workspace_id,
    day: new Date(turn.created_at).toISOString().slice(0, 10),
    outcome: turn.outcome,
    rung: turn.rung,
    model: turn.model,
    ...usage,
    cost_micro_usd: Math.round(cost),
    created_at: turn.created_at,
  };
}
