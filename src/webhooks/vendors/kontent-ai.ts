import { z } from "zod";
import { runYielding, type Steps } from "../../runtime/steps.ts";
import { kontentToMarkdown } from "../../knowledge/formats/rich-text/kontent.ts";
import { bearer } from "../contract/delivery-api.ts";
import { entryOptions, isWanted, readEntry } from "../contract/entry.ts";
import { fieldAt, objectAt, objectsAt, stringAt, type Json } from "../contract/json.ts";
import { hmac, signedBody } from "../contract/signatures.ts";
import {
  defineVendor,
  found,
  ignore,
  ignoreUnpublished,
  notFound,
  type Change,
} from "../contract/vendor.ts";

const options = z.strictObject({
  environment_id: z.uuid(),
  /** Items of other languages are ignored when it is given; else each language becomes a document of its own. */
  item_language: z
    .string()
    .regex(/^[\w-]{1,50}$/)
    .optional(),
  ...entryOptions(),
});

/** kontent.ai/learn/docs/webhooks. A notification names items; what is published of them stands in the Delivery API. */
export const kontentAi = defineVendor({
  type: "kontent-ai",
  // The second name is the one of webhooks that were created before 2024.
  signature: signedBody(
    (headers) => [headers.get("x-kontent-ai-signature"), headers.get("x-kc-signature")],
    hmac("SHA-256", "base64"),
  ),
  options,
  token: "optional",
  // Publishing an unchanged item again sends the same body again.
  repeatsMayBeNew: true,
  eventType({ body }) {
    const notifications = objectsAt(body, "notifications");
    const actions = notifications.map((item) => stringAt(item, "message.action"));
    return [...new Set(actions)].filter(Boolean).join(", ");
  },

  readChanges({ body, receivedAt }, { options: source }) {
    const at = new Date(receivedAt).toISOString();
    const notifications = objectsAt(body, "notifications");
    return notifications.length > 0
      ? notifications.map((item) => readNotification(item, source, at))
      : ignore("There are no notifications in it.");
  },

  async fetchEntry({ codename = "", language = "" }, { options: source, token }, api) {
    const query = new URLSearchParams({ language, depth: "0" });
    const url = `https://deliver.kontent.ai/${source.environment_id}/items/${encodeURIComponent(codename)}?${query.toString()}`;
    const headers = { "x-kc-wait-for-loading-new-content": "true", ...bearer(token) };
    const answer = await api.getJson(url, { headers });
    const item = objectAt(answer, "item");
    // A language without a variant of its own answers with the one it falls back to.
    if (!answer || stringAt(item, "system.language") !== language) return notFound();
    const richText = (value: unknown): Steps<string> =>
      kontentToMarkdown(value, answer["modular_content"]);
    return found(
      await runYielding(readEntry(valuesOf(objectAt(item, "elements")), source, richText)),
    );
  },
});

function readNotification(
  notification: Json,
  { types, item_language, environment_id }: z.infer<typeof options>,
  at: string,
): Change {
  const message = objectAt(notification, "message");
  const kind = stringAt(message, "object_type");
  if (kind !== "content_item") return ignore(`A ${kind} is no content item.`);
  if (message["delivery_slot"] === "preview") return ignore("It concerns a preview.");
  const environment = stringAt(message, "environment_id");
  if (environment !== undefined && environment !== environment_id)
    return ignore("It belongs to another environment.");

  const system = objectAt(notification, "data.system");
  const [id, codename, language, type] = ["id", "codename", "language", "type"].map((name) =>
    stringAt(system, name),
  );
  if (!id || !codename || !language) return ignore("The notification names no item.");
  if (item_language !== undefined && item_language !== language)
    return ignore(`Items in ${language} are not wanted.`);
  if (!isWanted(types, type)) return ignore(`Items of type ${type} are not wanted.`);

  const target = { entry: `${id}/${language}`, at, reference: { codename, language } };
  const action = stringAt(message, "action");
  switch (action) {
    case "published":
      return { action: "upsert", ...target };
    case "unpublished":
    case "deleted":
      return { action: "remove", ...target };
    default:
      return ignoreUnpublished(action);
  }
}

/** Rich text keeps its element, so that it is told apart from plain text. */
function valuesOf(elements: Json): Json {
  return Object.fromEntries(
    Object.entries(elements).map(([name, element]) => [
      name,
      stringAt(element, "type") === "rich_text" ? element : fieldAt(element, "value"),
    ]),
  );
}
