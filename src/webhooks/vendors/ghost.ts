import { z } from "zod";
import { documentBody } from "../../knowledge/accept/schema.ts";
import {
  defineCms,
  ignore,
  type Change,
  type Delivery,
  type Json,
  type Source,
} from "../contract/cms.ts";
import { commonOptions, fillTemplate, isObject, objectAt, stringAt } from "../contract/entry.ts";
import { signatureSchemes } from "../contract/signature-schemes.ts";

const options = z.strictObject({
  ...commonOptions,
  /** Who may read posts that are for members only. Without it such posts are left out. */
  members_audience: documentBody.shape.audience,
});
type Options = z.infer<typeof options>;

/**
 * TryGhost/Ghost, services/webhooks: `{ "post": { "current": {…}, "previous": {…} } }`, where `previous` holds what changed.
 * Nothing in it names the event, so the post's own state says what happened.
 */
export const ghost = defineCms<Options>({
  scheme: signatureSchemes.ghost,
  options,
  token: "unused",
  headers: ["x-ghost-signature"],
  // The signature covers the body and the time it was sent.
  deliveryId: (headers) => headers.get("x-ghost-signature"),
  eventType: ({ body }) => `${kindOf(body) ?? Object.keys(body)[0] ?? ""} ${stateOf(body)}`.trim(),
  normalise,
});

function kindOf(body: Json): "post" | "page" | undefined {
  return (["post", "page"] as const).find((kind) => isObject(body[kind]));
}

function stateOf(body: Json): string {
  const { current, previous } = versionsOf(body);
  if (Object.keys(current).length === 0 && Object.keys(previous).length > 0) return "deleted";
  // A published post of an older version of Ghost comes without a status.
  return stringAt(current, "status") ?? (stringAt(current, "published_at") ? "published" : "");
}

function versionsOf(body: Json): { current: Json; previous: Json } {
  const kind = kindOf(body);
  return kind
    ? { current: objectAt(body[kind], "current"), previous: objectAt(body[kind], "previous") }
    : { current: {}, previous: {} };
}

function normalise({ headers, body }: Delivery, { options }: Source<Options>): Change[] {
  const kind = kindOf(body);
  if (!kind) return ignore("It concerns no post and no page.");
  const { current, previous } = versionsOf(body);
  const id =
    stringAt(current, "uuid") ??
    stringAt(previous, "uuid") ??
    stringAt(current, "id") ??
    stringAt(previous, "id");
  if (id === undefined) return ignore("The event names no post.");
  const entry = `${kind}/${id}`;
  const sentAt = /\bt=(\d{1,15})/.exec(headers["x-ghost-signature"] ?? "")?.[1];
  const at = sentAt === undefined ? undefined : new Date(Number(sentAt)).toISOString();

  const state = stateOf(body);
  if (state === "deleted") return [{ action: "delete", entry, at }];
  if (state !== "published") {
    const wasPublished = ["published", "sent"].includes(stringAt(previous, "status") ?? "");
    return wasPublished
      ? [{ action: "unpublish", entry, at }]
      : ignore(`The ${kind} is not published.`);
  }
  const isPublic = (stringAt(current, "visibility") ?? "public") === "public";
  const html = stringAt(current, "html");
  if ((!isPublic && options.members_audience.length === 0) || html === undefined) {
    return [{ action: "unpublish", entry, at }];
  }
  return [
    {
      action: "upsert",
      entry,
      at,
      document: {
        title: stringAt(current, "title") ?? "",
        content: html,
        content_type: "text/html",
        url: options.url_template
          ? fillTemplate(options.url_template, current)
          : stringAt(current, "url"),
        ...(isPublic ? {} : { audience: options.members_audience }),
      },
    },
  ];
}
