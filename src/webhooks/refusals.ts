import type { Refusal } from "./verify-signature.ts";

/** Whoever knows a source's address can send it deliveries that are refused, so that writes are limited to one in this time. */
const NOTED_EVERY_MS = 60_000;

const reasons: Record<Refusal, string> = {
  unsigned:
    "It carried no signature of this kind of source. Is a secret set in the CMS, and is the type right?",
  stale:
    "The time that was signed lay too far from ours: it is old, a replay, or a clock is wrong.",
  wrong: "None of the source's secrets made its signature.",
};

/** Counts a refused delivery where the owner of the source looks. Nothing of the delivery itself is stored. */
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
