import { z } from "zod";
import { checkPublicUrl, UnsafeUrl } from "../../http/public-address.ts";
import { htmlToTree } from "../../knowledge/formats/html.ts";
import { readableText } from "../../knowledge/formats/readable-text.ts";
import { defineCms, ignore, type Change, type Delivery, type Source } from "../contract/cms.ts";
import { askJsonApi } from "../contract/delivery-api.ts";
import {
  commonOptions,
  fieldAt,
  fillTemplate,
  isWanted,
  stringAt,
  timeAt,
} from "../contract/entry.ts";
import { readStandardSecret, signatureSchemes } from "../contract/signature-schemes.ts";

const options = z.strictObject({
  ...commonOptions,
  /** The site's address, without `/wp-json`. */
  base_url: z.string().max(500).refine(isPublicUrl, "must be a public https address"),
  /** Post types to accept. */
  types: z.array(z.string().min(1).max(40)).max(20).default(["post", "page"]),
});
type Options = z.infer<typeof options>;

/**
 * WordPress sends no webhooks itself. docs/webhooks.md has a file of thirty lines for `wp-content/mu-plugins` that signs as
 * Standard Webhooks does and names the post; its text is read from the REST API, which shows what visitors may see.
 */
export const wordpress = defineCms<Options>({
  scheme: signatureSchemes["standard-webhooks"],
  options,
  token: "optional",
  headers: [],
  deliveryId: (headers) => headers.get("webhook-id"),
  checkSecret: (secret) =>
    readStandardSecret(secret)?.byteLength ? undefined : "is not whsec_ and base64",
  eventType: ({ body }) => stringAt(body, "type") ?? "",
  normalise,

  async fetchEntry(
    { id = "", rest_base = "" },
    { options: { base_url, url_template }, token },
    fetcher,
    now,
  ) {
    const url = `${base_url.replace(/\/+$/, "")}/wp-json/wp/v2/${encodeURIComponent(rest_base)}/${encodeURIComponent(id)}`;
    const headers: Record<string, string> =
      token === undefined
        ? {}
        : { authorization: `Basic ${new TextEncoder().encode(token).toBase64()}` };
    // Asked for a draft by a stranger, WordPress answers 401.
    const post = await askJsonApi(fetcher, url, now, {
      headers,
      deniedIsGone: token === undefined,
    });
    if (!post || stringAt(post, "status") !== "publish")
      return { found: false, reason: "It is not published." };
    const html = stringAt(post, "content.rendered");
    if (html === undefined || fieldAt(post, "content.protected") === true) {
      return { found: false, reason: "It has no text that visitors may read." };
    }
    return {
      found: true,
      document: {
        title: readableText(htmlToTree(stringAt(post, "title.rendered") ?? "")),
        content: html,
        content_type: "text/html",
        url: url_template ? fillTemplate(url_template, post) : stringAt(post, "link"),
      },
    };
  },
});

function isPublicUrl(text: string): boolean {
  try {
    checkPublicUrl(text);
    return true;
  } catch (error) {
    if (error instanceof UnsafeUrl) return false;
    throw error;
  }
}

function normalise({ body }: Delivery, { options: { types } }: Source<Options>): Change[] {
  const event = stringAt(body, "type") ?? "";
  const [id, type, rest_base] = ["id", "post_type", "rest_base"].map((name) =>
    stringAt(body, `data.${name}`),
  );
  if (!id || !type || !rest_base) return ignore("The event names no post.");
  if (!isWanted(types, type)) return ignore(`Posts of type ${type} are not wanted.`);
  const at = timeAt(body, "timestamp");
  const entry = `${type}/${id}`;
  switch (event) {
    case "post.published":
      return [{ action: "upsert", entry, at, reference: { id, rest_base } }];
    case "post.unpublished":
      return [{ action: "unpublish", entry, at }];
    case "post.deleted":
      return [{ action: "delete", entry, at }];
    default:
      return ignore(`${event || "The event"} changes nothing that is published.`);
  }
}
