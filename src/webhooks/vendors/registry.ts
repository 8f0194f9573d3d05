/** Every vendor whose webhooks are accepted. The API's schema and the tests read this list: a new vendor is one more line. */
export { contentful } from "./contentful.ts";
export { ghost } from "./ghost.ts";
export { github } from "./github.ts";
export { hygraph } from "./hygraph.ts";
export { kontentAi } from "./kontent-ai.ts";
export { sanity } from "./sanity.ts";
export { standardWebhooks } from "./standard-webhooks.ts";
export { storyblok } from "./storyblok.ts";
export { strapi } from "./strapi.ts";
export { wordpress } from "./wordpress.ts";
