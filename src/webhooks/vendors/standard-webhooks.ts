import { z } from "zod";
import { documentBody } from "../../knowledge/accept/schema.ts";
import { commonOptions } from "../contract/entry.ts";
import { isObject, stringAt, timeAt } from "../contract/json.ts";
import { standardWebhooks as signedAsStandard } from "../contract/standard-webhooks.ts";
import { CannotApply, defineVendor, ignore } from "../contract/vendor.ts";

const documentData = documentBody
  .omit({ metadata: true, updated_at: true })
  .extend({ audience: documentBody.shape.audience.unwrap().optional() })
  .loose();

/**
 * Any system of the customer's own, by standardwebhooks.com: `{ "type": "document.updated", "timestamp", "data": { "id", "title",
 * "content", … } }`. `data` has the fields of `PUT /v1/documents`.
 */
export const standardWebhooks = defineVendor({
  type: "standard-webhooks",
  ...signedAsStandard("webhook", "svix"),
  options: z.strictObject(commonOptions),
  token: "unused",
  eventType: ({ body }) => stringAt(body, "type"),

  readChanges({ body }) {
    const event = stringAt(body, "type") ?? "";
    const data = body["data"];
    const [kind, action] = event.split(".");
    if (kind !== "document") return ignore(`${event || "The event"} concerns no document.`);
    const entry = stringAt(data, "id") ?? stringAt(data, "external_id");
    if (!isObject(data) || entry === undefined)
      return ignore("The event names no document: data.id is missing.");
    const at = timeAt(data, "updated_at") ?? timeAt(body, "timestamp");
    switch (action) {
      case "created":
      case "updated":
      case "published": {
        const parsed = documentData.safeParse(data);
        if (!parsed.success) throw new CannotApply(`data: ${z.prettifyError(parsed.error)}`);
        const { title, content, content_type, url, language, audience } = parsed.data;
        const { valid_from, valid_until } = parsed.data;
        const document = {
          title,
          content,
          content_type,
          url,
          language,
          audience,
          valid_from,
          valid_until,
        };
        return { action: "upsert", entry, at, document };
      }
      case "unpublished":
      case "deleted":
        return { action: "remove", entry, at };
      default:
        return ignore(`${event} is not an event that is known here.`);
    }
  },
});
