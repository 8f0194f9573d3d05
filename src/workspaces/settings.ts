import { z } from "zod";
import { auditStatement, type Actor } from "../audit/log.ts";
import { batchByName } from "../runtime/named-batch.ts";

/** `help.example.com`, or `*.example.com` for all its subdomains. */
const linkHost = z
  .string()
  .toLowerCase()
  .regex(
    /^(?:\*\.)?(?=.{1,253}$)[a-z0-9-]+(?:\.[a-z0-9-]+)+$/,
    "is not a host name: write it without https:// and path",
  );
const perDay = z.int().min(0).max(1_000_000_000).nullable();

/** The settings of a workspace. `null` means no limit. */
export const settingsSchema = z
  .strictObject({
    link_hosts: z.array(linkHost).max(100).meta({
      description:
        "Hosts that an answer may link to, beside those of the `url`s of the documents that it was given: `help.example.com`, or `*.example.com` for all subdomains. Other links are removed from answers.",
    }),
    contact: z.string().trim().min(1).max(200).nullable().meta({
      description:
        'The contact that refusals name: "our support team at help@example.com". `null`: the release\'s.',
    }),
    hide_personal_data: z.boolean().meta({
      description:
        "Whether chat models get placeholders for the personal data in a visitor's messages.",
    }),
    retention_days: z.int().min(1).max(3650).nullable().meta({
      description: "Conversations without a new message for so long are deleted. `null`: never.",
    }),
    max_conversation_messages: z.int().min(2).max(10_000).meta({
      description: "Messages of one conversation, those of the visitor and answers together.",
    }),
    turns_per_day: perDay.meta({
      description: "Questions a day (UTC). Further ones are refused with 429.",
    }),
    documents_per_day: perDay.meta({
      description: "Changes of documents a day (UTC). Further ones are refused with 429.",
    }),
    neurons_per_day: perDay.meta({
      description:
        "Neurons of Workers AI a day (UTC). Once they are used up, no model is asked: questions are answered from keywords, and what has to be embedded waits for the next day.",
    }),
    neuron_budget_per_day: perDay.meta({
      description:
        "Neurons a day (UTC) up to which chat models write answers. Once they are used up, answers come from the cache and the sources' own sentences.",
    }),
  })
  .meta({ id: "WorkspaceSettings" });

export type WorkspaceSettings = z.infer<typeof settingsSchema>;

/** More than one shop needs, and a cap on what a runaway loop costs: 500,000 neurons are $5.50. */
const DEFAULTS: WorkspaceSettings = {
  link_hosts: [],
  contact: null,
  hide_personal_data: false,
  retention_days: null,
  max_conversation_messages: 200,
  turns_per_day: 20_000,
  documents_per_day: 100_000,
  neurons_per_day: null,
  neuron_budget_per_day: 500_000,
};

/** What a new workspace begins with. Those from before keep their conversations until they choose otherwise. */
export const NEW_WORKSPACE_SETTINGS = { retention_days: 365 } satisfies Partial<WorkspaceSettings>;

/** The stored settings over the defaults. A stored field that is no longer valid is ignored. */
export function parseSettings(stored: string | null | undefined): WorkspaceSettings {
  if (!stored) return DEFAULTS;
  const { data } = settingsSchema.partial().strip().safeParse(JSON.parse(stored));
  return { ...DEFAULTS, ...data };
}

export async function readSettings(
  db: D1Database,
  workspaceId: string,
): Promise<WorkspaceSettings> {
  const row = await db
    .prepare(`SELECT settings FROM workspace_settings WHERE workspace_id = ?1`)
    .bind(workspaceId)
    .first<{ settings: string }>();
  return parseSettings(row?.settings);
}

/**
 * Changes the fields that are given and keeps the others. It is one statement, so two concurrent changes are both kept. The audit
 * log holds the new values, because some settings delete data.
 */
export async function changeSettings(
  db: D1Database,
  workspaceId: string,
  changes: Partial<WorkspaceSettings>,
  by: Actor,
  now: number,
): Promise<WorkspaceSettings> {
  const { changed } = await batchByName<{ changed: { settings: string } }>(db, {
    changed: db
      .prepare(
        `INSERT INTO workspace_settings (workspace_id, settings, updated_at) VALUES (?1, ?2, ?3)
         ON CONFLICT (workspace_id) DO UPDATE SET updated_at = excluded.updated_at, settings = (
           SELECT json_group_object(key, json(chosen)) FROM (
             SELECT key, settings -> fullkey AS chosen FROM json_each(settings)
             WHERE key NOT IN (SELECT key FROM json_each(?2))
             UNION ALL SELECT key, ?2 -> fullkey FROM json_each(?2)))
         RETURNING settings`,
      )
      .bind(workspaceId, JSON.stringify(changes), now),
    audit: auditStatement(db, {
      ...by,
      workspaceId,
      action: "settings.change",
      objectId: workspaceId,
      detail: changes,
      at: now,
    }),
  });
  return parseSettings(changed[0]?.settings);
}
