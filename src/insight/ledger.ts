import { LEDGER_WITHIN_MS, takeDueMessages } from "../conversations/due-messages.ts";
import type { StoredUsage, UsageJson } from "../conversations/schema.ts";
import type { Services } from "../runtime/services.ts";
import type { TurnRecorded } from "../runtime/messages.ts";
import { chatModels, entryOf } from "../models/table.ts";

interface RecordedTurn {
  id: string;
  workspace_id: string;
  outcome: string;
  rung: string;
  model: string | null;
  usage: string | null;
  failure: string | null;
  stopped: 0 | 1;
  created_at: number;
}

const BATCH = 200;
/** What one step of the sweeper takes. */
const STEP = { statements: 4, subrequests: 3 };

/** The events queue's handler: writes each turn's outcome and cost. */
export async function consumeEvents(
  batch: MessageBatch<TurnRecorded>,
  { db }: Pick<Services, "db">,
): Promise<void> {
  await writeRows(
    db,
    batch.messages.map((message) => message.body.message_id),
  );
  batch.ackAll();
}

/**
 * Writes the rows of turns whose message the queue refused or lost, those that have waited longest first. Runs on every cron tick, as
 * far as the invocation's budget goes. Turns whose rows cannot be written go to the end of the queue.
 */
export async function sweepLedger({
  db,
  now,
  calls,
}: Pick<Services, "db" | "now" | "calls">): Promise<{ written: number }> {
  let written = 0;
  while (calls.hasRoomFor(STEP)) {
    const due = await takeDueMessages(db, "assistant", BATCH, now(), now() + LEDGER_WITHIN_MS);
    if (due.length === 0) break;
    await writeRows(
      db,
      due.map(({ id }) => id),
    );
    written += due.length;
    if (due.length < BATCH) break;
  }
  return { written };
}

/**
 * Writes the rows of some answers, and notes that nothing of them is pending. A row that was written before is replaced. A turn that is
 * erased between the read and the write gets no row.
 */
async function writeRows(db: D1Database, ids: string[]): Promise<void> {
  const answers = JSON.stringify(ids);
  const { results } = await db
    .prepare(
      `SELECT id, workspace_id, outcome, rung, model, usage, failure, stopped, created_at FROM messages
       WHERE role = 'assistant' AND id IN (SELECT value FROM json_each(?1))`,
    )
    .bind(answers)
    .all<RecordedTurn>();
  await db.batch([
    db
      .prepare(
        `INSERT OR REPLACE INTO turn_ledger (message_id, workspace_id, day, outcome, rung, model, input_tokens,
           output_tokens, cost_micro_usd, saved_input_tokens, saved_output_tokens, saved_micro_usd, failure, stopped, created_at)
         SELECT value ->> 'message_id', value ->> 'workspace_id', value ->> 'day', value ->> 'outcome',
           value ->> 'rung', value ->> 'model', value ->> 'input_tokens', value ->> 'output_tokens',
           value ->> 'cost_micro_usd', value ->> 'saved_input_tokens', value ->> 'saved_output_tokens',
           value ->> 'saved_micro_usd', value ->> 'failure', value ->> 'stopped', value ->> 'created_at'
         FROM json_each(?1) JOIN messages m ON m.id = value ->> 'message_id' AND m.workspace_id = value ->> 'workspace_id'`,
      )
      .bind(JSON.stringify(results.map(toLedgerRow))),
    db
      .prepare(
        `UPDATE messages SET due_at = NULL
         WHERE id IN (SELECT value FROM json_each(?1)) AND +role = 'assistant' AND +due_at IS NOT NULL`,
      )
      .bind(answers),
  ]);
}

function toLedgerRow(turn: RecordedTurn): Record<string, unknown> {
  const usage = JSON.parse(turn.usage ?? "{}") as Partial<StoredUsage>;
  const used = priced(turn.model, usage);
  const saved = priced(usage.saved?.model, usage.saved);
  return {
    message_id: turn.id,
    workspace_id: turn.workspace_id,
    day: new Date(turn.created_at).toISOString().slice(0, 10),
    outcome: turn.outcome,
    rung: turn.rung,
    model: turn.model,
    input_tokens: used.input,
    output_tokens: used.output,
    cost_micro_usd: used.cost,
    saved_input_tokens: saved.input,
    saved_output_tokens: saved.output,
    saved_micro_usd: saved.cost,
    failure: turn.failure,
    stopped: turn.stopped,
    created_at: turn.created_at,
  };
}

/** A model's server may count in fractions; the ledger does not. */
function priced(model: string | null | undefined, usage: Partial<UsageJson> | undefined) {
  const { input_tokens: input = 0, output_tokens: output = 0 } = usage ?? {};
  const price = entryOf(chatModels, model ?? "");
  // Dollars per million tokens are micro-dollars per token.
  const cost = price ? input * price.priceIn + output * price.priceOut : 0;
  return { input: Math.round(input), output: Math.round(output), cost: Math.round(cost) };
}
