import { z } from "@hono/zod-openapi";
import { pageQuery } from "../http/paging.ts";
import { sourceTypes, vendorOf } from "./source-types.ts";

const secrets = z.array(z.string().min(1).max(500)).min(1).max(5).meta({
  description:
    "Signing secrets, the newest first. Several are accepted while one is being changed.",
});
const token = z.string().min(1).max(2000).meta({ description: "Token of the CMS's delivery API" });
const name = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9._-]{0,38}[a-z0-9])?$/, "use a-z, 0-9, dot, dash and underscore")
  .meta({
    description: "Begins the external id of every document of the source; the type unless given",
  });

const bodies = sourceTypes.map((type) =>
  z.strictObject({
    type: z.literal(type),
    name: name.default(type),
    secrets,
    token: token.optional(),
    options: vendorOf[type].options.prefault({}),
  }),
);
type Bodies = [(typeof bodies)[number], ...typeof bodies];

export const newSourceBody = z
  .discriminatedUnion("type", bodies as Bodies)
  .meta({ id: "SourceInput" });

export const sourceChanges = z
  .strictObject({
    secrets: secrets.optional(),
    token: token.nullable().optional(),
    /** Replaces all of them; their schema is that of the source's type. */
    options: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: "SourceChanges" });

export const sourceView = z
  .object({
    id: z.string(),
    type: z.enum(sourceTypes),
    name: z.string(),
    webhook_url: z.string(),
    options: z.record(z.string(), z.unknown()),
    secrets: z.int().meta({ description: "How many; they are never shown" }),
    has_token: z.boolean(),
    /** `waiting`: no event has been finished yet. `failing`: the latest one failed, or the CMS cannot be read. */
    status: z.enum(["waiting", "working", "failing"]),
    failing_since: z.string().nullable().meta({
      description:
        "Since when the CMS cannot be read; `last_error` says why. Its events are tried again for a day",
    }),
    last_event_at: z.string().nullable(),
    pending_events: z.int(),
    failed_events: z.int(),
    last_error: z.string().nullable(),
    last_error_at: z.string().nullable(),
    refused_deliveries: z.int().meta({
      description:
        "Minutes in which a delivery was refused for its signature, since the secrets were last changed",
    }),
    last_refused_at: z.string().nullable(),
    last_refused_reason: z.string().nullable(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: "Source" });
/** A source as the API shows it, but for its address: no secret, no token. */
export type SourceView = Omit<z.infer<typeof sourceView>, "webhook_url">;

const statuses = ["pending", "done", "ignored", "failed"] as const;
export type EventStatus = (typeof statuses)[number];

/** What became of one document. */
const changeResult = z.object({
  external_id: z.string(),
  result: z.enum([
    "stored",
    "unchanged",
    "stale",
    "removed",
    "hidden",
    "absent",
    "ignored",
    "failed",
  ]),
  reason: z.string().optional(),
});
export type ChangeResult = z.infer<typeof changeResult>;

export const eventView = z
  .object({
    id: z.int(),
    type: z.string(),
    status: z.enum(statuses),
    reason: z.string().nullable(),
    results: z.array(changeResult),
    deliveries: z.int(),
    received_at: z.string(),
    finished_at: z.string().nullable(),
  })
  .meta({ id: "SourceEvent" });
export type EventView = z.infer<typeof eventView>;

export const eventsQuery = pageQuery.extend({ status: z.enum(statuses).optional() });
