import { decodeHTML } from "entities";
import { reasonOf } from "../command.ts";
import type { Document, ReadDocuments, Unreadable } from "../document.ts";
import { languageTag, readValidity, refusedId, toInstant } from "../fields.ts";
import { guessType } from "../guess-type.ts";
import { originOf, type Origin } from "./help-centre.ts";
import type { ExportPage } from "./pages.ts";
import { isObject, textOf, type Json } from "./values.ts";

export interface ExportOptions {
  /** The audience of articles that only some readers may see. Without it, they are refused. */
  restrictedAudience?: string | undefined;
}

/**
 * The names that help centres give an article's fields in their exports: Zendesk, Intercom, Freshdesk, Help Scout, HubSpot,
 * WordPress, and spreadsheets made of them. The first that has a value counts.
 */
const NAMES = {
  id: ["external_id", "_id", "id", "article_id", "number"],
  title: ["title", "name", "subject", "article_title", "question"],
  body: ["body", "body_html", "html", "content", "article_body", "text", "answer", "description"],
  url: ["html_url", "publicUrl", "public_url", "web_url", "link", "article_url", "url"],
  language: ["locale", "language", "lang", "default_locale"],
  updated: [
    "edited_at",
    "updated_at",
    "updatedAt",
    "lastPublishedAt",
    "modified_gmt",
    "modified",
    "updated",
  ],
} satisfies Record<string, string[]>;

/** What each of these fields says of an article that is not published. Names are compared without case and separators. */
const UNPUBLISHED: Record<string, RegExp> = {
  draft: /^(?:true|1|yes)$/i,
  isdraft: /^(?:true|1|yes)$/i,
  published: /^(?:false|0|no)$/i,
  ispublished: /^(?:false|0|no)$/i,
  archived: /^(?:true|1|yes)$/i,
  deleted: /^(?:true|1|yes)$/i,
  // Freshdesk counts: 1 is a draft.
  status:
    /^(?:1|(?:auto-?)?draft|not_?published|unpublished|archived|deleted|trash|pending|scheduled|future|in[ _]review|review|private|internal|hidden|inactive)$/i,
  state: /^(?:draft|not_?published|unpublished|archived|deleted|trash|pending|scheduled|review)$/i,
};
const EVERYBODY =
  /^(?:|everyone|everybody|all|all users|all visitors|anyone|public|published|visitors|null|none|false|0|1|\[\])$/i;
/** Fields that name the readers of an article, if those are not everybody. Zendesk's `permission_group_id` names who may edit it. */
const READERS = new Set([
  "usersegmentid",
  "usersegmentids",
  "usersegment",
  "usersegments",
  "audience",
  "audiences",
  "audienceids",
  "audienceaccess",
  "visibility",
  "visibleto",
  "viewableby",
  "access",
  "accesslevel",
]);
const RESTRICTED = new Set([
  "restricted",
  "isrestricted",
  "private",
  "isprivate",
  "internal",
  "isinternal",
  "loginrequired",
  "passwordprotected",
]);
const PUBLIC = new Set(["public", "ispublic"]);

export class ArticleReader implements ReadDocuments {
  readonly documents: Document[] = [];
  readonly unreadable: Unreadable[] = [];
  readonly skipped: Unreadable[] = [];
  readonly notes: string[] = [];
  readonly origins: (Origin | undefined)[] = [];
  pages: ExportPage[] = [];
  readonly #seen = new Set<string>();

  readonly #restrictedAudience: string | undefined;

  constructor({ restrictedAudience }: ExportOptions) {
    this.#restrictedAudience = restrictedAudience;
  }

  /** @param around what the article stands in, whose restrictions hold for it, too */
  add(article: Json, idSuffix = "", around: Json[] = []): void {
    const plainId = textOf(valueOf(article, "id"));
    const id = `${plainId}${idSuffix}`;
    const given = valueOf(article, "title");
    // WordPress gives titles as HTML.
    const title = isObject(given) ? decodeHTML(textOf(given)) : textOf(given);
    const source = id || title;
    const body = textOf(valueOf(article, "body"));
    const skip = (reason: string): void => void this.skipped.push({ source, reason });
    const refuse = (reason: string): void =>
      void this.unreadable.push({ source, reason, isNamed: true });
    if (isUnpublished(article)) return skip("It is not published");
    if (!id) return refuse("It has no id");
    const refused = refusedId(id);
    if (refused) return refuse(refused);
    if (this.#seen.has(id)) return skip("The export holds it twice");
    if (!body.trim()) return skip("It has no text");
    const all = [article, ...around];
    const named = all.map(namedAudience).find((groups) => groups !== undefined);
    const readers = named ? undefined : all.map(readersOf).find((reason) => reason !== undefined);
    const restricted = readers ? this.#restrictedAudience : undefined;
    const audience = named ?? (restricted === undefined ? undefined : [restricted]);
    if (readers && !audience)
      return refuse(
        `Only some readers may see it (${readers}). Name their audience with --restricted-audience <name>, or leave it out of the export`,
      );
    let validity: ReturnType<typeof readValidity>;
    try {
      validity = readValidity(article);
    } catch (error) {
      return refuse(reasonOf(error));
    }
    this.#seen.add(id);
    const fields = { ...fieldsOf(article), ...validity };
    this.origins.push(originOf(article, fields.url));
    this.documents.push({
      external_id: id,
      title: title || id,
      content: body,
      content_type: guessType(body),
      ...fields,
      ...(audience && { audience }),
    });
  }
}

function fieldsOf(article: Json): Pick<Document, "url" | "language" | "updated_at"> {
  const url = NAMES.url
    .map((name) => textOf(article[name]))
    // The address at which a program gets the article is none for readers.
    .find((each) => /^https?:\/\//.test(each) && !/\/api\/|\.json$/.test(each));
  const language = languageTag(textOf(valueOf(article, "language")));
  const updated_at = instantOf(valueOf(article, "updated"));
  return { ...(url && { url }), ...(language && { language }), ...(updated_at && { updated_at }) };
}

export function isUnpublished(article: Json): boolean {
  return Object.entries(article).some(([name, value]) => {
    const pattern = UNPUBLISHED[plainName(name)];
    return pattern !== undefined && isValue(value) && pattern.test(textOf(value));
  });
}

/** `isDraft` and `Is draft` → `isdraft`. */
function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z]+/g, "");
}

/** Groups that the article names by what this product calls them, too. */
function namedAudience({ audience }: Json): string[] | undefined {
  const groups = [audience].flat();
  const isNamed = groups.every((group) => typeof group === "string" && !/^\d*$/.test(group.trim()));
  const names = isNamed ? groups.map(textOf).filter((name) => !EVERYBODY.test(name)) : [];
  return names.length > 0 ? names : undefined;
}

/** Which readers alone may see the article; undefined if all may. */
function readersOf(article: Json): string | undefined {
  for (const [name, value] of Object.entries(article)) {
    const plain = plainName(name);
    if (READERS.has(plain)) {
      const readers = [value]
        .flat()
        .map(readerOf)
        .filter((each) => !EVERYBODY.test(each));
      if (readers.length > 0) return `${name}: ${readers.join(", ")}`;
    }
    const text = textOf(value);
    if (RESTRICTED.has(plain) && /^(?:true|1|yes)$/i.test(text)) return name;
    if (PUBLIC.has(plain) && /^(?:false|0|no)$/i.test(text)) return name;
    // WordPress: a password opens it.
    if (isObject(value) && value["protected"] === true) return `${name}: protected`;
  }
  return undefined;
}

/** What is not understood is not everybody. */
function readerOf(value: unknown): string {
  const text = textOf(value);
  return text === "" && isObject(value) && Object.keys(value).length > 0
    ? JSON.stringify(value).slice(0, 100)
    : text;
}

export function valueOf(article: Json, field: keyof typeof NAMES): unknown {
  return NAMES[field]
    .map((name) => article[name])
    .find((value) => isValue(value) && textOf(value).trim());
}

function isValue(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}

/** A date as text, or as seconds or milliseconds since 1970. */
function instantOf(value: unknown): string | undefined {
  const number =
    typeof value === "number" || /^\d{10,13}$/.test(textOf(value)) ? Number(value) : undefined;
  if (number !== undefined) {
    const time = new Date(number < 1e11 ? number * 1000 : number);
    return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
  }
  const text = textOf(value);
  const isWithoutZone = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?$/.test(text);
  return toInstant(isWithoutZone ? `${text}Z` : text.replace(/ UTC$/, "Z"));
}
