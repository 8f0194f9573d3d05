import { z } from "zod";
import { storyblokToMarkdown } from "../../knowledge/formats/rich-text/storyblok.ts";
import {
  defineCms,
  ignore,
  type Change,
  type Delivery,
  type Json,
  type Source,
} from "../contract/cms.ts";
import { askJsonApi } from "../contract/delivery-api.ts";
import {
  entryOptions,
  fieldAt,
  fillTemplate,
  isObject,
  isWanted,
  objectAt,
  readComponents,
  readTitle,
  stringAt,
} from "../contract/entry.ts";
import { signatureSchemes } from "../contract/signature-schemes.ts";

const options = z.strictObject({
  space_id: z.string().regex(/^\d{1,20}$/),
  region: z.enum(["eu", "us", "ca", "ap"]).default("eu"),
  ...entryOptions({ title: ["title", "headline", "name"], body: ["body", "content", "text"] }),
});
type Options = z.infer<typeof options>;

const HOSTS = {
  eu: "api.storyblok.com",
  us: "api-us.storyblok.com",
  ca: "api-ca.storyblok.com",
  ap: "api-ap.storyblok.com",
};

/**
 * storyblok.com/docs/concepts/webhooks. A delivery says neither when nor as which of several it was sent, and the second
 * publication of a story looks like the first, so every one only means: look at this story now.
 */
export const storyblok = defineCms<Options>({
  scheme: signatureSchemes.storyblok,
  options,
  token: "required",
  headers: [],
  repeats: true,
  eventType: ({ body }) => stringAt(body, "action") ?? "",
  normalise,

  async fetchEntry({ id = "" }, { options: { region, ...fields }, token = "" }, fetcher, now) {
    // `cv` is the version of the space's cache; a new one reads past it. The API takes its token in the query only.
    const query = new URLSearchParams({ token, version: "published", cv: String(now) });
    const url = `https://${HOSTS[region]}/v2/cdn/stories/${encodeURIComponent(id)}?${query.toString()}`;
    const answer = await askJsonApi(fetcher, url, now);
    const story = objectAt(answer, "story");
    if (!answer || stringAt(story, "id") === undefined)
      return { found: false, reason: "It is not published." };
    const content = objectAt(story, "content");
    const type = stringAt(content, "component");
    if (!isWanted(fields.types, type))
      return { found: false, reason: `Stories of type ${type} are not wanted.` };
    const text = fields.body_fields
      .map((name) =>
        readComponents({ [name]: fieldAt(content, name) }, fields, richText, isBlok).trim(),
      )
      .filter(Boolean)
      .join("\n\n");
    if (!text) return { found: false, reason: "None of the body fields holds text." };
    return {
      found: true,
      document: {
        title: readTitle(content, fields) ?? stringAt(story, "name") ?? "",
        content: text,
        content_type: "text/markdown",
        url: fillTemplate(fields.url_template, story),
      },
    };
  },
});

const isBlok = (value: unknown): value is Json =>
  isObject(value) && typeof value["component"] === "string";
const richText = (value: unknown): string | undefined =>
  isObject(value) && value["type"] === "doc" ? storyblokToMarkdown(value) : undefined;

function normalise(
  { body, receivedAt }: Delivery,
  { options: { space_id } }: Source<Options>,
): Change[] {
  const action = stringAt(body, "action") ?? "";
  const space = stringAt(body, "space_id");
  if (space !== undefined && space !== space_id) return ignore(`It belongs to the space ${space}.`);
  const id = stringAt(body, "story_id");
  if (id === undefined) return ignore(`${action || "The event"} concerns no story.`);
  const at = new Date(receivedAt).toISOString();
  const reference = { id };
  switch (action.replace(/^story\./, "")) {
    case "published":
    case "moved":
      return [{ action: "upsert", entry: id, at, reference }];
    case "unpublished":
      return [{ action: "unpublish", entry: id, at, reference }];
    case "deleted":
      return [{ action: "delete", entry: id, at, reference }];
    default:
      return ignore(`${action || "The event"} changes nothing that is published.`);
  }
}
