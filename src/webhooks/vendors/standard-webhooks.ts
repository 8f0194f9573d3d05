import { z } from "zod";
import { documentBody } from "../../knowledge/accept/schema.ts";
import { CannotApply, defineCms, ignore, type Change, type Delivery } from "../contract/cms.ts";
import { isObject, stringAt, timeAt } from "../contract/entry.ts";
import { readStandardSecret, signatureSchemes } from "../contract/signature-schemes.ts";

const options = z.strictObject({
  audience: documentBody.shape.audience,
  language: documentBody.shape.language,
});

const documentData = documentBody
  .omit({ metadata: true, updated_at: true })
  .extend({ audience: documentBody.shape.audience.unwrap().optional() })
  .loose();

/**
 * Any system of the customer's own, by standardwebhooks.com: `{ "type": "document.updated", "timestamp", "data": { "id", "title",
 * "content", … } }`. `data` has the fields of `PUT /v1/documents`.
 */
export const standardWebhooks = defineCms<z.infer<typeof options>>({
  scheme: signatureSchemes["standard-webhooks-or-svix"],
  options,
  token: "unused",
  headers: [],
  deliveryId: (headers) => headers.get("webhook-id") ?? headers.get("svix-id"),
  checkSecret: (secret) =>
    readStandardSecret(secret)?.byteLength ? undefined : "is not whsec_ and base64",
  eventType: ({ body }) => stringAt(body, "type") ?? "",
  normalise,
});

function normalise({ body }: Delivery): Change[] {
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
      return [
        {
          action: "upsert",
          entry,
          at,
          document: { title, content, content_type, url, language, audience },
        },
      ];
    }
    case "unpublished":
      return [{ action: "unpublish", entry, at }];
    case "deleted":
      return [{ action: "delete", entry, at }];
    default:
      return ignore(`${event} is not an event that is known here.`);
  }
}
