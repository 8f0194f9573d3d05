import { z } from "zod";
import { runYielding, type Steps } from "../../runtime/steps.ts";
import { storyblokToMarkdown } from "../../knowledge/formats/rich-text/storyblok.ts";
import {
  entryOptions,
  fillTemplate,
  isWanted,
  readComponents,
  readTitle,
  readValidity,
} from "../contract/entry.ts";
import { fieldAt, isObject, objectAt, stringAt, type Json } from "../contract/json.ts";
import { hmac, signedBody } from "../contract/signatures.ts";
import { defineVendor, found, ignore, ignoreUnpublished, notFound } from "../contract/vendor.ts";

const options = z.strictObject({
  space_id: z.string().regex(/^\d{1,20}$/),
  region: z.enum(["eu", "us", "ca", "ap"]).default("eu"),
  ...entryOptions({ title: ["title", "headline", "name"], body: ["body", "content", "text"] }),
});

const HOSTS = {
  eu: "api.storyblok.com",
  us: "api-us.storyblok.com",
  ca: "api-ca.storyblok.com",
  ap: "api-ap.storyblok.com",
};

/**
 * storyblok.com/docs/concepts/webhooks. A delivery does not say when it was sent, and the second publication of a story looks
 * like the first, so each delivery only means: look at this story now.
 */
export const storyblok = defineVendor({
  type: "storyblok",
  // The header has the name that Standard Webhooks uses for something else.
  signature: signedBody((headers) => [headers.get("webhook-signature")], hmac("SHA-1", "hex")),
  options,
  token: "required",
  repeatsMayBeNew: true,
  eventType: ({ body }) => stringAt(body, "action"),

  readChanges({ body, receivedAt }, { options: { space_id } }) {
    const action = stringAt(body, "action");
    const space = stringAt(body, "space_id");
    if (space !== undefined && space !== space_id)
      return ignore(`It belongs to the space ${space}.`);
    const id = stringAt(body, "story_id");
    if (id === undefined) return ignore(`${action ?? "The event"} concerns no story.`);
    const target = { entry: id, at: new Date(receivedAt).toISOString(), reference: { id } };
    switch (action?.replace(/^story\./, "")) {
      case "published":
      case "moved":
        return { action: "upsert", ...target };
      case "unpublished":
      case "deleted":
        return { action: "remove", ...target };
      default:
        return ignoreUnpublished(action);
    }
  },

  async fetchEntry({ id = "" }, { options: source, token = "" }, api) {
    // `cv` is the version of the space's cache; a new one reads past it. The API takes its token in the query only.
    const query = new URLSearchParams({ token, version: "published", cv: String(api.now) });
    const url = `https://${HOSTS[source.region]}/v2/cdn/stories/${encodeURIComponent(id)}?${query.toString()}`;
    const story = objectAt(await api.getJson(url), "story");
    if (stringAt(story, "id") === undefined) return notFound();
    const content = objectAt(story, "content");
    const type = stringAt(content, "component");
    if (!isWanted(source.types, type)) return notFound(`Stories of type ${type} are not wanted.`);
    const texts: string[] = [];
    for (const name of source.body_fields) {
      const field = { [name]: fieldAt(content, name) };
      texts.push((await runYielding(readComponents(field, source, richText, isBlok))).trim());
    }
    const text = texts.filter(Boolean).join("\n\n");
    const document = {
      title: readTitle(content, source) ?? stringAt(story, "name") ?? "",
      content: text,
      content_type: "text/markdown",
      url: fillTemplate(source.url_template, story),
      ...readValidity(content, source),
    };
    return found(text ? document : undefined);
  },
});

const isBlok = (value: unknown): value is Json =>
  isObject(value) && typeof value["component"] === "string";
const richText = (value: unknown): Steps<string> | undefined =>
  isObject(value) && value["type"] === "doc" ? storyblokToMarkdown(value) : undefined;
