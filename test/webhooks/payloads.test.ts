import { describe, expect, it } from "vitest";
import type { SourceType } from "../../src/webhooks/source-types.ts";
import { contentfulApi, githubApi, storyblokApi } from "../support/fake-apis.ts";
import { deliverAndApply, documentsOf, register, type Network } from "../support/source.ts";
import { hasPublicSets, payloads } from "../support/vectors.ts";

interface Expected {
  status: "done" | "ignored";
  /** The document it leads to, or why there is none. */
  document?: string;
  reason?: RegExp;
}

const stored = (document: string): Expected => ({ status: "done", document });
const ignored = (reason: RegExp): Expected => ({ status: "ignored", reason });

/** What each public payload means; a payload that is not listed here fails the test. */
const expected: Record<string, Expected> = {
  "contentful/Entry.publish.generic_text_page_publish_event.json": stored(
    "contentful/20Nz2Y1oRRDkCeAJ8Anbvd",
  ),
  "contentful/Entry.publish.homepage_publish_event.json": stored(
    "contentful/5bfZXM2wx8fCAb60IuLDdH",
  ),
  "ghost/post.published.json": stored("ghost/post/00000000-0000-4000-8000-000000000001"),
  "github/discussion.answered.payload.json": ignored(/discussion changes no file/),
  "github/discussion.created.payload.json": ignored(/discussion changes no file/),
  "github/gollum.payload.json": ignored(/pages changes no file/),
  "github/issue_comment.created.payload.json": ignored(/issue changes no file/),
  "github/issues.opened.payload.json": ignored(/issue changes no file/),
  "github/page_build.payload.json": ignored(/build changes no file/),
  "github/ping.payload.json": ignored(/set up/),
  "github/push.1.payload.json": ignored(/not a push to the branch/),
  "github/push.payload.json": ignored(/not a push to the branch/),
  "github/push.with-installation.payload.json": ignored(/not a push to the branch/),
  "github/push.with-new-branch.payload.json": stored("github/README.md"),
  "hygraph/update.large.json": ignored(/draft/),
  "storyblok/story.published.json": stored("storyblok/987654"),
  "strapi/entry.create.json": stored("strapi/address/1"),
  "strapi/entry.delete.json": { status: "done" },
  "strapi/entry.publish.json": stored("strapi/address/1"),
  "strapi/entry.unpublish.json": { status: "done" },
  "strapi/entry.update.json": stored("strapi/address/1"),
  "strapi/media.create.json": ignored(/media\.create concerns no entry/),
  "strapi/releases.publish.json": ignored(/releases\.publish concerns no entry/),
};

/** The options that the payloads' senders would need. */
const options: Partial<Record<SourceType, object>> = {
  contentful: {
    space_id: "83pwon8meh4m",
    title_fields: ["title", "slug"],
    body_fields: ["body", "description"],
  },
  github: { repository: "Codertocat/Hello-World" },
  storyblok: { space_id: "123456" },
  strapi: { title_fields: ["full_name"], body_fields: ["city"] },
};

const networks: Partial<Record<SourceType, Network>> = {
  storyblok: storyblokApi(
    { "987654": { name: "Home", content: { component: "page", body: "Text." } } },
    "sb-token",
  ),
  contentful: contentfulApi({}, ""),
  github: (url, request) => {
    const renamed = new URL(url.href.replace("/Codertocat/Hello-World/", "/octo/docs/"));
    const commit = "6113728f27ae82c7b1a177c8d03f9e96e0adf246";
    return githubApi({ commits: { [commit]: { "README.md": "# Hello\n\nWorld." } } })(
      renamed,
      request,
    );
  },
};

/** GitHub's files are bodies; the others carry the body with the headers beside it. */
function read(path: string, text: string): { body: object; headers: Record<string, string> } {
  const parsed = JSON.parse(text) as {
    headers?: Record<string, string>;
    body?: object;
    rawBody?: string;
  };
  if (path.startsWith("github/")) {
    const event = path.slice("github/".length).split(".")[0] ?? "";
    return { body: parsed, headers: { "x-github-event": event } };
  }
  return { body: parsed.body ?? (JSON.parse(parsed.rawBody ?? "") as object), headers: {} };
}

describe.runIf(hasPublicSets)("the public payloads", () => {
  it("there are 23 public payloads, each with a stated meaning", () => {
    expect(Object.keys(payloads)).toHaveLength(23);
    expect(Object.keys(payloads).toSorted()).toEqual(Object.keys(expected).toSorted());
  });

  it.each(Object.entries(payloads))(
    "the public payload %s is applied as stated",
    async (path, text) => {
      const type = path.split("/")[0] as SourceType;
      const source = await register(type, { options: options[type] ?? {} });
      const { body, headers } = read(path, text);
      const event = await deliverAndApply(source, body, networks[type], { headers });
      const { status, document, reason = /^$/ } = expected[path] ?? {};
      expect([path, event.status, event.reason ?? ""]).toEqual([
        path,
        status,
        expect.stringMatching(reason),
      ]);
      const documents = (await documentsOf(source)).filter((row) => row.status !== "deleted");
      expect(documents.map(({ external_id }) => external_id)).toEqual(document ? [document] : []);
      for (const { title, content } of documents) {
        expect(title).not.toBe("");
        expect(content.trim()).not.toBe("");
      }
    },
  );
});
