import { z } from "zod";
import { strapiToMarkdown } from "../../knowledge/formats/rich-text/strapi.ts";
import {
  defineCms,
  ignore,
  type Change,
  type Delivery,
  type Json,
  type Source,
} from "../contract/cms.ts";
import {
  entryOptions,
  isObject,
  isWanted,
  readComponents,
  readEntry,
  stringAt,
  timeAt,
  type RichText,
} from "../contract/entry.ts";
import { signatureSchemes } from "../contract/signature-schemes.ts";

const options = z.strictObject(
  entryOptions({
    title: ["title", "name", "question"],
    body: ["body", "content", "blocks", "text", "answer", "description"],
  }),
);
type Options = z.infer<typeof options>;

/** docs.strapi.io/cms/backend-customization/webhooks. Events carry the entry, as published or as a draft. */
export const strapi = defineCms<Options>({
  scheme: signatureSchemes.strapi,
  options,
  token: "unused",
  headers: [],
  eventType: ({ body }) => stringAt(body, "event") ?? "",
  normalise,
});

function normalise(
  { body }: Delivery,
  { options: { types, ...fields } }: Source<Options>,
): Change[] {
  const event = stringAt(body, "event") ?? "";
  const [kind, action] = event.split(".");
  if (kind !== "entry") return ignore(`${event || "The event"} concerns no entry.`);
  const model = stringAt(body, "model");
  const entry = body["entry"];
  // Version 5 keeps `documentId` where `id` changes with every publication.
  const id = stringAt(entry, "documentId") ?? stringAt(entry, "id");
  if (!isObject(entry) || model === undefined || id === undefined)
    return ignore("The event names no entry.");
  if (!isWanted(types, model)) return ignore(`Entries of type ${model} are not wanted.`);
  const name = [model, id, stringAt(entry, "locale")].filter(Boolean).join("/");
  const at = timeAt(body, "createdAt");

  switch (action) {
    case "create":
    case "update":
    case "publish": {
      // Null is a draft. Types without drafts lack the field in version 4, and always have a time in version 5.
      if (entry["publishedAt"] === null) return ignore("It concerns a draft.");
      const document = readEntry(entry, fields, richTextOf(fields));
      if (!document) return [{ action: "unpublish", entry: name, at }];
      return [{ action: "upsert", entry: name, at, document }];
    }
    case "unpublish":
      return [{ action: "unpublish", entry: name, at }];
    case "delete":
      return [{ action: "delete", entry: name, at }];
    default:
      return ignore(`${event} changes nothing that is published.`);
  }
}

function richTextOf(fields: Omit<Options, "types">): RichText {
  const isComponent = (value: unknown): value is Json => isObject(value) && "__component" in value;
  const isBlocks = (value: unknown): boolean =>
    Array.isArray(value) && value.every((block) => isObject(block) && "children" in block);
  const inner = (value: unknown): string | undefined =>
    isBlocks(value) ? strapiToMarkdown(value) : undefined;
  return (value) => {
    if (isComponent(value) || (Array.isArray(value) && value.some(isComponent))) {
      return readComponents({ zone: value }, fields, inner, isComponent);
    }
    return strapiToMarkdown(value);
  };
}
