import { z } from "zod";
import { checkPublicUrl, UnsafeUrl } from "../../http/public-address.ts";
import { htmlToTree } from "../../knowledge/formats/html/html.ts";
import { readableText } from "../../knowledge/formats/readable-text.ts";
import {
  fillTemplate,
  isWanted,
  pageOptions,
  readValidity,
  validityOptions,
} from "../contract/entry.ts";
import { fieldAt, stringAt, timeAt } from "../contract/json.ts";
import { standardWebhooks } from "../contract/standard-webhooks.ts";
import { defineVendor, found, ignore, ignoreUnpublished, notFound } from "../contract/vendor.ts";

const options = z.strictObject({
  ...pageOptions,
  ...validityOptions("meta.", "acf."),
  /** The site's address, without `/wp-json`. */
  base_url: z.string().max(500).refine(isPublicUrl, "must be a public https address"),
  /** Post types to accept. */
  types: z.array(z.string().min(1).max(40)).max(20).default(["post", "page"]),
});

/**
 * WordPress sends no webhooks itself. docs/webhooks.md has a file of thirty lines for `wp-content/mu-plugins` that signs as
 * Standard Webhooks does and names the post; its text is read from the REST API, which shows what visitors may see.
 */
export const wordpress = defineVendor({
  type: "wordpress",
  ...standardWebhooks("webhook"),
  options,
  token: "optional",
  eventType: ({ body }) => stringAt(body, "type"),

  readChanges({ body }, { options: { types } }) {
    const event = stringAt(body, "type");
    const [id, type, rest_base] = ["id", "post_type", "rest_base"].map((name) =>
      stringAt(body, `data.${name}`),
    );
    if (!id || !type || !rest_base) return ignore("The event names no post.");
    if (!isWanted(types, type)) return ignore(`Posts of type ${type} are not wanted.`);
    const at = timeAt(body, "timestamp");
    const entry = `${type}/${id}`;
    switch (event) {
      case "post.published":
        return { action: "upsert", entry, at, reference: { id, rest_base } };
      case "post.unpublished":
      case "post.deleted":
        return { action: "remove", entry, at };
      default:
        return ignoreUnpublished(event);
    }
  },

  async fetchEntry({ id = "", rest_base = "" }, { options, token }, api) {
    const { base_url, url_template } = options;
    const url = `${base_url.replace(/\/+$/, "")}/wp-json/wp/v2/${encodeURIComponent(rest_base)}/${encodeURIComponent(id)}`;
    const post = await api.getJson(url, {
      headers: basic(token),
      // Asked for a draft by a stranger, WordPress answers 401.
      deniedMeansMissing: token === undefined,
    });
    if (!post || stringAt(post, "status") !== "publish") return notFound();
    const html = stringAt(post, "content.rendered");
    if (html === undefined || fieldAt(post, "content.protected") === true) {
      return notFound("It has no text that visitors may read.");
    }
    return found({
      title: readableText(htmlToTree(stringAt(post, "title.rendered") ?? "")),
      content: html,
      content_type: "text/html",
      url: url_template ? fillTemplate(url_template, post) : stringAt(post, "link"),
      ...readValidity(post, options),
    });
  },
});

function basic(token: string | undefined): Record<string, string> {
  if (token === undefined) return {};
  return { authorization: `Basic ${new TextEncoder().encode(token).toBase64()}` };
}

function isPublicUrl(text: string): boolean {
  try {
    checkPublicUrl(text);
    return true;
  } catch (error) {
    if (error instanceof UnsafeUrl) return false;
    throw error;
  }
}
