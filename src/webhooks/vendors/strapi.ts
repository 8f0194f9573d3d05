import { z } from "zod";
import type { Steps } from "../../runtime/steps.ts";
import { strapiToMarkdown } from "../../knowledge/formats/rich-text/strapi.ts";
import {
  entryOptions,
  isWanted,
  readComponents,
  readEntry,
  type EntryOptions,
  type RichText,
} from "../contract/entry.ts";
import { isObject, stringAt, timeAt, type Json } from "../contract/json.ts";
import { defineVendor, ignore, ignoreUnpublished, upsertOrRemove } from "../contract/vendor.ts";

/** docs.strapi.io/cms/backend-customization/webhooks. Events carry the entry, as published or as a draft. */
export const strapi = defineVendor({
  type: "strapi",
  /** Strapi signs nothing. It sends a header that the webhook's owner sets: whoever knows it may send any body. */
  signature: {
    claims({ headers, body }) {
      const header = headers.get("authorization") ?? "";
      const signatures = [header, header.replace(/^Bearer /, "")].filter(Boolean);
      return [{ signed: [body], signatures }];
    },
    sign: async (secret) => secret || undefined,
  },
  options: z.strictObject(
    entryOptions({ body: ["body", "content", "blocks", "text", "answer", "description"] }),
  ),
  token: "unused",
  eventType: ({ body }) => stringAt(body, "event"),

  readChanges({ body }, { options: source }) {
    const event = stringAt(body, "event") ?? "";
    const [kind, action] = event.split(".");
    if (kind !== "entry") return ignore(`${event || "The event"} concerns no entry.`);
    const model = stringAt(body, "model");
    const fields = body["entry"];
    // Version 5 keeps `documentId` where `id` changes with every publication.
    const id = stringAt(fields, "documentId") ?? stringAt(fields, "id");
    if (!isObject(fields) || model === undefined || id === undefined)
      return ignore("The event names no entry.");
    if (!isWanted(source.types, model)) return ignore(`Entries of type ${model} are not wanted.`);
    const entry = [model, id, stringAt(fields, "locale")].filter(Boolean).join("/");
    const at = timeAt(body, "createdAt");

    switch (action) {
      case "create":
      case "update":
      case "publish":
        // Null is a draft. Types without drafts lack the field in version 4, and always have a time in version 5.
        if (fields["publishedAt"] === null) return ignore("It concerns a draft.");
        return upsertOrRemove(entry, at, readEntry(fields, source, richTextOf(source)));
      case "unpublish":
      case "delete":
        return { action: "remove", entry, at };
      default:
        return ignoreUnpublished(event);
    }
  },
});

function richTextOf(source: EntryOptions): RichText {
  const isComponent = (value: unknown): value is Json => isObject(value) && "__component" in value;
  const isBlocks = (value: unknown): boolean =>
    Array.isArray(value) && value.every((block) => isObject(block) && "children" in block);
  const blocksToMarkdown = (value: unknown): Steps<string> | undefined =>
    isBlocks(value) ? strapiToMarkdown(value) : undefined;
  return (value) => {
    if (isComponent(value) || (Array.isArray(value) && value.some(isComponent))) {
      return readComponents({ zone: value }, source, blocksToMarkdown, isComponent);
    }
    return strapiToMarkdown(value);
  };
}
