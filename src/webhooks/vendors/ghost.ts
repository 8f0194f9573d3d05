import { z } from "zod";
import { fillTemplate, pageOptions } from "../contract/entry.ts";
import { isObject, objectAt, stringAt, toIsoTime, type Json } from "../contract/json.ts";
import { hmac, signedTime } from "../contract/signatures.ts";
import { defineVendor, ignore } from "../contract/vendor.ts";

const options = z.strictObject({
  ...pageOptions,
  /** Who may read posts that are for members only. Without it such posts are left out. */
  members_audience: pageOptions.audience,
});

/**
 * TryGhost/Ghost, services/webhooks: `{ "post": { "current": {…}, "previous": {…} } }`, where `previous` holds what changed.
 * The delivery does not name the event, so the post's own state says what happened.
 */
export const ghost = defineVendor({
  type: "ghost",
  // TryGhost/Ghost, services/webhooks/webhook-trigger.js: the body, directly followed by the time.
  signature: signedTime({
    header: "x-ghost-signature",
    unitMs: 1,
    signature: "sha256",
    signed: (time, body) => [body, time],
    sign: hmac("SHA-256", "hex"),
  }),
  options,
  token: "unused",
  eventType: ({ body }) => `${kindOf(body) ?? Object.keys(body)[0] ?? ""} ${stateOf(body)}`.trim(),

  readChanges({ claim, body }, { options: { members_audience, url_template } }) {
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
    const at = toIsoTime(claim.at);

    const state = stateOf(body);
    if (state !== "published") {
      const wasPublished = ["published", "sent"].includes(stringAt(previous, "status") ?? "");
      return state === "deleted" || wasPublished
        ? { action: "remove", entry, at }
        : ignore(`The ${kind} is not published.`);
    }
    const isPublic = (stringAt(current, "visibility") ?? "public") === "public";
    const html = stringAt(current, "html");
    if ((!isPublic && members_audience.length === 0) || html === undefined) {
      return { action: "remove", entry, at };
    }
    const document = {
      title: stringAt(current, "title") ?? "",
      content: html,
      content_type: "text/html",
      url: url_template ? fillTemplate(url_template, current) : stringAt(current, "url"),
      ...(isPublic ? {} : { audience: members_audience }),
    };
    return { action: "upsert", entry, at, document };
  },
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
  const versions = body[kindOf(body) ?? ""];
  return { current: objectAt(versions, "current"), previous: objectAt(versions, "previous") };
}
