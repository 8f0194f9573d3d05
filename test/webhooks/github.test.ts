import { describe, expect, it } from "vitest";
import { githubApi, type FakeRepository } from "../support/fake-apis.ts";
import {
  deliver,
  deliverAndApply,
  documentsOf,
  present,
  readEvents,
  register,
  serve,
} from "../support/source.ts";

const commit = (letter: string): string => letter.repeat(40);
let second = 1_767_225_600;

interface Commit {
  added?: string[];
  modified?: string[];
  removed?: string[];
}

function push(after: string, commits: Commit[], more: object = {}): Record<string, unknown> {
  return {
    ref: "refs/heads/main",
    before: commit("0"),
    after,
    created: false,
    deleted: false,
    forced: false,
    repository: {
      full_name: "octo/docs",
      default_branch: "main",
      pushed_at: ++second,
      private: false,
    },
    pusher: { name: "octo", email: "octo@example.com" },
    commits: commits.map((item) => ({
      id: after,
      message: "m",
      timestamp: "2020-01-01T00:00:00Z",
      author: { email: "octo@example.com" },
      ...item,
    })),
    ...more,
  };
}

it("a GitHub source follows files that are added, changed, renamed and removed below its folder", async () => {
  const repository: FakeRepository = {
    commits: {
      [commit("a")]: {
        "help/delivery.md": "---\ntitle: 'Delivery times'\n---\n\nThree days.",
        "help/deep/returns policy.md": "# Returns\n\nThirty days.",
        "help/untitled_page.mdx": "No heading here.",
        "README.md": "Not below the folder.",
        "help/image.png": "x",
        "help/.drafts/secret.md": "Hidden.",
      },
    },
  };
  const source = await register("github", {
    name: "docs",
    options: {
      folder: "/help/",
      url_template: "https://help.example.com/{path_without_extension}",
    },
  });
  const network = githubApi(repository);
  const added = Object.keys(repository.commits[commit("a")] ?? {});
  const first = await deliverAndApply(source, push(commit("a"), [{ added }]), network);
  expect(first.results).toHaveLength(3);
  expect(await documentsOf(source)).toMatchObject([
    {
      external_id: "docs/help/deep/returns%20policy.md",
      title: "Returns",
      url: "https://help.example.com/help/deep/returns%20policy",
    },
    { external_id: "docs/help/delivery.md", title: "Delivery times" },
    { external_id: "docs/help/untitled_page.mdx", title: "untitled page" },
  ]);

  repository.commits[commit("b")] = {
    "help/shipping.md": "# Shipping\n\nFour days.",
    "help/untitled_page.mdx": "Changed.",
  };
  await deliverAndApply(
    source,
    push(commit("b"), [
      { added: ["help/shipping.md"], removed: ["help/delivery.md"] },
      { modified: ["help/untitled_page.mdx", "README.md"] },
      { removed: ["help/deep/returns policy.md"] },
    ]),
    network,
  );
  expect(await present(source)).toEqual({
    "docs/help/shipping.md": "# Shipping\n\nFour days.",
    "docs/help/untitled_page.mdx": "Changed.",
  });
});

it("a GitHub source follows the pushed commit's files, whatever order a merge lists its commits in", async () => {
  const repository: FakeRepository = { commits: { [commit("c")]: { "kept.md": "Kept." } } };
  const source = await register("github");
  await deliverAndApply(
    source,
    push(commit("c"), [
      { added: ["kept.md", "gone.md"] },
      { removed: ["kept.md"] },
      { modified: ["gone.md"] },
    ]),
    githubApi(repository),
  );
  expect(await present(source)).toEqual({ "github/kept.md": "Kept." });
});

it("a GitHub source reads a private repository with its token, and says so when there is none", async () => {
  const repository: FakeRepository = {
    token: "t",
    commits: { [commit("d")]: { "a.md": "Private text." } },
  };
  const body = push(commit("d"), [{ added: ["a.md"] }]);
  (body["repository"] as Record<string, unknown>)["private"] = true;
  const open = await register("github");
  expect(await deliverAndApply(open, body)).toMatchObject({
    status: "failed",
    reason: expect.stringMatching(/private/),
  });
  const source = await register("github", { token: "t" });
  await deliverAndApply(source, body, githubApi(repository));
  expect(await documentsOf(source)).toMatchObject([{ content: "Private text.", url: null }]);
  const wrong = await register("github", { token: "other" });
  const refused = await deliverAndApply(wrong, body, githubApi(repository));
  expect(refused).toMatchObject({
    status: "failed",
    reason: expect.stringMatching(/refuses the source's token/),
  });
});

describe("files that no list of commits names", () => {
  const files = { "a.md": "A.", "b.md": "B.", "code.ts": "x" };

  it.each([
    ["a force-push", { forced: true }],
    ["a new branch", { created: true }],
    [
      "a push of more commits than are listed",
      { commits: Array.from({ length: 2048 }, () => ({ added: [] })) },
    ],
  ])("a GitHub source reads the tree of files after %s", async (_name, more) => {
    const repository: FakeRepository = {
      commits: { [commit("e")]: files, [commit("f")]: { "b.md": "B." } },
    };
    const source = await register("github");
    const other = await register("standard-webhooks", { workspace: source.workspace });
    await deliverAndApply(other, {
      type: "document.created",
      data: { id: "x", title: "X", content: "Other source." },
    });
    const network = githubApi(repository);
    await deliverAndApply(source, push(commit("e"), [{ added: ["a.md"] }]), network);
    const event = await deliverAndApply(source, push(commit("f"), [], more), network);
    expect(event.results).toEqual([
      { external_id: "github/a.md", result: "removed" },
      { external_id: "github/b.md", result: "stored" },
    ]);
    expect(await present(source)).toEqual({
      "github/b.md": "B.",
      "standard-webhooks/x": "Other source.",
    });
  });

  it("a GitHub source does not use a truncated tree", async () => {
    const repository: FakeRepository = {
      truncated: true,
      commits: { [commit("e")]: files, [commit("f")]: {} },
    };
    const source = await register("github");
    await deliverAndApply(source, push(commit("e"), [{ added: ["a.md"] }]), githubApi(repository));
    const event = await deliverAndApply(
      source,
      push(commit("f"), [], { forced: true }),
      githubApi(repository),
    );
    expect(event).toMatchObject({
      status: "failed",
      reason: expect.stringMatching(/too many files/),
    });
    expect(Object.keys(await present(source))).toEqual(["github/a.md"]);
  });
});

it("a GitHub source ignores out-of-order pushes", async () => {
  const repository: FakeRepository = {
    commits: {
      [commit("1")]: { "a.md": "One." },
      [commit("2")]: { "a.md": "Two." },
      [commit("3")]: {},
    },
  };
  const source = await register("github");
  const network = githubApi(repository);
  const [one, two, three] = [
    push(commit("1"), [{ added: ["a.md"] }]),
    push(commit("2"), [{ modified: ["a.md"] }]),
    push(commit("3"), [{ removed: ["a.md"] }]),
  ];
  await deliverAndApply(source, two ?? {}, network);
  expect((await deliverAndApply(source, one ?? {}, network)).results).toMatchObject([
    { result: "stale" },
  ]);
  expect(await present(source)).toEqual({ "github/a.md": "Two." });
  await deliverAndApply(source, three ?? {}, network);
  // A captured delivery verifies for ever. Under another id, which is not signed, it is still the same delivery.
  expect(await (await deliver(source, two ?? {})).json()).toMatchObject({ status: "duplicate" });
  await serve(source, network);
  expect(await present(source)).toEqual({});
});

it("a GitHub source applies a push of more files than a round has", async () => {
  const paths = Array.from(
    { length: 50 },
    (_, index) => `page-${String(index).padStart(2, "0")}.md`,
  );
  const repository: FakeRepository = {
    commits: { [commit("9")]: Object.fromEntries(paths.map((path) => [path, `Text of ${path}.`])) },
  };
  const fetched: string[] = [];
  const api = githubApi(repository);
  const network = (url: URL, request: Request) => {
    fetched.push(url.pathname);
    return api(url, request);
  };
  const source = await register("github");
  const body = push(commit("9"), [{ added: paths }]);
  await deliverAndApply(source, body, network);
  // What exceeds the budget of one invocation is applied by the next.
  await serve(source, network);
  expect(fetched).toHaveLength(50);
  expect(Object.keys(await present(source))).toHaveLength(50);
  expect(await readEvents(source)).toMatchObject([{ status: "done", results: expect.any(Array) }]);
});

it("a GitHub source stores no name or e-mail address from a push", async () => {
  const { env } = await import("cloudflare:workers");
  const source = await register("github");
  await deliver(source, push(commit("a"), [{ added: ["a.md"] }]));
  const row = await env.DB.prepare(`SELECT body FROM source_events WHERE source_id = ?1`)
    .bind(source.id)
    .first<{ body: string }>();
  expect(row?.body).toContain("a.md");
  expect(row?.body).not.toContain("octo@example.com");
});

it.each([
  ["ping", { zen: "z", hook_id: 1 }, /set up/],
  ["issues", { action: "opened" }, /changes no file/],
  [
    "push",
    push(commit("a"), [{ added: ["a.md"] }], { ref: "refs/tags/v1" }),
    /not a push to the branch main/,
  ],
  [
    "push",
    push(commit("a"), [{ added: ["a.md"] }], { ref: "refs/heads/dev" }),
    /not a push to the branch main/,
  ],
  ["push", push(commit("0"), [], { deleted: true }), /branch was deleted/],
  ["push", push(commit("a"), [{ added: ["a.ts", "b.png"] }]), /no Markdown/],
  ["push", push("../../secret", [{ added: ["a.md"] }]), /names no commit/],
  ["push", { ...push(commit("a"), []), repository: { full_name: "evil/docs" } }, /evil\/docs/],
])("a GitHub source ignores %s %# and says why", async (event, body, reason) => {
  const source = await register("github");
  const applied = await deliverAndApply(source, body, undefined, {
    headers: { "x-github-event": event },
  });
  expect(applied).toMatchObject({
    status: "ignored",
    reason: expect.stringMatching(reason),
    results: [],
  });
});
