import { z } from "zod";
import { runYielding } from "../../runtime/steps.ts";
import { contentfulToMarkdown } from "../../knowledge/formats/rich-text/contentful.ts";
import { bearer } from "../contract/delivery-api.ts";
import { entryOptions, isWanted, readEntry } from "../contract/entry.ts";
import { isObject, objectAt, stringAt, timeAt, type Json } from "../contract/json.ts";
import { hmac, readTime, type SignatureScheme } from "../contract/signatures.ts";
import {
  defineVendor,
  found,
  ignore,
  ignoreUnpublished,
  notFound,
  upsertOrRemove,
} from "../contract/vendor.ts";

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
  ...entryOptions({ title: ["title", "name", "headline", "question"] }),
});

const HOSTS = { us: "cdn.contentful.com", eu: "cdn.eu.contentful.com" };

const TOPIC = "x-contentful-topic";

/** @contentful/node-apps-toolkit: method, path, the signed headers and the body, one a line. */
const signature: SignatureScheme = {
  claims({ method, path, headers, body }) {
    const names = signedHeaders(headers.get("x-contentful-signed-headers"));
    const at = readTime(headers.get("x-contentful-timestamp"), 1);
    const value = headers.get("x-contentful-signature");
    // A time that the signature does not cover could be any.
    if (at === undefined || !value || !names.includes("x-contentful-timestamp")) return [];
    const lines = names.toSorted().map((name) => `${name}:${headers.get(name)?.trim() ?? ""}`);
    const head = `${method}\n${signedPath(path)}\n${lines.join(";")}\n`;
    const topic = names.includes(TOPIC) ? (headers.get(TOPIC)?.trim() ?? undefined) : undefined;
    return [{ signed: [head, body], signatures: [value], at, topic }];
  },
  sign: hmac("SHA-256", "hex"),
  // The default of the same library.
  toleranceMs: 30_000,
};

/** As the vendor's library writes it: a query is escaped as one value, and what that gives is escaped once more. */
function signedPath(path: string): string {
  const [pathname = "", search] = path.split("?");
  return encodeURI(search ? `${pathname}?${encodeURIComponent(search)}` : pathname);
}

/** The headers that the signature covers, in lower case. */
function signedHeaders(names: string | null | undefined): string[] {
  return (names ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => /^[a-z0-9-]+$/.test(name));
}

/** contentful.com/developers/docs/webhooks. With a token an entry is read as published; without, as it was delivered. */
export const contentful = defineVendor({
  type: "contentful",
  signature,
  options,
  token: "optional",
  eventType: ({ claim, body }) => claim.topic ?? stringAt(body, "sys.type"),

  readChanges({ claim: { topic }, body }, { options: source, token }) {
    if (topic === undefined)
      return ignore("The signature does not cover the header X-Contentful-Topic.");
    const [, kind, action] = topic.split(".");
    if (kind !== "Entry") return ignore(`${topic} concerns no entry.`);
    const id = stringAt(body, "sys.id");
    if (id === undefined) return ignore("The event names no entry.");
    const unwanted = whyUnwanted(body, source);
    if (unwanted) return ignore(unwanted);

    const at = timeAt(body, "sys.deletedAt") ?? timeAt(body, "sys.updatedAt");
    switch (action) {
      case "publish": {
        if (token !== undefined) return { action: "upsert", entry: id, at, reference: { id } };
        const fields = inLocale(objectAt(body, "fields"), source.locale);
        return upsertOrRemove(id, at, readEntry(fields, source, contentfulToMarkdown));
      }
      case "unpublish":
      case "archive":
      case "delete":
        return { action: "remove", entry: id, at };
      default:
        return ignoreUnpublished(topic);
    }
  },

  async fetchEntry({ id = "" }, { options: source, token }, api) {
    const { region, space_id, environment = "master", locale } = source;
    const url = new URL(
      `https://${HOSTS[region]}/spaces/${space_id}/environments/${environment}/entries/${encodeURIComponent(id)}`,
    );
    if (locale) url.searchParams.set("locale", locale);
    const entry = await api.getJson(url.href, { headers: bearer(token) });
    if (!entry) return notFound();
    return found(
      await runYielding(readEntry(objectAt(entry, "fields"), source, contentfulToMarkdown)),
    );
  },
});

function whyUnwanted(
  body: Json,
  { space_id, environment, types }: z.infer<typeof options>,
): string | undefined {
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
