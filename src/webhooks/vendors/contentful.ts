import { z } from "zod";
import { contentfulToMarkdown } from "../../knowledge/formats/rich-text/contentful.ts";
import {
  defineCms,
  ignore,
  type Change,
  type Delivery,
  type Json,
  type Source,
} from "../contract/cms.ts";
import { askJsonApi, bearer } from "../contract/delivery-api.ts";
import {
  entryOptions,
  isObject,
  isWanted,
  objectAt,
  readEntry,
  stringAt,
  timeAt,
} from "../contract/entry.ts";
import { contentfulSignedHeaders, signatureSchemes } from "../contract/signature-schemes.ts";

const options = z.strictObject({
  space_id: z.string().regex(/^[\w-]{1,64}$/),
  /** Events of other environments are ignored. Leave it out where an alias is used: events name what it stands for. */
  environment: z
    .string()
    .regex(/^[\w.-]{1,64}$/)
    .optional(),
  /** The space's default locale unless given. */
  locale: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,35}$/)
    .optional(),
  region: z.enum(["us", "eu"]).default("us"),
  ...entryOptions({
    title: ["title", "name", "headline", "question"],
    body: ["body", "content", "text", "answer", "description"],
  }),
});
type Options = z.infer<typeof options>;

const HOSTS = { us: "cdn.contentful.com", eu: "cdn.eu.contentful.com" };

/** contentful.com/developers/docs/webhooks. With a delivery token an entry is read as published; else as it was delivered. */
export const contentful = defineCms<Options>({
  scheme: signatureSchemes.contentful,
  options,
  token: "optional",
  headers: ["x-contentful-topic", "x-contentful-signed-headers"],
  eventType: (delivery) => topicOf(delivery) ?? stringAt(delivery.body, "sys.type") ?? "",
  normalise,

  async fetchEntry(
    { id = "" },
    { options: { space_id, environment, locale, region, ...fields }, token },
    fetcher,
    now,
  ) {
    const url = new URL(
      `https://${HOSTS[region]}/spaces/${space_id}/environments/${environment ?? "master"}/entries/${encodeURIComponent(id)}`,
    );
    if (locale) url.searchParams.set("locale", locale);
    const entry = await askJsonApi(fetcher, url.href, now, { headers: bearer(token) });
    if (!entry) return { found: false, reason: "It is not published." };
    const document = readEntry(objectAt(entry, "fields"), fields, contentfulToMarkdown);
    if (!document) return { found: false, reason: "None of the body fields holds text." };
    return { found: true, document };
  },
});

/** Undefined when the signature does not cover it: then anybody could have written it. */
function topicOf({ headers }: Delivery): string | undefined {
  const signed = contentfulSignedHeaders(new Headers(headers));
  return signed.includes("x-contentful-topic") ? headers["x-contentful-topic"] : undefined;
}

function normalise(delivery: Delivery, source: Source<Options>): Change[] {
  const { body } = delivery;
  const topic = topicOf(delivery);
  if (topic === undefined)
    return ignore("The signature does not cover the header X-Contentful-Topic.");
  const [, kind, action] = topic.split(".");
  if (kind !== "Entry") return ignore(`${topic} concerns no entry.`);
  const id = stringAt(body, "sys.id");
  if (id === undefined) return ignore("The event names no entry.");
  const foreign = foreignTo(body, source.options);
  if (foreign) return ignore(foreign);

  const at = timeAt(body, "sys.deletedAt") ?? timeAt(body, "sys.updatedAt");
  switch (action) {
    case "publish":
      if (source.token !== undefined)
        return [{ action: "upsert", entry: id, at, reference: { id } }];
      return published(id, at, body, source.options);
    case "unpublish":
    case "archive":
      return [{ action: "unpublish", entry: id, at }];
    case "delete":
      return [{ action: "delete", entry: id, at }];
    default:
      return ignore(`${topic} changes nothing that is published.`);
  }
}

function foreignTo(body: Json, { space_id, environment, types }: Options): string | undefined {
  const space = stringAt(body, "sys.space.sys.id");
  if (space !== undefined && space !== space_id) return `It belongs to the space ${space}.`;
  const where = stringAt(body, "sys.environment.sys.id");
  if (environment !== undefined && where !== undefined && where !== environment) {
    return `It belongs to the environment ${where}.`;
  }
  const type = stringAt(body, "sys.contentType.sys.id");
  // A deleted entry may come without its type.
  return type === undefined || isWanted(types, type)
    ? undefined
    : `Entries of type ${type} are not wanted.`;
}

function published(id: string, at: string | undefined, body: Json, options: Options): Change[] {
  const fields = inLocale(objectAt(body, "fields"), options.locale);
  const document = readEntry(fields, options, contentfulToMarkdown);
  // Nothing is left to answer from; an older text must not go on being served.
  if (!document) return [{ action: "unpublish", entry: id, at }];
  return [{ action: "upsert", entry: id, at, document }];
}

/** A webhook carries each field by locale: `{ "title": { "en-US": "…" } }`. */
function inLocale(fields: Json, locale: string | undefined): Json {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, byLocale]) => {
      if (!isObject(byLocale)) return [];
      const value = locale === undefined ? Object.values(byLocale)[0] : byLocale[locale];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
