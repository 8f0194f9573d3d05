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
/** An address as it is written into a Markdown link. What is stored is checked again, so the limit counts what is written. */
const webAddress = z
  .string()
  .trim()
  .max(500)
  .refine(isWebAddress, "is not an address such as https://example.com/contact")
  .overwrite(asTarget)
  .max(500, "is longer than 500 characters once it is percent-encoded");
/** One line of text that no Markdown renderer reads as more than that. */
const plainLine = z
  .string()
  .trim()
  .min(1)
  .regex(/^[^\p{C}\p{Zl}\p{Zp}[\]<>\\`*_|]+$/u, "takes no line breaks and none of []<>\\`*_|");
/** Claims that say who the visitor is, and how long the token holds. */
const RESERVED = new Set("sub name email audience exp iat nbf iss aud jti".split(" "));
const attributeName = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,31}$/i, "is no name of letters, digits, _ and -")
  .refine((name) => !RESERVED.has(name), "is a claim that says who the visitor is");
const perDay = z.int().min(0).max(1_000_000_000).nullable();

/** The settings of a workspace. `null`: no limit, or nothing is named. */
export const settingsSchema = z
  .strictObject({
    link_hosts: z.array(linkHost).max(100).meta({
      description:
        "Hosts that an answer may link to, beside the workspace's own: `help.example.com`, or `*.example.com` for all subdomains. Own are the hosts of the `url`s of documents that the answer was given, and of public ones that were uploaded with a key, of `contact_url`, of the origins of publishable keys, and of the address templates of sources. Links to other hosts are removed from answers.",
    }),
    tool_hosts: z.array(linkHost).max(50).meta({
      description:
        "Hosts that tools may call: `api.example.com`, or `*.example.com` for all subdomains. A tool of another host is refused.",
    }),
    tool_calls_per_day: z.int().min(0).max(1_000_000).meta({
      description:
        "Calls of tools a day (UTC). Further ones are not made, and the visitor is told so.",
    }),
    contact: z.string().trim().min(1).max(200).nullable().meta({
      description:
        'Whom refusals name: "our support team". `null`: the support team of `company_name`, or the release\'s words.',
    }),
    contact_url: webAddress.nullable().meta({
      description:
        "Page where a visitor can reach you. Each refusal links to it, and answers may link to its host.",
    }),
    contact_email: z.email().max(254).nullable().meta({
      description: "Mail address that each refusal names, as a link.",
    }),
    company_name: plainLine.max(100).nullable().meta({
      description:
        "Name of the company, as refusals, greetings, chat models and the chat page say it.",
    }),
    assistant_name: plainLine.max(100).nullable().meta({
      description:
        "Name by which the assistant introduces itself, which chat models are told, and which the chat page shows.",
    }),
    starter_questions: z.array(plainLine.max(200)).max(6).meta({
      description: "Questions that the chat page offers before the first message.",
    }),
    visitor_attributes: z
      .array(attributeName)
      .max(8)
      .refine((names) => new Set(names).size === names.length, "names an attribute twice")
      .meta({
        description:
          "What answers may depend on of a visitor, such as `country`, `plan` or `platform`: names of claims of the visitor's JWT, or else of the `metadata` of the message or its conversation. What the documents say for the visitor's value is preferred, and documents whose `metadata` has another value of the same name are left out. Values open no document, and models read them as data.",
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

/** @param text of which the host is not checked: an owner may name any */
function isWebAddress(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && !url.username && !url.password;
}

/** Without characters that end a Markdown target or escape what does. */
function asTarget(text: string): string {
  return URL.parse(text)?.href.replace(/[()\\`]/g, (one) => ENCODED[one] ?? one) ?? text;
}

const ENCODED: Record<string, string> = { "(": "%28", ")": "%29", "\\": "%5C", "`": "%60" };

export type WorkspaceSettings = z.infer<typeof settingsSchema>;

const publicSchema = settingsSchema
  .pick({
    company_name: true,
    assistant_name: true,
    contact_url: true,
    contact_email: true,
    starter_questions: true,
  })
  .meta({ id: "WorkspaceConfig" });

/** The settings that everybody may read who holds a publishable key. */
export const publicSettings = {
  schema: publicSchema,
  of: (settings: WorkspaceSettings): z.infer<typeof publicSchema> =>
    publicSchema.strip().parse(settings),
};

/** More than one shop needs, and a cap on what a runaway loop costs: 500,000 neurons are $5.50. */
const DEFAULTS: WorkspaceSettings = {
  link_hosts: [],
  tool_hosts: [],
  tool_calls_per_day: 2000,
  contact: null,
  contact_url: null,
  contact_email: null,
  company_name: null,
  assistant_name: null,
  starter_questions: [],
  visitor_attributes: [],
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

const STORED = settingsSchema.partial().strip();

/** The stored settings over the defaults. A stored field that is no longer valid is ignored, and the others count. */
export function parseSettings(stored: string | null | undefined): WorkspaceSettings {
  if (!stored) return DEFAULTS;
  const given = JSON.parse(stored) as Record<string, unknown>;
  const { data, error } = STORED.safeParse(given);
  if (data) return { ...DEFAULTS, ...data };
  const invalid = new Set(error.issues.map(({ path }) => path[0]));
  const valid = Object.entries(given).filter(([name]) => !invalid.has(name));
  return { ...DEFAULTS, ...STORED.parse(Object.fromEntries(valid)) };
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
 * SQL: what an INSERT into `workspace_settings` does where there are settings already: it changes the given fields and keeps the others.
 * @param changes SQL of a JSON object
 */
export function mergedSettingsSql(changes: string): string {
  return `ON CONFLICT (workspace_id) DO UPDATE SET updated_at = excluded.updated_at, settings = (
    SELECT json_group_object(key, json(chosen)) FROM (
      SELECT key, settings -> fullkey AS chosen FROM json_each(settings)
      WHERE key NOT IN (SELECT key FROM json_each(${changes}))
      UNION ALL SELECT key, ${changes} -> fullkey FROM json_each(${changes})))`;
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
         ${mergedSettingsSql("?2")} RETURNING settings`,
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
