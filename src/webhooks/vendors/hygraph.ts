import { z } from "zod";
import { hygraphToMarkdown } from "../../knowledge/formats/rich-text/hygraph.ts";
import { entryOptions, isWanted, readEntry } from "../contract/entry.ts";
import { isObject, objectsAt, stringAt, toIsoTime, type Json } from "../contract/json.ts";
import { hmac, signedTime } from "../contract/signatures.ts";
import { defineVendor, ignore, ignoreUnpublished, upsertOrRemove } from "../contract/vendor.ts";

const options = z.strictObject({
  /** Which localization to read where an entry has several; its own fields unless given. */
  locale: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,35}$/)
    .optional(),
  ...entryOptions(),
});

/** hygraph.com/docs/api-reference/basics/webhooks, with "Include payload" on. */
export const hygraph = defineVendor({
  type: "hygraph",
  // @hygraph/utils: what is signed is a JSON object that holds the body as a string.
  signature: signedTime({
    header: "gcms-signature",
    unitMs: 1,
    signature: "sign",
    signed(time, body, valueOf) {
      const [text, environment] = [decode(body), valueOf("env")];
      if (text === undefined || environment === undefined) return undefined;
      const signed = { Body: text, EnvironmentName: environment, TimeStamp: Number(time) };
      return [JSON.stringify(signed)];
    },
    sign: hmac("SHA-256", "base64"),
  }),
  options,
  token: "unused",
  eventType: ({ body }) =>
    [stringAt(body, "operation"), stringAt(body, "data.__typename")].filter(Boolean).join(" "),

  readChanges({ claim, body }, { options: source }) {
    const operation = stringAt(body, "operation");
    const data = body["data"];
    const type = stringAt(data, "__typename");
    const id = stringAt(data, "id");
    if (!isObject(data) || type === undefined || id === undefined)
      return ignore("The event names no entry.");
    if (!isWanted(source.types, type)) return ignore(`Entries of type ${type} are not wanted.`);
    const entry = `${type}/${id}`;
    const at = toIsoTime(claim.at);

    switch (operation) {
      case "publish":
      case "create":
      case "update": {
        if ((stringAt(data, "stage") ?? "PUBLISHED") !== "PUBLISHED")
          return ignore("It concerns a draft.");
        const fields = localized(data, source.locale);
        return upsertOrRemove(entry, at, readEntry(fields, source, hygraphToMarkdown));
      }
      case "unpublish":
      case "delete":
        return { action: "remove", entry, at };
      default:
        return ignoreUnpublished(operation);
    }
  },
});

/** Localized fields stand in `localizations`, one object a locale. Without a locale the entry's own fields win. */
function localized(data: Json, locale: string | undefined): Json {
  const wanted = objectsAt(data, "localizations").find(
    (item) => locale === undefined || item["locale"] === locale,
  );
  return locale === undefined ? { ...wanted, ...data } : { ...data, ...wanted };
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
