import type { AnyCms } from "../contract/cms.ts";
import { contentful } from "./contentful.ts";
import { ghost } from "./ghost.ts";
import { github } from "./github.ts";
import { hygraph } from "./hygraph.ts";
import { kontentAi } from "./kontent-ai.ts";
import { sanity } from "./sanity.ts";
import { standardWebhooks } from "./standard-webhooks.ts";
import { storyblok } from "./storyblok.ts";
import { strapi } from "./strapi.ts";
import { wordpress } from "./wordpress.ts";

export const sourceTypes = [
  "contentful",
  "sanity",
  "strapi",
  "ghost",
  "storyblok",
  "hygraph",
  "kontent-ai",
  "wordpress",
  "github",
  "standard-webhooks",
] as const;
export type SourceType = (typeof sourceTypes)[number];

/** Every CMS whose webhooks are understood. */
export const cmsOf: Record<SourceType, AnyCms> = {
  contentful,
  sanity,
  strapi,
  ghost,
  storyblok,
  hygraph,
  "kontent-ai": kontentAi,
  wordpress,
  github,
  "standard-webhooks": standardWebhooks,
};
