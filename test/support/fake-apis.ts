import type { Network } from "./source.ts";

/** Fakes of the vendors' delivery APIs, as far as they are called: addresses, credentials, shapes and errors as documented. */

type Entries = Record<string, Record<string, unknown> | undefined>;

/** contentful.com/developers/docs/references/content-delivery-api: entries by locale, errors as `sys.id`. */
export function contentfulApi(entries: Entries, token: string): Network {
  return (url, request) => {
    const [, spaces, space, environments, environment, kind, id = ""] = url.pathname.split("/");
    if (url.host !== "cdn.contentful.com" || spaces !== "spaces" || environments !== "environments")
      return contentfulError(404, "NotFound");
    if (request.headers.get("authorization") !== `Bearer ${token}`) {
      return contentfulError(401, "AccessTokenInvalid");
    }
    const entry = entries[id];
    if (space !== "space1" || environment !== "master" || kind !== "entries" || !entry) {
      return contentfulError(404, "NotFound");
    }
    return Response.json({
      sys: {
        id,
        type: "Entry",
        locale: url.searchParams.get("locale") ?? "en-US",
        updatedAt: "2026-01-01T00:00:00Z",
      },
      fields: entry,
    });
  };
}

const contentfulError = (status: number, id: string): Response =>
  Response.json({ sys: { type: "Error", id }, message: id }, { status });

/** sanity.io/docs/http-reference/doc: a missing document is 200 with `omitted`, a wrong token is 401. */
export function sanityApi(documents: Entries, token: string | undefined): Network {
  return (url, request) => {
    const match = /^\/v2021-10-21\/data\/doc\/(\w+)\/(.+)$/.exec(url.pathname);
    if (url.host !== "proj1.api.sanity.io" || !match) return new Response("", { status: 404 });
    if (match[1] !== "production") {
      return Response.json({ error: { description: "Dataset not found" } }, { status: 404 });
    }
    const given = request.headers.get("authorization");
    if (given !== null && given !== `Bearer ${token}`) return Response.json({}, { status: 401 });
    const id = decodeURIComponent(match[2] ?? "");
    const found = documents[id];
    if (found && found["private"] === true && given === null) {
      return Response.json({ documents: [], omitted: [{ id, reason: "permission" }] });
    }
    return Response.json(
      found
        ? { documents: [{ _id: id, _updatedAt: "2026-01-01T00:00:00Z", ...found }], omitted: [] }
        : { documents: [], omitted: [{ id, reason: "existence" }] },
    );
  };
}

/** storyblok.com/docs/api/content-delivery/v2: the token is in the query; a request without the current `cv` is redirected to it. */
export function storyblokApi(stories: Entries, token: string): Network {
  return (url) => {
    const id = /^\/v2\/cdn\/stories\/(.+)$/.exec(url.pathname)?.[1] ?? "";
    if (url.host !== "api.storyblok.com") return new Response("", { status: 404 });
    if (url.searchParams.get("token") !== token)
      return Response.json({ error: "Unauthorized" }, { status: 401 });
    if (url.searchParams.get("version") !== "published") return Response.json({}, { status: 401 });
    const cv = url.searchParams.get("cv");
    if (cv !== "1700000000") {
      const to = new URL(url);
      to.searchParams.set("cv", "1700000000");
      return new Response(null, { status: 301, headers: { location: to.href } });
    }
    const story = stories[id];
    if (!story) return Response.json(["This record could not be found"], { status: 404 });
    return Response.json({
      story: { id: Number(id), published_at: "2026-01-01T00:00:00.000Z", ...story },
      cv: 1_700_000_000,
    });
  };
}

/** kontent.ai/learn/docs/apis/openapi/delivery-api: a missing item has `error_code` 100; a missing language falls back to another. */
export function kontentApi(
  items: Entries,
  token: string | undefined,
  fallback = "default",
): Network {
  return (url, request) => {
    const match = /^\/11111111-2222-4333-8444-555555555555\/items\/(.+)$/.exec(url.pathname);
    if (url.host !== "deliver.kontent.ai" || !match)
      return Response.json({ error_code: 105 }, { status: 404 });
    const given = request.headers.get("authorization") ?? undefined;
    if (given !== (token === undefined ? undefined : `Bearer ${token}`)) {
      return Response.json({ error_code: 3 }, { status: 401 });
    }
    const codename = match[1] ?? "";
    const language = url.searchParams.get("language") ?? fallback;
    const variant = items[`${codename}/${language}`];
    const found = variant ?? items[`${codename}/${fallback}`];
    if (!found) return Response.json({ message: "not found", error_code: 100 }, { status: 404 });
    return Response.json({
      item: {
        system: {
          codename,
          language: variant ? language : fallback,
          last_modified: "2026-01-01T00:00:00Z",
        },
        elements: found,
      },
      modular_content: {},
    });
  };
}

/** developer.wordpress.org/rest-api/reference/posts: a draft is 401 without credentials, an unknown id 404. */
export function wordpressApi(posts: Entries): Network {
  return (url, request) => {
    const id = /^\/wp-json\/wp\/v2\/posts\/(\d+)$/.exec(url.pathname)?.[1] ?? "";
    if (url.host !== "blog.example.com" || !id)
      return Response.json({ code: "rest_no_route" }, { status: 404 });
    const post = posts[id];
    if (!post) return Response.json({ code: "rest_post_invalid_id" }, { status: 404 });
    if (post["status"] !== "publish" && !request.headers.has("authorization")) {
      return Response.json({ code: "rest_forbidden" }, { status: 401 });
    }
    return Response.json({ id: Number(id), ...post });
  };
}

export interface FakeRepository {
  /** Path → text, by commit. */
  commits: Record<string, Record<string, string>>;
  token?: string;
  truncated?: boolean;
}

/** docs.github.com/rest: contents and trees with a token, raw.githubusercontent.com without one; both require a user agent. */
export function githubApi({ commits, token, truncated = false }: FakeRepository): Network {
  return (url, request) => {
    if (!request.headers.get("user-agent")) return new Response("", { status: 403 });
    const given = request.headers.get("authorization");
    const raw = /^\/octo\/docs\/([0-9a-f]{40})\/(.+)$/.exec(url.pathname);
    if (url.host === "raw.githubusercontent.com" && raw) {
      const text =
        token === undefined ? commits[raw[1] ?? ""]?.[decodeURIComponent(raw[2] ?? "")] : undefined;
      return text === undefined
        ? new Response("404: Not Found", { status: 404 })
        : new Response(text);
    }
    if (url.host !== "api.github.com") return new Response("", { status: 404 });
    if (given !== null && given !== `Bearer ${token}`) {
      return Response.json({ message: "Bad credentials" }, { status: 401 });
    }
    if (token !== undefined && given === null)
      return Response.json({ message: "Not Found" }, { status: 404 });
    const tree = /^\/repos\/octo\/docs\/git\/trees\/([0-9a-f]{40})$/.exec(url.pathname)?.[1];
    if (tree && url.searchParams.get("recursive") === "1") {
      const files = Object.keys(commits[tree] ?? {});
      const folders = new Set(
        files.flatMap((path) => (path.includes("/") ? [path.replace(/\/[^/]*$/, "")] : [])),
      );
      return Response.json({
        sha: tree,
        truncated,
        tree: [
          ...[...folders].map((path) => ({ path, type: "tree" })),
          ...files.map((path) => ({ path, type: "blob" })),
        ],
      });
    }
    const path = /^\/repos\/octo\/docs\/contents\/(.+)$/.exec(url.pathname)?.[1] ?? "";
    const text = commits[url.searchParams.get("ref") ?? ""]?.[decodeURIComponent(path)];
    if (text === undefined) return Response.json({ message: "Not Found" }, { status: 404 });
    if (request.headers.get("accept") !== "application/vnd.github.raw+json") {
      return Response.json({ encoding: "base64", content: btoa(text) });
    }
    return new Response(text);
  };
}
