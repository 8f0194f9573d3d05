import type { Refusal } from "./contract/signatures.ts";

/** Whoever knows a source's address can send it what is refused: more often than this nothing is written. */
const NOTED_EVERY_MS = 60_000;

const reasons: Record<Refusal, string> = {
  unsigned:
    "It carried no signature of this kind of source. Is a secret set in the CMS, and is the type right?",
  stale:
    "The time that was signed lay too far from ours: it is old, a replay, or a clock is wrong.",
  wrong: "None of the source's secrets made its signature.",
};

/** Leaves a trace of a delivery that was refused where the owner of the source looks; of the delivery itself nothing is kept. */
export async function noteRefusal(
  db: D1Database,
  source: { id: string; workspaceId: string; refusedAt: number | null },
  refusal: Refusal,
  now: number,
): Promise<void> {
  if (source.refusedAt !== null && source.refusedAt > now - NOTED_EVERY_MS) return;
  await db
    .prepare(
      `UPDATE sources SET refused_deliveries = refused_deliveries + 1, refused_at = ?3, refused_reason = ?4
       WHERE workspace_id = ?1 AND id = ?2 AND (refused_at IS NULL OR refused_at <= ?3 - ${NOTED_EVERY_MS})`,
    )
    .bind(source.workspaceId, source.id, now, reasons[refusal])
    .run();
}
