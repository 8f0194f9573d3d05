import type { SourceType } from "../../src/webhooks/source-types.ts";

/** What a vendor's server sends. Written from the vendors' documentation, not from the code under test. */
export interface Sender {
  secret: string;
  /** A second secret of the same form. */
  otherSecret: string;
  options: Record<string, unknown>;
  token?: string;
  /** Whether the time is signed, so that an old delivery is refused. */
  timed: boolean;
  /** Whether an identical delivery may be a new event. */
  repeatsMayBeNew?: boolean;
  /** The header with the signature or token. */
  proof: string;
  body: object;
  sign: (delivery: {
    body: string;
    path: string;
    secret: string;
    /** Milliseconds. */
    at: number;
    id: string;
    /** Contentful's topic, which its signature covers. */
    topic?: string | undefined;
  }) => Promise<Record<string, string>>;
}

type Bytes = Uint8Array<ArrayBuffer>;
const bytesOf = (text: string): Bytes => Uint8Array.from(new TextEncoder().encode(text));

async function mac(hash: string, secret: Bytes, text: string): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, bytesOf(text)));
}
const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));

const WHSEC = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";
const OTHER_WHSEC = "whsec_ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4";

async function standard(body: string, secret: string, at: number, id: string) {
  const timestamp = String(Math.floor(at / 1000));
  const key = Uint8Array.from(atob(secret.slice("whsec_".length)), (c) => c.charCodeAt(0));
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${base64(await mac("SHA-256", key, `${id}.${timestamp}.${body}`))}`,
  };
}

export const senders: Record<SourceType, Sender> = {
  contentful: {
    secret: "c".repeat(64),
    otherSecret: "d".repeat(64),
    options: { space_id: "space1" },
    timed: true,
    proof: "x-contentful-signature",
    body: {
      sys: { type: "Entry", id: "entry1", updatedAt: "2026-01-01T00:00:00Z" },
      fields: { title: { en: "Delivery" }, body: { en: "Delivery takes three days." } },
    },
    async sign({ body, path, secret, at, topic = "Entry.publish" }) {
      const headers: Record<string, string> = {
        "content-type": "application/vnd.contentful.management.v1+json",
        "x-contentful-topic": `ContentManagement.${topic}`,
        "x-contentful-timestamp": String(at),
      };
      headers["x-contentful-signed-headers"] = [
        ...Object.keys(headers),
        "x-contentful-signed-headers",
      ]
        .toSorted()
        .join(",");
      const lines = Object.keys(headers)
        .toSorted()
        .map((name) => `${name}:${headers[name]}`)
        .join(";");
      const signature = hex(
        await mac("SHA-256", bytesOf(secret), `POST\n${path}\n${lines}\n${body}`),
      );
      return { ...headers, "x-contentful-signature": signature };
    },
  },
  sanity: {
    secret: "sanity-secret",
    otherSecret: "sanity-secret-2",
    options: { project_id: "proj1" },
    timed: true,
    proof: "sanity-webhook-signature",
    body: { _id: "doc1", _type: "article" },
    async sign({ body, secret, at, id }) {
      const text = base64(await mac("SHA-256", bytesOf(secret), `${at}.${body}`));
      const signature = text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
      return {
        "sanity-webhook-signature": `t=${at},v1=${signature}`,
        "sanity-operation": "update",
        "idempotency-key": id,
      };
    },
  },
  strapi: {
    secret: "Token of-strapi-0123456789",
    otherSecret: "another-token-of-strapi",
    options: {},
    timed: false,
    proof: "authorization",
    body: {
      event: "entry.publish",
      createdAt: "2026-01-01T00:00:00Z",
      model: "article",
      entry: {
        id: 1,
        title: "Delivery",
        body: "It takes three days.",
        publishedAt: "2026-01-01T00:00:00Z",
      },
    },
    sign: async ({ secret }) => ({ authorization: secret }),
  },
  ghost: {
    secret: "ghost-secret-of-some-length",
    otherSecret: "ghost-secret-2-of-some-length",
    options: {},
    timed: true,
    proof: "x-ghost-signature",
    body: {
      post: {
        current: {
          uuid: "u1",
          status: "published",
          visibility: "public",
          title: "T",
          html: "<p>Three days.</p>",
        },
        previous: { status: "draft" },
      },
    },
    async sign({ body, secret, at }) {
      const signature = hex(await mac("SHA-256", bytesOf(secret), body + String(at)));
      return { "x-ghost-signature": `sha256=${signature}, t=${at}` };
    },
  },
  storyblok: {
    secret: "storyblok-secret",
    otherSecret: "storyblok-secret-2",
    options: { space_id: "123" },
    token: "sb-token",
    timed: false,
    repeatsMayBeNew: true,
    proof: "webhook-signature",
    body: { text: "published", action: "published", space_id: 123, story_id: 7, full_slug: "home" },
    sign: async ({ body, secret }) => ({
      "webhook-signature": hex(await mac("SHA-1", bytesOf(secret), body)),
    }),
  },
  hygraph: {
    secret: "hygraph-secret-0123456789",
    otherSecret: "hygraph-secret-2-0123456789",
    options: {},
    timed: true,
    proof: "gcms-signature",
    body: {
      operation: "publish",
      data: {
        __typename: "Article",
        id: "a1",
        stage: "PUBLISHED",
        title: "T",
        body: "Three days.",
      },
    },
    async sign({ body, secret, at }) {
      const text = JSON.stringify({ Body: body, EnvironmentName: "master", TimeStamp: at });
      const signature = base64(await mac("SHA-256", bytesOf(secret), text));
      return { "gcms-signature": `sign=${signature}, env=master, t=${at}` };
    },
  },
  "kontent-ai": {
    secret: "kontent-secret",
    otherSecret: "kontent-secret-2",
    options: { environment_id: "11111111-2222-4333-8444-555555555555" },
    timed: false,
    repeatsMayBeNew: true,
    proof: "x-kontent-ai-signature",
    body: {
      notifications: [
        {
          data: { system: { id: "i1", codename: "delivery", language: "en", type: "article" } },
          message: { object_type: "content_item", action: "published", delivery_slot: "published" },
        },
      ],
    },
    sign: async ({ body, secret }) => ({
      "x-kontent-ai-signature": base64(await mac("SHA-256", bytesOf(secret), body)),
    }),
  },
  wordpress: {
    secret: WHSEC,
    otherSecret: OTHER_WHSEC,
    options: { base_url: "https://blog.example.com" },
    timed: true,
    proof: "webhook-signature",
    body: {
      type: "post.published",
      timestamp: "2026-01-01T00:00:00Z",
      data: { id: 5, post_type: "post", rest_base: "posts" },
    },
    sign: ({ body, secret, at, id }) => standard(body, secret, at, id),
  },
  github: {
    secret: "It's a Secret to Everybody",
    otherSecret: "another secret to everybody",
    options: { repository: "octo/docs" },
    timed: false,
    proof: "x-hub-signature-256",
    body: {
      ref: "refs/heads/main",
      after: "a".repeat(40),
      created: false,
      deleted: false,
      forced: false,
      repository: {
        full_name: "octo/docs",
        default_branch: "main",
        pushed_at: 1_767_225_600,
        private: false,
      },
      commits: [{ added: ["guide/delivery.md"], modified: [], removed: [] }],
    },
    sign: async ({ body, secret, id }) => ({
      "x-hub-signature-256": `sha256=${hex(await mac("SHA-256", bytesOf(secret), body))}`,
      "x-github-event": "push",
      "x-github-delivery": id,
    }),
  },
  "standard-webhooks": {
    secret: WHSEC,
    otherSecret: OTHER_WHSEC,
    options: {},
    timed: true,
    proof: "webhook-signature",
    body: {
      type: "document.updated",
      timestamp: "2026-01-01T00:00:00Z",
      data: { id: "delivery", title: "Delivery", content: "It takes three days." },
    },
    sign: ({ body, secret, at, id }) => standard(body, secret, at, id),
  },
};
