import { z } from "zod";
import { hygraphToMarkdown } from "../../knowledge/formats/rich-text/hygraph.ts";
import {
  defineCms,
  ignore,
  type Change,
  type Delivery,
  type Json,
  type Source,
} from "../contract/cms.ts";
import { entryOptions, isObject, isWanted, readEntry, stringAt } from "../contract/entry.ts";
import { signatureSchemes } from "../contract/signature-schemes.ts";

const options = z.strictObject({
  /** Which localization to read where an entry has several; its own fields unless given. */
  locale: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,35}$/)
    .optional(),
  ...entryOptions({
    title: ["title", "name", "question"],
    body: ["body", "content", "text", "answer", "description"],
  }),
});
type Options = z.infer<typeof options>;

/** hygraph.com/docs/api-reference/basics/webhooks, with "Include payload" on. Only what is published is learned. */
export const hygraph = defineCms<Options>({
  scheme: signatureSchemes.hygraph,
  options,
  token: "unused",
  headers: ["gcms-signature"],
  // The signature covers the body and the time it was sent.
  deliveryId: (headers) => headers.get("gcms-signature"),
  eventType: ({ body }) =>
    [stringAt(body, "operation"), stringAt(body, "data.__typename")].filter(Boolean).join(" "),
  normalise,
});

function normalise(
  { headers, body }: Delivery,
  { options: { types, locale, ...fields } }: Source<Options>,
): Change[] {
  const operation = stringAt(body, "operation") ?? "";
  const data = body["data"];
  const type = stringAt(data, "__typename");
  const id = stringAt(data, "id");
  if (!isObject(data) || type === undefined || id === undefined)
    return ignore("The event names no entry.");
  if (!isWanted(types, type)) return ignore(`Entries of type ${type} are not wanted.`);
  const entry = `${type}/${id}`;
  const sentAt = /\bt=(\d{1,15})/.exec(headers["gcms-signature"] ?? "")?.[1];
  const at = sentAt === undefined ? undefined : new Date(Number(sentAt)).toISOString();

  switch (operation) {
    case "publish":
    case "create":
    case "update": {
      if ((stringAt(data, "stage") ?? "PUBLISHED") !== "PUBLISHED")
        return ignore("It concerns a draft.");
      const document = readEntry(localized(data, locale), fields, hygraphToMarkdown);
      if (!document) return [{ action: "unpublish", entry, at }];
      return [{ action: "upsert", entry, at, document }];
    }
    case "unpublish":
      return [{ action: "unpublish", entry, at }];
    case "delete":
      return [{ action: "delete", entry, at }];
    default:
      return ignore(`${operation || "The event"} changes nothing that is published.`);
  }
}

/** Localized fields stand in `localizations`, one object a locale; fields of their own win. */
function localized(data: Json, locale: string | undefined): Json {
  const localizations = Array.isArray(data["localizations"])
    ? data["localizations"].filter(isObject)
    : [];
  const wanted = localizations.find((item) => locale === undefined || item["locale"] === locale);
  return locale === undefined ? { ...wanted, ...data } : { ...data, ...wanted };
}
