import { z } from "zod";
import { kontentToMarkdown } from "../../knowledge/formats/rich-text/kontent.ts";
import { defineCms, ignore, type Change, type Json, type Source } from "../contract/cms.ts";
import { askJsonApi, bearer } from "../contract/delivery-api.ts";
import {
  entryOptions,
  isObject,
  isWanted,
  objectAt,
  readEntry,
  stringAt,
} from "../contract/entry.ts";
import { signatureSchemes } from "../contract/signature-schemes.ts";

const options = z.strictObject({
  environment_id: z.uuid(),
  /** Items of other languages are ignored when it is given; else each language becomes a document of its own. */
  item_language: z
    .string()
    .regex(/^[\w-]{1,50}$/)
    .optional(),
  ...entryOptions({
    title: ["title", "name", "question"],
    body: ["body", "content", "text", "answer", "description"],
  }),
});
type Options = z.infer<typeof options>;

const REMOVALS: Record<string, "delete" | "unpublish"> = {
  unpublished: "unpublish",
  deleted: "delete",
};

/** kontent.ai/learn/docs/webhooks. A notification names items; what is published of them stands in the Delivery API. */
export const kontentAi = defineCms<Options>({
  scheme: signatureSchemes["kontent.ai"],
  options,
  token: "optional",
  headers: [],
  // Neither an id nor a time: publishing an unchanged item again sends the same body again.
  repeats: true,
  eventType: ({ body }) => {
    const actions = notificationsOf(body).map((item) => stringAt(item, "message.action"));
    return [...new Set(actions)].filter(Boolean).join(", ");
  },
  normalise: ({ body, receivedAt }, source) => {
    const changes = notificationsOf(body).flatMap((item) =>
      readNotification(item, source, receivedAt),
    );
    return changes.length > 0 ? changes : ignore("There are no notifications in it.");
  },

  async fetchEntry(
    { codename = "", language = "" },
    { options: { environment_id, ...fields }, token },
    fetcher,
    now,
  ) {
    const query = new URLSearchParams({ language, depth: "0" });
    const url = `https://deliver.kontent.ai/${environment_id}/items/${encodeURIComponent(codename)}?${query.toString()}`;
    const headers = { "x-kc-wait-for-loading-new-content": "true", ...bearer(token) };
    const answer = await askJsonApi(fetcher, url, now, { headers });
    const item = objectAt(answer, "item");
    // A language without a variant of its own answers with the one it falls back to.
    if (!answer || stringAt(item, "system.language") !== language) {
      return { found: false, reason: "It is not published." };
    }
    const richText = (value: unknown): string =>
      kontentToMarkdown(value, answer["modular_content"]);
    const document = readEntry(valuesOf(objectAt(item, "elements")), fields, richText);
    if (!document) return { found: false, reason: "None of the body fields holds text." };
    return { found: true, document };
  },
});

function notificationsOf(body: Json): Json[] {
  return Array.isArray(body["notifications"]) ? body["notifications"].filter(isObject) : [];
}

function readNotification(
  item: Json,
  { options: { types, item_language, environment_id } }: Source<Options>,
  receivedAt: number,
): Change[] {
  const {
    object_type,
    action,
    delivery_slot,
    environment_id: environment,
  } = objectAt(item, "message");
  if (object_type !== "content_item") return ignore(`A ${String(object_type)} is no content item.`);
  if (delivery_slot === "preview") return ignore("It concerns a preview.");
  if (environment !== undefined && environment !== environment_id)
    return ignore("It belongs to another environment.");
  const system = objectAt(item, "data.system");
  const [id, codename, language, type] = ["id", "codename", "language", "type"].map((name) =>
    stringAt(system, name),
  );
  if (!id || !codename || !language) return ignore("The notification names no item.");
  if (item_language !== undefined && item_language !== language)
    return ignore(`Items in ${language} are not wanted.`);
  if (!isWanted(types, type)) return ignore(`Items of type ${type} are not wanted.`);
  if (action !== "published" && !(typeof action === "string" && action in REMOVALS)) {
    return ignore(`${String(action)} changes nothing that is published.`);
  }
  return [
    {
      action: REMOVALS[action] ?? "upsert",
      entry: `${id}/${language}`,
      at: new Date(receivedAt).toISOString(),
      reference: { codename, language },
    },
  ];
}

/** Rich text keeps its element, so that it is told apart from plain text. */
function valuesOf(elements: Json): Json {
  return Object.fromEntries(
    Object.entries(elements).map(([name, element]) => [
      name,
      stringAt(element, "type") === "rich_text"
        ? element
        : objectAt({ element }, "element")["value"],
    ]),
  );
}
