import { callTool, type ToolOutcome } from "../actions/call-tool.ts";
import type { Run } from "../actions/run.ts";
import type { ActionPort, CallRequest, RefusedCall } from "../answering/actions.ts";
import { mayCall } from "../playbook/check-dependents.ts";
import type { Fields, Value } from "../playbook/fields.ts";
import { openToolSecrets, secretsStatement } from "../playbook/tool-secrets.ts";
import { hostOfTool, type Tool } from "../playbook/tool.ts";
import { batchByName } from "../runtime/named-batch.ts";
import type { Services } from "../runtime/services.ts";
import type { Admitted } from "./admit.ts";
import type { Turn } from "./recorded-turn.ts";

/** Calls of one conversation, whatever its procedures need. */
const PER_CONVERSATION = 40;
/** What the turn keeps to say and record what came of a call. */
const RESERVE_MS = 3000;
/** A call that has less time would hardly get an answer. */
const LEAST_MS = 400;
const DAY_MS = 86_400_000;
/** A run that nobody has gone on with for so long is over: what was said then may no longer hold. */
const OPEN_MS = 7 * DAY_MS;

interface CallRow {
  status: string;
  result: string | null;
  reason: string | null;
}

/** What the turn may do: the run that its conversation is in, and calls of tools that are recorded before they are sent. */
export function actionPort(services: Services, turn: Turn, timeLeft: () => number): ActionPort {
  const { admitted, request, reader } = turn;
  const { run, left } = admitted.conversation;
  return {
    run: stillOpen(run, reader.now),
    left: left && stillOpen(left.run, reader.now) ? left : undefined,
    confirm: request.confirm,
    visitor: verifiedAttributes(admitted),
    wasMade: async (callId) =>
      (await knownStatement(services.db, reader.workspaceId, callId).first()) !== null,
    call: (call) => callOnce(services, turn, call, timeLeft() - RESERVE_MS),
  };
}

function stillOpen(run: Run | undefined, now: number): Run | undefined {
  return run && now - run.at <= OPEN_MS ? run : undefined;
}

/** The claims of the visitor's token, of which `sub` is called `id`. */
function verifiedAttributes({ caller: { visitor } }: Admitted): Record<string, Value> {
  if (!visitor) return {};
  const { claims, subject, name, email } = visitor;
  const single = Object.entries(claims).flatMap(([key, value]): [string, Value][] =>
    typeof value === "string" || typeof value === "number" || typeof value === "boolean"
      ? [[key, value]]
      : [],
  );
  return {
    ...Object.fromEntries(single),
    ...(name !== null && { name }),
    ...(email !== null && { email }),
    id: subject,
  };
}

/**
 * Makes a call once: whoever writes its row makes it. What is found written already was called before, and is not called again.
 */
async function callOnce(
  services: Services,
  turn: Turn,
  call: CallRequest,
  timeoutMs: number,
): Promise<ToolOutcome> {
  const { db, now } = services;
  const { callId, tool } = call;
  const { workspaceId } = turn.reader;
  const refusal = whyNot(turn, tool.content, timeoutMs);
  const { begun, before, secrets } = await batchByName<{
    begun: { id: string };
    before: CallRow;
    secrets: { sealed: string };
  }>(db, {
    // In this order: what was written before is found before this call is.
    before: knownStatement(db, workspaceId, callId),
    begun: refusal === undefined ? beginStatement(db, turn, call, now()) : [],
    secrets: secretsStatement(db, workspaceId, tool.name),
  });
  const [known] = before;
  if (known) return outcomeOf(known);
  if (refusal !== undefined) return { status: "failed", reason: refusal };
  if (begun.length === 0)
    return { status: "failed", reason: "The day's or the conversation's calls are used up." };
  const outcome = await send(services, turn, call, { sealed: secrets[0], timeoutMs });
  await endStatement(db, workspaceId, callId, outcome, now()).run();
  return outcome;
}

/** Why a call is not made at all. */
function whyNot({ admitted }: Turn, tool: Tool, timeoutMs: number): string | undefined {
  const host = hostOfTool(tool);
  if (!mayCall(host, admitted.allowance.settings.tool_hosts))
    return `The setting tool_hosts no longer lists ${host}.`;
  return timeoutMs < LEAST_MS ? "The turn has no time left." : undefined;
}

function knownStatement(db: D1Database, workspaceId: string, callId: string): D1PreparedStatement {
  return db
    .prepare(`SELECT status, result, reason FROM tool_calls WHERE workspace_id = ?1 AND id = ?2`)
    .bind(workspaceId, callId);
}

async function send(
  services: Services,
  { admitted, reader }: Turn,
  { callId, tool, arguments: values }: CallRequest,
  { sealed, timeoutMs }: { sealed: { sealed: string } | undefined; timeoutMs: number },
): Promise<ToolOutcome> {
  const { workspaceId } = reader;
  const { caller, conversation } = admitted;
  const secrets = await openToolSecrets(services, workspaceId, tool.name, sealed);
  const missing = tool.content.secret_headers.filter(
    (name) => !Object.hasOwn(secrets?.headers ?? {}, name),
  );
  if (!secrets || missing.length > 0)
    return {
      status: "failed",
      reason: `Its secrets are missing: ${missing.join(", ") || "signing"}.`,
    };
  const claims = {
    workspace: workspaceId,
    conversation: conversation.id,
    subject: caller.visitor?.subject ?? null,
    name: caller.visitor?.name ?? null,
    email: caller.visitor?.email ?? null,
    audience: reader.audience,
  };
  return callTool(services, tool.content, { callId, values, claims, secrets, timeoutMs });
}

/** Writes the row of a call, unless it exists or the budget of the day or the conversation is used up. */
function beginStatement(
  db: D1Database,
  { reader, admitted, questionId }: Turn,
  { callId, tool, arguments: values }: CallRequest,
  at: number,
): D1PreparedStatement {
  const { tool_calls_per_day } = admitted.allowance.settings;
  const made = `status <> 'refused'`;
  return db
    .prepare(
      `INSERT INTO tool_calls (id, workspace_id, conversation_id, message_id, tool, version, effect, arguments, status, created_at)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'calling', ?9
       WHERE (SELECT count(*) FROM tool_calls WHERE workspace_id = ?2 AND created_at >= ?10 AND ${made}) < ?11
         AND (SELECT count(*) FROM tool_calls WHERE conversation_id = ?3 AND workspace_id = ?2 AND ${made}) < ${PER_CONVERSATION}
       ON CONFLICT (id) DO NOTHING RETURNING id`,
    )
    .bind(
      callId,
      reader.workspaceId,
      admitted.conversation.id,
      questionId,
      tool.name,
      tool.version,
      tool.content.effect,
      JSON.stringify(values),
      at,
      at - (at % DAY_MS),
      tool_calls_per_day,
    );
}

function endStatement(
  db: D1Database,
  workspaceId: string,
  callId: string,
  outcome: ToolOutcome,
  at: number,
): D1PreparedStatement {
  const isOk = outcome.status === "ok";
  return db
    .prepare(
      `UPDATE tool_calls SET status = ?3, reason = ?4, result = ?5, ended_at = ?6
       WHERE workspace_id = ?1 AND id = ?2 AND status = 'calling'`,
    )
    .bind(
      workspaceId,
      callId,
      outcome.status,
      isOk ? null : outcome.reason,
      isOk ? JSON.stringify(outcome.fields) : null,
      at,
    );
}

/** What came of a call that was made before. One whose end nobody has written may have been carried out. */
function outcomeOf({ status, result, reason }: CallRow): ToolOutcome {
  if (status === "ok") return { status, fields: JSON.parse(result ?? "{}") as Fields };
  if (status === "failed") return { status, reason: reason ?? "It failed." };
  return { status: "unknown", reason: reason ?? "Nobody knows what came of it." };
}

/** The statements that store what a turn did: where its procedure stands, and which calls of a model were refused. */
export function actedStatements(
  { db, newId }: Pick<Services, "db" | "newId">,
  { reader, admitted, questionId }: Turn,
  acted: { run: Run | null; takenFrom: string | undefined; refused: RefusedCall[] },
  at: number,
): D1PreparedStatement[] {
  const { workspaceId } = reader;
  const conversationId = admitted.conversation.id;
  const run = db
    .prepare(
      `UPDATE conversations SET run = ?3 WHERE id = ?1 AND workspace_id = ?2 AND lease_question_id = ?4`,
    )
    .bind(conversationId, workspaceId, acted.run && JSON.stringify(acted.run), questionId);
  const taken =
    acted.takenFrom === undefined
      ? []
      : [
          db
            .prepare(`UPDATE conversations SET run = NULL WHERE id = ?1 AND workspace_id = ?2`)
            .bind(acted.takenFrom, workspaceId),
        ];
  const refused = acted.refused.map(({ tool, reason }) =>
    db
      .prepare(
        `INSERT INTO tool_calls (id, workspace_id, conversation_id, message_id, tool, version, effect, arguments, status, reason, created_at, ended_at)
         SELECT ?1, workspace_id, conversation_id, id, ?4, '', 'read', '{}', 'refused', ?5, ?6, ?6 FROM messages
         WHERE workspace_id = ?2 AND id = ?3`,
      )
      .bind(newId("call"), workspaceId, questionId, tool, reason, at),
  );
  return [run, ...taken, ...refused];
}
