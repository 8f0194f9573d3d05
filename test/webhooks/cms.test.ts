import { describe, expect, it } from "vitest";
import {
  contentfulApi,
  kontentApi,
  sanityApi,
  storyblokApi,
  wordpressApi,
} from "../support/fake-apis.ts";
import { senders } from "../support/senders.ts";
import {
  deliverAndApply,
  documentsOf,
  present,
  register,
  type Network,
  type TestSource,
} from "../support/source.ts";

const paragraph = (text: string) => ({
  nodeType: "document",
  data: {},
  content: [
    {
      nodeType: "paragraph",
      data: {},
      content: [{ nodeType: "text", value: text, marks: [], data: {} }],
    },
  ],
});

describe("Contentful", () => {
  const entry = (fields: object, more: object = {}) => ({
    sys: {
      type: "Entry",
      id: "e1",
      space: { sys: { id: "space1" } },
      environment: { sys: { id: "master" } },
      contentType: { sys: { id: "article" } },
      updatedAt: "2026-03-01T10:00:00Z",
      ...more,
    },
    fields,
  });
  const send = (source: TestSource, topic: string, body: object, network?: Network) =>
    deliverAndApply(source, body, network, { topic });

  it("a Contentful source without a token stores an entry as it was delivered", async () => {
    const source = await register("contentful", {
      options: {
        locale: "de",
        url_template: "https://help.example.com/{slug}",
        audience: ["customers"],
        language: "de",
      },
    });
    const event = await send(
      source,
      "Entry.publish",
      entry({
        title: { "en-US": "Delivery", de: "Lieferung" },
        slug: { "en-US": "delivery", de: "lieferung/übersicht" },
        body: { "en-US": paragraph("Three days."), de: paragraph("Drei Tage.") },
      }),
    );
    expect(event).toMatchObject({ status: "done", type: "ContentManagement.Entry.publish" });
    expect(await documentsOf(source)).toEqual([
      {
        external_id: "contentful/e1",
        title: "Lieferung",
        content: expect.stringContaining("Drei Tage."),
        content_type: "text/markdown",
        url: "https://help.example.com/lieferung/%C3%BCbersicht",
        audience: '["customers"]',
        language: "de",
        status: "pending",
      },
    ]);
  });

  it("a Contentful source with a token reads an entry from the delivery API, and removes its document when it is not there", async () => {
    const entries: Parameters<typeof contentfulApi>[0] = {
      e1: { title: "Delivery", body: paragraph("As published."), internal: "secret note" },
    };
    const source = await register("contentful", { token: "cda" });
    const network = contentfulApi(entries, "cda");
    await send(
      source,
      "Entry.publish",
      entry({ title: { en: "x" }, body: { en: "As drafted." } }),
      network,
    );
    expect(await present(source)).toEqual({
      "contentful/e1": expect.stringContaining("As published."),
    });
    expect(JSON.stringify(await documentsOf(source))).not.toContain("secret note");

    delete entries["e1"];
    const gone = await send(
      source,
      "Entry.publish",
      entry({}, { updatedAt: "2026-03-01T11:00:00Z" }),
      network,
    );
    expect(gone.results).toEqual([
      { external_id: "contentful/e1", result: "removed", reason: "It is not published." },
    ]);
  });

  it.each(["Entry.unpublish", "Entry.delete", "Entry.archive"])(
    "a Contentful entry's document is removed after %s",
    async (topic) => {
      const source = await register("contentful");
      await send(source, "Entry.publish", entry({ title: { en: "T" }, body: { en: "Text." } }));
      await send(
        source,
        topic,
        entry({}, { type: "DeletedEntry", updatedAt: "2026-03-02T10:00:00Z" }),
      );
      expect(await present(source)).toEqual({});
      // An out-of-order event does not restore it.
      const late = await send(
        source,
        "Entry.publish",
        entry({ title: { en: "T" }, body: { en: "Older text." } }),
      );
      expect(late.results).toEqual([{ external_id: "contentful/e1", result: "stale" }]);
      expect(await present(source)).toEqual({});
    },
  );

  it.each([
    ["Entry.auto_save", entry({ body: { en: "draft" } }), /nothing that is published/],
    ["Entry.create", entry({ body: { en: "draft" } }), /nothing that is published/],
    ["Asset.publish", entry({}), /no entry/],
    ["ContentType.publish", entry({}), /no entry/],
    ["Entry.teleport", entry({}), /nothing that is published/],
    [
      "Entry.publish",
      entry({ body: { en: "x" } }, { space: { sys: { id: "other" } } }),
      /space other/,
    ],
    [
      "Entry.publish",
      entry({ body: { en: "x" } }, { contentType: { sys: { id: "banner" } } }),
      /banner/,
    ],
    [
      "Entry.publish",
      entry({ body: { en: "x" } }, { environment: { sys: { id: "staging" } } }),
      /staging/,
    ],
  ])("a Contentful source ignores %s and says why", async (topic, body, reason) => {
    const source = await register("contentful", {
      options: { types: ["article"], environment: "master" },
    });
    const event = await send(source, topic, body);
    expect(event).toMatchObject({
      status: "ignored",
      reason: expect.stringMatching(reason),
      results: [],
    });
    expect(await documentsOf(source)).toEqual([]);
  });

  it("the document of a Contentful entry is removed when its text was emptied", async () => {
    const source = await register("contentful");
    await send(source, "Entry.publish", entry({ title: { en: "T" }, body: { en: "Text." } }));
    await send(
      source,
      "Entry.publish",
      entry({ title: { en: "T" } }, { updatedAt: "2026-03-02T10:00:00Z" }),
    );
    expect(await present(source)).toEqual({});
  });
});

describe("Sanity", () => {
  const blocks = (text: string) => [
    {
      _type: "block",
      _key: "a",
      style: "normal",
      markDefs: [],
      children: [{ _type: "span", _key: "b", text, marks: [] }],
    },
  ];

  it("a Sanity source reads the document that an event names from the API, whatever else the event says", async () => {
    const documents: Parameters<typeof sanityApi>[0] = {
      doc1: {
        _type: "article",
        title: "Delivery",
        slug: { current: "delivery" },
        body: blocks("Three days."),
      },
    };
    const source = await register("sanity", {
      options: { url_template: "https://help.example.com/{slug.current}", types: ["article"] },
    });
    const network = sanityApi(documents, undefined);
    await deliverAndApply(source, { _id: "doc1" }, network);
    expect(await documentsOf(source)).toMatchObject([
      { external_id: "sanity/doc1", title: "Delivery", url: "https://help.example.com/delivery" },
    ]);
    // A header that the signature does not cover removes no document.
    const claimed = await deliverAndApply(source, { _id: "doc1" }, network, {
      headers: { "sanity-operation": "delete" },
    });
    expect(claimed.results).toEqual([{ external_id: "sanity/doc1", result: "unchanged" }]);
    delete documents["doc1"];
    await deliverAndApply(source, { _id: "doc1" }, network, {
      headers: { "sanity-operation": "delete" },
    });
    expect(await present(source)).toEqual({});
  });

  it("a Sanity source ignores drafts and other types, and explains a wrong token", async () => {
    const source = await register("sanity", { token: "right", options: { types: ["article"] } });
    for (const body of [
      { _id: "drafts.doc1" },
      { _id: "versions.r1.doc1" },
      { _id: "x", _type: "author" },
      {},
    ])
      expect(await deliverAndApply(source, body)).toMatchObject({ status: "ignored" });
    const refused = await deliverAndApply(
      source,
      { _id: "doc1" },
      sanityApi({ doc1: {} }, "other"),
    );
    expect(refused).toMatchObject({
      status: "failed",
      reason: expect.stringMatching(/refuses the source's token/),
    });
    const open = await register("sanity");
    const hidden = await deliverAndApply(
      open,
      { _id: "doc1" },
      sanityApi({ doc1: { private: true } }, "t"),
    );
    expect(hidden).toMatchObject({
      status: "failed",
      reason: expect.stringMatching(/token may not read/),
    });
  });
});

describe("Strapi", () => {
  const event = (name: string, entry: object, createdAt = "2026-03-01T10:00:00Z") => ({
    event: `entry.${name}`,
    createdAt,
    model: "article",
    entry: { id: 3, documentId: "abc", locale: "en", ...entry },
  });
  const published = { publishedAt: "2026-03-01T09:00:00Z", title: "Delivery" };

  it("a Strapi source stores published entries in blocks, Markdown, HTML or a dynamic zone", async () => {
    const source = await register("strapi", {
      options: { body_fields: ["intro", "blocks", "sections"] },
    });
    await deliverAndApply(
      source,
      event("publish", {
        ...published,
        intro: "<p>In <b>HTML</b>.</p>",
        blocks: [{ type: "paragraph", children: [{ type: "text", text: "In blocks." }] }],
        sections: [
          {
            __component: "shared.faq",
            id: 1,
            title: "How fast?",
            answer: "Very **fast**.",
            layout: "wide",
          },
          {
            __component: "shared.rich",
            id: 2,
            body: [{ type: "paragraph", children: [{ type: "text", text: "Nested." }] }],
          },
        ],
      }),
    );
    const { "strapi/article/abc/en": text } = await present(source);
    expect(text).toMatch(
      /In \*\*HTML\*\*\.\s+In blocks\.\s+## How fast\?\s+Very \*\*fast\*\*\.\s+Nested\./,
    );
    expect(text).not.toContain("wide");
  });

  it("a Strapi source ignores drafts and out-of-order updates, and removes what is unpublished or deleted", async () => {
    const source = await register("strapi");
    await deliverAndApply(source, event("publish", { ...published, body: "One." }));
    expect(
      await deliverAndApply(
        source,
        event("update", { publishedAt: null, body: "Draft." }, "2026-03-01T10:30:00Z"),
      ),
    ).toMatchObject({
      status: "ignored",
      reason: "It concerns a draft.",
    });
    expect(Object.values(await present(source))).toEqual(["One."]);
    await deliverAndApply(
      source,
      event("unpublish", { publishedAt: null }, "2026-03-01T12:00:00Z"),
    );
    const late = await deliverAndApply(
      source,
      event("update", { ...published, body: "Older." }, "2026-03-01T11:00:00Z"),
    );
    expect(late.results).toMatchObject([{ result: "stale" }]);
    expect(await present(source)).toEqual({});
    await deliverAndApply(
      source,
      event("publish", { ...published, body: "Again." }, "2026-03-01T13:00:00Z"),
    );
    expect(Object.values(await present(source))).toEqual(["Again."]);
    await deliverAndApply(source, event("delete", published, "2026-03-01T14:00:00Z"));
    expect(await present(source)).toEqual({});
  });

  it("a Strapi source ignores an entry's first publication that comes after its deletion", async () => {
    const source = await register("strapi");
    await deliverAndApply(source, event("delete", published, "2026-03-01T14:00:00Z"));
    await deliverAndApply(
      source,
      event("publish", { ...published, body: "Text." }, "2026-03-01T13:00:00Z"),
    );
    expect(await present(source)).toEqual({});
  });
});

describe("Ghost", () => {
  const post = (current: object, previous: object = {}, kind = "post") => ({
    [kind]: { current, previous },
  });
  const live = {
    uuid: "u1",
    status: "published",
    visibility: "public",
    title: "Delivery",
    url: "https://blog.example.com/delivery/",
  };

  it("a Ghost source reads from the post's state what happened to it", async () => {
    const source = await register("ghost");
    await deliverAndApply(
      source,
      post({ ...live, html: "<h2>How long</h2><p>Three days.</p>" }, { status: "draft" }),
    );
    expect(await documentsOf(source)).toMatchObject([
      { external_id: "ghost/post/u1", title: "Delivery", content_type: "text/html", url: live.url },
    ]);
    await deliverAndApply(
      source,
      post({ ...live, status: "draft", html: "<p>x</p>" }, { status: "published" }),
    );
    expect(await present(source)).toEqual({});
    await deliverAndApply(
      source,
      post({ ...live, html: "<p>Four days.</p>" }, { status: "draft" }),
    );
    expect(await present(source)).toEqual({ "ghost/post/u1": "<p>Four days.</p>" });
    await deliverAndApply(source, post({}, { uuid: "u1", title: "Delivery" }));
    expect(await present(source)).toEqual({});
  });

  it("a Ghost source stores members' posts only where an audience is set for them", async () => {
    const paid = { ...live, visibility: "paid", html: "<p>For payers.</p>" };
    const source = await register("ghost");
    await deliverAndApply(source, post({ ...live, html: "<p>Public.</p>" }));
    await deliverAndApply(source, post(paid, { visibility: "public" }));
    expect(await present(source)).toEqual({});
    const told = await register("ghost", { options: { members_audience: ["members"] } });
    await deliverAndApply(told, post(paid));
    expect(await documentsOf(told)).toMatchObject([{ audience: '["members"]' }]);
  });

  it("a Ghost source ignores drafts, members and tags", async () => {
    const source = await register("ghost");
    for (const body of [
      post({ ...live, status: "draft" }),
      post({ uuid: "m" }, {}, "member"),
      post({ id: 1 }, {}, "tag"),
      {},
    ])
      expect(await deliverAndApply(source, body)).toMatchObject({ status: "ignored" });
  });
});

describe("Storyblok", () => {
  const story = (text: string) => ({
    name: "Home",
    full_slug: "help/home",
    content: {
      component: "page",
      title: "Delivery",
      body: [
        { _uid: "a", component: "teaser", headline: "How long", style: "blue" },
        {
          _uid: "b",
          component: "text",
          text: {
            type: "doc",
            content: [{ type: "paragraph", content: [{ type: "text", text }] }],
          },
        },
      ],
    },
  });
  const event = (action: string) => ({ text: `… ${action}`, action, space_id: 123, story_id: 7 });

  it("a Storyblok source reads the story from the API each time, also after an identical delivery", async () => {
    const stories: Parameters<typeof storyblokApi>[0] = { "7": story("Three days.") };
    const source = await register("storyblok", {
      options: { url_template: "https://help.example.com/{full_slug}" },
    });
    const network = storyblokApi(stories, "sb-token");
    await deliverAndApply(source, event("published"), network);
    expect(await documentsOf(source)).toMatchObject([
      { external_id: "storyblok/7", title: "Delivery", url: "https://help.example.com/help/home" },
    ]);
    expect(Object.values(await present(source))[0]).toMatch(/## How long\s+Three days\./);
    stories["7"] = story("Four days.");
    await deliverAndApply(source, event("published"), network);
    expect(Object.values(await present(source))[0]).toContain("Four days.");

    // A replayed deletion does not take down what is published.
    await deliverAndApply(source, event("deleted"), network);
    expect(Object.values(await present(source))[0]).toContain("Four days.");
    delete stories["7"];
    await deliverAndApply(source, event("unpublished"), network);
    expect(await present(source)).toEqual({});
    stories["7"] = story("Five days.");
    await deliverAndApply(source, event("published"), network);
    expect(Object.values(await present(source))[0]).toContain("Five days.");
  });

  it("a Storyblok source's token is never written where it could be read", async () => {
    const source = await register("storyblok", { token: "very-secret-token" });
    const event1 = await deliverAndApply(source, event("published"), storyblokApi({}, "other"));
    expect(event1.status).toBe("failed");
    expect(JSON.stringify(event1)).not.toContain("very-secret-token");
  });

  it("a Storyblok source ignores events that concern no story of its space", async () => {
    const source = await register("storyblok");
    for (const body of [
      { action: "entries_updated", space_id: 123, datasource_id: 1 },
      { action: "published", space_id: 999, story_id: 7 },
      { action: "workflow_stage_changed", space_id: 123, story_id: 7 },
      {},
    ])
      expect(await deliverAndApply(source, body)).toMatchObject({ status: "ignored" });
  });
});

describe("Hygraph", () => {
  const event = (operation: string, data: object) => ({
    operation,
    data: { __typename: "Article", id: "a1", stage: "PUBLISHED", ...data },
  });

  it("a Hygraph source ingests published entries, with localized and rich fields", async () => {
    const source = await register("hygraph", { options: { locale: "de" } });
    await deliverAndApply(
      source,
      event("publish", {
        title: "Delivery",
        localizations: [
          {
            locale: "en",
            body: {
              json: { children: [{ type: "paragraph", children: [{ text: "Three days." }] }] },
            },
          },
          {
            locale: "de",
            title: "Lieferung",
            body: {
              json: { children: [{ type: "paragraph", children: [{ text: "Drei Tage." }] }] },
            },
          },
        ],
      }),
    );
    expect(await documentsOf(source)).toMatchObject([
      {
        external_id: "hygraph/Article/a1",
        title: "Lieferung",
        content: expect.stringContaining("Drei Tage."),
      },
    ]);
    expect(
      await deliverAndApply(source, event("update", { stage: "DRAFT", body: "Draft." })),
    ).toMatchObject({ status: "ignored" });
    await deliverAndApply(source, event("unpublish", { stage: "DRAFT" }));
    expect(await present(source)).toEqual({});
  });
});

describe("Kontent.ai", () => {
  const note = (action: string, language = "en", more: object = {}) => ({
    data: { system: { id: "i1", codename: "delivery", language, type: "article" } },
    message: {
      environment_id: senders["kontent-ai"].options["environment_id"],
      object_type: "content_item",
      action,
      delivery_slot: "published",
      ...more,
    },
  });
  const item = (text: string) => ({
    title: { type: "text", name: "Title", value: "Delivery" },
    body: {
      type: "rich_text",
      name: "Body",
      value: `<p>${text}</p>`,
      images: {},
      links: {},
      modular_content: [],
    },
  });

  it("a Kontent.ai source reads each language variant, never the language it falls back to", async () => {
    const items: Parameters<typeof kontentApi>[0] = {
      "delivery/en": item("Three days."),
      "delivery/default": item("Fallback."),
    };
    const source = await register("kontent-ai", { token: "k" });
    const network = kontentApi(items, "k");
    const first = await deliverAndApply(
      source,
      { notifications: [note("published"), note("published", "de")] },
      network,
    );
    expect(first.results).toMatchObject([
      { external_id: "kontent-ai/i1/en", result: "stored" },
      { external_id: "kontent-ai/i1/de", result: "removed" },
    ]);
    expect(await present(source)).toEqual({
      "kontent-ai/i1/en": expect.stringContaining("Three days."),
    });
    items["delivery/en"] = undefined;
    await deliverAndApply(source, { notifications: [note("unpublished")] }, network);
    expect(await present(source)).toEqual({});
    // Published again without a change of the text: its own time of modification is older than the removal.
    items["delivery/en"] = item("Three days.");
    await deliverAndApply(source, { notifications: [note("published")] }, network);
    expect(await present(source)).toEqual({
      "kontent-ai/i1/en": expect.stringContaining("Three days."),
    });
  });

  it("a Kontent.ai source ignores previews, other objects and other environments", async () => {
    const source = await register("kontent-ai", { options: { item_language: "en" } });
    const notifications = [
      note("published", "en", { delivery_slot: "preview" }),
      note("changed", "en", { object_type: "taxonomy" }),
      note("published", "de"),
      note("workflow_step_changed"),
      note("published", "en", { environment_id: "other" }),
    ];
    for (const item of notifications)
      expect(await deliverAndApply(source, { notifications: [item] })).toMatchObject({
        status: "ignored",
      });
    expect(await deliverAndApply(source, { notifications: [] })).toMatchObject({
      status: "ignored",
    });
    expect(await deliverAndApply(source, {})).toMatchObject({ status: "ignored" });
  });
});

describe("WordPress", () => {
  const event = (type: string, timestamp = "2026-03-01T10:00:00Z") => ({
    type: `post.${type}`,
    timestamp,
    data: { id: 5, post_type: "post", rest_base: "posts" },
  });
  const post = (html: string, more: object = {}) => ({
    status: "publish",
    link: "https://blog.example.com/delivery/",
    title: { rendered: "Tom &amp; Jerry&#8217;s delivery" },
    content: { rendered: html, protected: false },
    ...more,
  });

  it("a WordPress source reads the post as visitors see it, and removes it when they may not see it", async () => {
    const posts: Parameters<typeof wordpressApi>[0] = { "5": post("<p>Three days.</p>") };
    const source = await register("wordpress");
    const network = wordpressApi(posts);
    await deliverAndApply(source, event("published"), network);
    expect(await documentsOf(source)).toMatchObject([
      {
        external_id: "wordpress/post/5",
        title: "Tom & Jerry’s delivery",
        content: "<p>Three days.</p>",
        url: "https://blog.example.com/delivery/",
      },
    ]);
    posts["5"] = post("", { content: { rendered: "", protected: true } });
    await deliverAndApply(source, event("published", "2026-03-01T11:00:00Z"), network);
    expect(await present(source)).toEqual({});
    posts["5"] = post("<p>Back.</p>");
    await deliverAndApply(source, event("published", "2026-03-01T12:00:00Z"), network);
    expect(Object.keys(await present(source))).toHaveLength(1);
    posts["5"] = post("<p>Draft.</p>", { status: "draft" });
    await deliverAndApply(source, event("published", "2026-03-01T13:00:00Z"), network);
    expect(await present(source)).toEqual({});
    for (const type of ["unpublished", "deleted"])
      expect(await deliverAndApply(source, event(type, "2026-03-01T14:00:00Z"))).toMatchObject({
        status: "done",
      });
  });
});

describe("Standard Webhooks", () => {
  const event = (type: string, data: object, timestamp = "2026-03-01T10:00:00Z") => ({
    type,
    timestamp,
    data,
  });

  it("a Standard Webhooks source accepts documents in the form of the documents API", async () => {
    const source = await register("standard-webhooks", {
      name: "shop",
      options: { audience: ["staff"] },
    });
    await deliverAndApply(
      source,
      event("document.created", {
        id: "a b/é",
        title: "T",
        content: "<p>Text.</p>",
        content_type: "text/html",
        url: "https://shop.example.com/a",
      }),
    );
    expect(await documentsOf(source)).toMatchObject([
      {
        external_id: "shop/a%20b/é",
        content_type: "text/html",
        audience: '["staff"]',
        url: "https://shop.example.com/a",
      },
    ]);
    await deliverAndApply(
      source,
      event("document.deleted", { id: "a b/é" }, "2026-03-01T11:00:00Z"),
    );
    expect(await present(source)).toEqual({});
  });

  it.each([
    [event("document.updated", { id: "x", title: "", content: "c" }), /title/],
    [event("document.updated", { id: "x", title: "T", content: 5 }), /content/],
    [
      event("document.updated", { id: "x", title: "T", content: "c", content_type: "image/png" }),
      /text\/markdown/,
    ],
    [
      event("document.updated", { id: "x", title: "T", content: "c", url: "javascript:alert(1)" }),
      /url/,
    ],
  ])(
    "a Standard Webhooks source says what is wrong with invalid document %#",
    async (body, reason) => {
      const source = await register("standard-webhooks");
      expect(await deliverAndApply(source, body)).toMatchObject({
        status: "failed",
        reason: expect.stringMatching(reason),
      });
    },
  );

  it("a Standard Webhooks source ignores other events", async () => {
    const source = await register("standard-webhooks");
    for (const body of [
      event("invoice.paid", { id: "i" }),
      event("document.viewed", { id: "i" }),
      event("document.updated", {}),
      { type: 5 },
    ])
      expect(await deliverAndApply(source, body)).toMatchObject({ status: "ignored" });
  });
});
