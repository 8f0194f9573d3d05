import { liveRelease } from "../releases/live-release.ts";
import { toLanguageCode, type LanguageCode } from "../language/language.ts";
import type { Release } from "../releases/release.ts";
import { say, sentencesIn, type OwnNames } from "../releases/sentences.ts";
import { batchByName } from "../runtime/named-batch.ts";
import type { Services } from "../runtime/services.ts";
import { parseSettings } from "../workspaces/settings.ts";
import { NO_LEASE } from "./lease.ts";
import { ANSWER_WITHIN_MS, takeDueMessages, type DueMessage } from "./due-messages.ts";

/**
 * What became of a turn that stored its question and no answer: it threw an error, it reached its time limit, or its invocation ended
 * before the turn did.
 */
export type Failure = "error" | "late" | "interrupted";

const BATCH = 100;
/** Statements of one step of the sweeper. */
const STEP = { statements: 5, subrequests: 3 };

/** A question to be closed, and what its visitor is told. */
export interface Closing extends DueMessage {
  text: string;
}

/** What is said instead of an answer. */
export function failureText(
  release: Release,
  names: OwnNames,
  language: LanguageCode | null,
): string {
  const sentences = sentencesIn(release, language);
  return say(sentences.failure, sentences, names);
}

/**
 * {@link closeStatements}, run.
 * @returns ids of the messages that close a question
 */
export async function closeQuestions(
  { db, now }: Pick<Services, "db" | "now">,
  closings: Closing[],
  failure: Failure,
): Promise<string[]> {
  const statements = closeStatements(db, closings, failure, now());
  const { closed } = await batchByName<{ closed: { id: string } }>(db, { ...statements });
  return closed.map(({ id }) => id);
}

/**
 * The statements that close questions which have no answer with a message that says so, under the id that the answer would have had. A
 * question that was answered, closed or erased meanwhile stays as it is. The answer of a turn that ends later is not stored (record-answer.ts).
 * The conversation is free for its next turn, and a retry of the question is a new turn.
 */
export function closeStatements(
  db: D1Database,
  closings: Closing[],
  failure: Failure,
  at: number,
): Record<"closed" | "questions" | "leases", D1PreparedStatement> {
  const questions = JSON.stringify(closings);
  return {
    closed: db
      .prepare(
        `INSERT INTO messages (id, conversation_id, workspace_id, seq, role, text, outcome, confidence, rung, citations,
           sources, usage, timings_ms, created_at, due_at, failure, language)
         SELECT q.answer_id, q.conversation_id, q.workspace_id,
           (SELECT max(seq) FROM messages m WHERE m.conversation_id = q.conversation_id)
             + row_number() OVER (PARTITION BY q.conversation_id ORDER BY q.seq),
           'assistant', value ->> 'text', 'abstained', 0, 'none', '[]', '[]', '{"input_tokens":0,"output_tokens":0}', '{}',
           ?2, ?2, ?3, q.language
         FROM json_each(?1) CROSS JOIN messages q
         WHERE q.id = value ->> 'id' AND +q.workspace_id = value ->> 'workspace_id' AND q.due_at IS NOT NULL
         RETURNING id`,
      )
      .bind(questions, at, failure),
    questions: db
      .prepare(
        `UPDATE messages SET due_at = NULL, request_key = NULL FROM json_each(?1) AS q
         WHERE messages.id = q.value ->> 'id' AND +messages.workspace_id = q.value ->> 'workspace_id'
           AND +messages.role = 'visitor' AND +messages.due_at IS NOT NULL`,
      )
      .bind(questions),
    leases: db
      .prepare(
        `UPDATE conversations SET ${NO_LEASE} FROM json_each(?1) AS q CROSS JOIN messages m
         WHERE m.id = q.value ->> 'id' AND +m.workspace_id = q.value ->> 'workspace_id'
           AND conversations.id = m.conversation_id AND +conversations.workspace_id = m.workspace_id
           AND conversations.lease_question_id = m.id`,
      )
      .bind(questions),
  };
}

/**
 * Closes the questions of interrupted turns, those that have waited longest first. Runs on every cron tick, as far as the invocation's
 * budget goes. A question that cannot be closed goes to the end of the queue.
 */
export async function sweepOpenQuestions(
  services: Pick<Services, "db" | "now" | "config" | "calls">,
): Promise<{ closed: number }> {
  const { db, now, calls } = services;
  let closed = 0;
  while (calls.hasRoomFor(STEP)) {
    const due = await takeDueMessages(db, "visitor", BATCH, now(), now() + ANSWER_WITHIN_MS);
    if (due.length === 0) break;
    const texts = await failureTexts(services, new Set(due.map((row) => row.workspace_id)));
    const closings = due.map((row) => {
      const language = toLanguageCode(row.language) ?? null;
      return { ...row, text: texts.get(row.workspace_id)?.(language) ?? "" };
    });
    closed += (await closeQuestions(services, closings, "interrupted")).length;
    if (due.length < BATCH) break;
  }
  return { closed };
}

/** What each workspace says of a failure in a language, as its live release and its settings have it. */
async function failureTexts(
  { db, config }: Pick<Services, "db" | "config">,
  workspaceIds: Set<string>,
): Promise<Map<string, (language: LanguageCode | null) => string>> {
  const { results } = await db
    .prepare(
      `SELECT value AS id, (SELECT settings FROM workspace_settings WHERE workspace_id = value) AS settings,
         coalesce((SELECT overlay FROM releases WHERE workspace_id = value ORDER BY number DESC LIMIT 1), '{}') AS overlay
       FROM json_each(?1)`,
    )
    .bind(JSON.stringify([...workspaceIds]))
    .all<{ id: string; settings: string | null; overlay: string }>();
  return new Map(
    await Promise.all(
      results.map(async ({ id, settings, overlay }) => {
        const { release } = await liveRelease(config, { overlay });
        const names = parseSettings(settings);
        const text = (language: LanguageCode | null): string =>
          failureText(release, names, language);
        return [id, text] as const;
      }),
    ),
  );
}
