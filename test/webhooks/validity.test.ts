import { expect, it } from "vitest";
import type { SourceType } from "../../src/webhooks/source-types.ts";
import {
  githubApi,
  kontentApi,
  sanityApi,
  storyblokApi,
  wordpressApi,
} from "../support/fake-apis.ts";
import { read } from "../support/pipeline.ts";
import { senders } from "../support/senders.ts";
import { deliverAndApply, present, register, type Network } from "../support/source.ts";

const COMMIT = "a".repeat(40);
const TITLED = { title: "Summer hours", body: "We open at six." };

interface Case {
  body: object;
  network?: Network;
  topic?: string;
  options?: object;
  valid_from: string | null;
  valid_until: string | null;
}

const contentful = {
  sys: {
    type: "Entry",
    id: "e1",
    space: { sys: { id: "space1" } },
    environment: { sys: { id: "master" } },
    contentType: { sys: { id: "article" } },
    updatedAt: "2026-03-01T10:00:00Z",
  },
};
const inEnglish = (fields: object): object =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, { en: value }]));

/** Each CMS writes dates in its own way; times without a zone are UTC. */
const CASES: [SourceType, Case][] = [
  [
    "contentful",
    {
      body: {
        ...contentful,
        fields: inEnglish({
          ...TITLED,
          validFrom: "2026-06-01T08:00+02:00",
          validUntil: "2026-08-31",
        }),
      },
      topic: "Entry.publish",
      valid_from: "2026-06-01T08:00:00+02:00",
      valid_until: "2026-08-31",
    },
  ],
  [
    "strapi",
    {
      body: {
        event: "entry.publish",
        model: "article",
        createdAt: "2026-03-01T10:00:00.000Z",
        entry: { id: 1, ...TITLED, publishedAt: "2026-03-01", ends: "2026-08-31T22:00:00.000Z" },
      },
      options: { valid_until_fields: ["ends"] },
      valid_from: null,
      valid_until: "2026-08-31T22:00:00.000Z",
    },
  ],
  [
    "sanity",
    {
      body: { _id: "doc1", _type: "article", operation: "update" },
      network: sanityApi(
        { doc1: { _type: "article", ...TITLED, period: { from: "2026-06-01" } } },
        undefined,
      ),
      options: { valid_from_fields: ["period.from"] },
      valid_from: "2026-06-01",
      valid_until: null,
    },
  ],
  [
    "storyblok",
    {
      body: { action: "published", space_id: 123, story_id: 7 },
      network: storyblokApi(
        {
          "7": {
            name: "Hours",
            content: { component: "page", ...TITLED, valid_until: "2026-08-31 18:00" },
          },
        },
        "sb-token",
      ),
      valid_from: null,
      valid_until: "2026-08-31T18:00:00Z",
    },
  ],
  [
    "hygraph",
    {
      body: {
        operation: "publish",
        data: {
          __typename: "Article",
          id: "h1",
          stage: "PUBLISHED",
          ...TITLED,
          validFrom: "2026-06-01",
        },
      },
      valid_from: "2026-06-01",
      valid_until: null,
    },
  ],
  [
    "kontent-ai",
    {
      body: {
        notifications: [
          {
            data: { system: { id: "i1", codename: "hours", language: "en", type: "article" } },
            message: {
              environment_id: senders["kontent-ai"].options["environment_id"],
              object_type: "content_item",
              action: "published",
              delivery_slot: "published",
            },
          },
        ],
      },
      network: kontentApi(
        {
          "hours/en": {
            title: { type: "text", value: "Hours" },
            body: { type: "text", value: "We open at six." },
            valid_from: { type: "date_time", value: "2026-06-01T00:00:00Z" },
          },
        },
        undefined,
      ),
      valid_from: "2026-06-01T00:00:00Z",
      valid_until: null,
    },
  ],
  [
    "wordpress",
    {
      body: {
        type: "post.published",
        timestamp: "2026-03-01T10:00:00Z",
        data: { id: 5, post_type: "post", rest_base: "posts" },
      },
      network: wordpressApi({
        "5": {
          status: "publish",
          title: { rendered: "Hours" },
          content: { rendered: "<p>We open at six.</p>", protected: false },
          acf: { valid_from: "20260601", valid_until: "" },
          meta: { valid_until: "2026-08-31" },
        },
      }),
      valid_from: "2026-06-01",
      valid_until: "2026-08-31",
    },
  ],
  [
    "github",
    {
      body: {
        ref: "refs/heads/main",
        after: COMMIT,
        repository: {
          full_name: "octo/docs",
          default_branch: "main",
          pushed_at: 1_772_359_200,
          private: false,
        },
        commits: [{ added: ["hours.md"] }],
      },
      network: githubApi({
        commits: {
          [COMMIT]: {
            "hours.md": `---\ntitle: Hours\nvalid_until: "2026-08-31"\n---\n\nWe open at six.`,
          },
        },
      }),
      valid_from: null,
      valid_until: "2026-08-31",
    },
  ],
  [
    "standard-webhooks",
    {
      body: {
        type: "document.updated",
        timestamp: "2026-03-01T10:00:00Z",
        data: { id: "hours", title: "Hours", content: "We open at six.", valid_from: "2026-06-01" },
      },
      valid_from: "2026-06-01",
      valid_until: null,
    },
  ],
];

it.each(CASES)(
  "a %s source takes the validity of a document from its entry",
  async (type, { body, network, topic, options = {}, ...validity }) => {
    const token = { sanity: undefined, storyblok: "sb-token" }[type as string];
    const source = await register(type, { options, ...(token && { token }) });
    const event = await deliverAndApply(source, body, network, topic ? { topic } : {});
    expect(event).toMatchObject({ status: "done", results: [{ result: "stored" }] });
    const [id = ""] = Object.keys(await present(source));
    expect(await read(source.workspace, id)).toMatchObject(validity);
  },
);

it("an entry whose validity is no date, or ends before it begins, fails with the field's name, and its document stays as it was", async () => {
  const source = await register("standard-webhooks");
  const send = (data: object, minute: number) =>
    deliverAndApply(source, {
      type: "document.updated",
      timestamp: `2026-03-01T10:0${minute}:00Z`,
      data: { id: "hours", title: "Hours", content: "We open at six.", ...data },
    });
  await send({}, 0);
  expect(await send({ content: "Seven.", valid_until: "soon" }, 1)).toMatchObject({
    status: "failed",
    reason: expect.stringContaining("valid_until"),
  });
  const reversed = { content: "Seven.", valid_from: "2026-06-02", valid_until: "2026-06-01" };
  expect((await send(reversed, 2)).results).toMatchObject([
    { result: "failed", reason: expect.stringContaining("valid_until: is not after valid_from") },
  ]);
  expect(Object.values(await present(source))).toEqual(["We open at six."]);
});

it("a CMS's field that is no date fails its entry with the value's field", async () => {
  const source = await register("contentful");
  const fields = inEnglish({ ...TITLED, valid_until: "end of the season" });
  const event = await deliverAndApply(source, { ...contentful, fields }, undefined, {
    topic: "Entry.publish",
  });
  expect(event.results).toMatchObject([
    { result: "failed", reason: expect.stringContaining("valid_until: is neither a date") },
  ]);
});
