import type { Services } from "../../src/runtime/services.ts";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { sweepSourceEvents } from "../../src/webhooks/sweeper.ts";
import { kontentApi, storyblokApi } from "../support/fake-apis.ts";
import {
  endDelays,
  foundBy,
  ingestPending,
  read,
  remove,
  SILENT_QUEUES,
  withServices,
  type DocumentView,
} from "../support/pipeline.ts";
import { senders } from "../support/senders.ts";
import {
  deliver,
  deliverAndApply,
  present,
  readEvents,
  register,
  serve,
  type Network,
  type TestSource,
} from "../support/source.ts";
import { ask, call } from "../support/workspace.ts";

const MINUTE = 60_000;
const HOUR = 3_600_000;
const ID = "storyblok/7";
const QUESTION = "How long does the quartz sundial take to arrive?";

type View = DocumentView & { hidden: { reason: string; until: string } | null };

const story = (body: string) => ({
  name: "Home",
  content: { component: "page", title: "T", body },
});
const SUNDIAL = "The quartz sundial takes three days to arrive.";
const removal = { ...senders.storyblok.body, action: "unpublished" };
const down: Network = () => new Response("", { status: 503 });

/** A source whose story is served. */
async function published(): Promise<TestSource> {
  const source = await register("storyblok");
  const api = storyblokApi({ "7": story(SUNDIAL) }, "sb-token");
  await deliverAndApply(source, senders.storyblok.body, api);
  await ingestPending();
  expect(await found(source)).toEqual([[ID], [ID]]);
  return source;
}

/** One whose story was taken down while its CMS did not answer. */
async function hidden(): Promise<TestSource> {
  const source = await published();
  await deliverAndApply(source, removal, down);
  return source;
}

/** What each leg finds. */
async function found({ workspace }: TestSource): Promise<string[][]> {
  return [
    await foundBy("keywords", workspace, QUESTION),
    await foundBy("vectors", workspace, QUESTION),
  ];
}

const view = ({ workspace }: TestSource, id = ID) => read(workspace, id) as Promise<View>;

/** Serves a source when its CMS may be asked again. */
const recheck = (source: TestSource, network: Network, after = MINUTE) =>
  serve(source, network, { now: () => Date.now() + after });

async function sweep(after: number): Promise<void> {
  const now = () => Date.now() + after;
  const webhooksQueue = { send: async () => {} } as unknown as Services["webhooksQueue"];
  await withServices((services) => sweepSourceEvents(services), {
    ...SILENT_QUEUES,
    webhooksQueue,
    now,
  });
}

describe("a removal that cannot be checked", () => {
  it("hides the document at once from both legs, and its owner sees why and until when", async () => {
    const source = await published();
    const event = await deliverAndApply(source, removal, down);
    const why = "Its removal could not be checked: api.storyblok.com answered 503.";
    expect(event).toMatchObject({
      status: "pending",
      results: [{ external_id: ID, result: "hidden", reason: expect.stringContaining(why) }],
    });
    expect(event.reason).toContain("It is checked again until");
    expect(await found(source)).toEqual([[], []]);
    expect(await view(source)).toMatchObject({
      status: "live",
      version: 1,
      live_version: 0,
      hidden: { reason: why, until: expect.stringMatching(/^20/) },
    });
    const { secret } = source.workspace;
    const { documents } = await (
      await call(secret, "GET", "/v1/documents")
    ).json<{ documents: View[] }>();
    expect(documents).toMatchObject([{ external_id: ID, hidden: { reason: why } }]);
    const log = await (await call(secret, "GET", "/v1/audit?action=document.hide")).json<object>();
    expect(log).toMatchObject({ entries: [{ actor: source.id, object_id: ID }] });
    // Another failure says nothing new.
    await recheck(source, down);
    expect((await readEvents(source))[0]?.results).toHaveLength(1);
  });

  it("hides the document also when the token is refused, and while the CMS may not be called", async () => {
    const source = await published();
    await deliverAndApply(source, removal, () => new Response("", { status: 401 }));
    expect(await found(source)).toEqual([[], []]);

    const failing = await published();
    await deliverAndApply(failing, { ...senders.storyblok.body, story_id: 8 }, down);
    // Nothing is fetched now.
    await deliverAndApply(failing, removal);
    expect(await found(failing)).toEqual([[], []]);
  });

  it("is taken back when the entry is published, in the same second if its content is the same", async () => {
    const source = await hidden();
    await recheck(source, storyblokApi({ "7": story(SUNDIAL) }, "sb-token"));
    expect(await found(source)).toEqual([[ID], [ID]]);
    expect(await view(source)).toMatchObject({ version: 1, live_version: 1, hidden: null });
    expect((await readEvents(source))[0]).toMatchObject({
      status: "done",
      results: [{ result: "unchanged", reason: "It is published, so it is shown again." }],
    });
  });

  it("is taken back with the entry's current content, and never shows the old one on the way", async () => {
    const source = await hidden();
    const current = "The quartz sundial takes nine days to arrive.";
    await recheck(source, storyblokApi({ "7": story(current) }, "sb-token"));
    expect(await view(source)).toMatchObject({ status: "pending", live_version: 0, hidden: null });
    expect(await found(source)).toEqual([[], []]);
    // The check was made in a minute.
    await endDelays();
    await ingestPending();
    expect(await found(source)).toEqual([[ID], [ID]]);
    expect((await ask(source.workspace, QUESTION)).text).toContain("nine days");
  });

  it("removes the document for good when the CMS says that the entry is gone", async () => {
    const source = await hidden();
    await recheck(source, storyblokApi({}, "sb-token"));
    expect(await present(source)).toEqual({});
    expect((await readEvents(source))[0]).toMatchObject({
      status: "done",
      results: [{ external_id: ID, result: "removed", reason: "It is not published." }],
    });
  });

  it("removes the document for good, with its text, when the CMS has not answered for a day", async () => {
    const source = await hidden();
    await recheck(source, down, 23 * HOUR);
    await sweep(23 * HOUR);
    expect(Object.keys(await present(source))).toEqual([ID]);
    await sweep(24 * HOUR + MINUTE);
    const row = await env.DB.prepare(
      `SELECT d.status, d.content, d.markdown, (SELECT count(*) FROM chunks c WHERE c.document_id = d.id) AS chunks
       FROM documents d WHERE workspace_id = ?1`,
    )
      .bind(source.workspace.id)
      .first();
    expect(row).toEqual({ status: "deleted", content: "", markdown: null, chunks: 0 });
    // An answer that comes later restores nothing, and the event ends.
    await recheck(
      source,
      storyblokApi({ "7": story(SUNDIAL) }, "sb-token"),
      24 * HOUR + 2 * MINUTE,
    );
    expect(await present(source)).toEqual({});
    expect((await readEvents(source))[0]?.status).toBe("failed");
  });

  it("removes the document after a day also when its source was deleted meanwhile", async () => {
    const source = await hidden();
    await call(source.workspace.secret, "DELETE", `/v1/sources/${source.id}`);
    await sweep(25 * HOUR);
    expect(await present(source)).toEqual({});
  });
});

describe("a hidden document", () => {
  it("is not shown by ingesting: neither again, nor by a retry, nor a version that was pending", async () => {
    const source = await published();
    const pending = "The quartz sundial takes five days to arrive.";
    const api = storyblokApi({ "7": story(pending) }, "sb-token");
    await deliverAndApply(source, { ...senders.storyblok.body, text: "again" }, api);
    await deliverAndApply(source, removal, down);
    await ingestPending();
    await call(source.workspace.secret, "POST", `/v1/documents/${encodeURIComponent(ID)}/retry`);
    await ingestPending();
    expect(await view(source)).toMatchObject({ status: "live", version: 2, live_version: 0 });
    expect(await found(source)).toEqual([[], []]);
    // A failed version is tried again, and stays hidden, too.
    await env.DB.prepare(
      `UPDATE documents SET status = 'failed', live_version = 1 WHERE workspace_id = ?1`,
    )
      .bind(source.workspace.id)
      .run();
    await call(source.workspace.secret, "POST", `/v1/documents/${encodeURIComponent(ID)}/retry`);
    await ingestPending();
    expect(await found(source)).toEqual([[], []]);
  });

  it("is shown by a newer upsert, and the check that waits changes nothing afterwards", async () => {
    const source = await register("kontent-ai");
    const [note] = (senders["kontent-ai"].body as { notifications: object[] }).notifications;
    const event = (action: string) => ({
      notifications: [{ ...note, message: { ...(note as { message: object }).message, action } }],
    });
    const api = kontentApi(
      { "delivery/en": { body: { type: "text", value: SUNDIAL } } },
      undefined,
    );
    const id = "kontent-ai/i1/en";
    await deliverAndApply(source, event("published"), api);
    await ingestPending();
    await deliverAndApply(source, event("unpublished"), down);
    expect(await found(source)).toEqual([[], []]);
    await deliver(source, { ...event("published"), nonce: 1 });
    // The newer event is served first; the answers to the older one's check come when the item is gone again.
    const asked: string[] = [];
    await recheck(source, (url, request) => {
      asked.push(url.pathname);
      return asked.length === 1 ? api(url, request) : kontentApi({}, undefined)(url, request);
    });
    expect(asked).toHaveLength(1);
    expect(await found(source)).toEqual([[id], [id]]);
    expect(await readEvents(source)).toMatchObject([
      { status: "done" },
      { status: "done", results: [{ result: "ignored" }] },
      { status: "done" },
    ]);
  });

  it("is not shown by an older upsert", async () => {
    const source = await register("storyblok");
    const api = storyblokApi({ "7": story(SUNDIAL) }, "sb-token");
    await deliverAndApply(source, senders.storyblok.body, api);
    await ingestPending();
    await deliverAndApply(source, removal, down);
    const { secret } = source.workspace;
    const put = await call(secret, "PUT", `/v1/documents/${encodeURIComponent(ID)}`, {
      title: "T",
      content: SUNDIAL,
      updated_at: "2020-01-01T00:00:00Z",
    });
    expect(await put.json()).toMatchObject({ stale: true });
    expect(await found(source)).toEqual([[], []]);
    expect((await view(source)).hidden).not.toBeNull();
  });

  it("that its owner deletes is not restored by the check that waits", async () => {
    const source = await hidden();
    await remove(source.workspace, ID);
    await recheck(source, storyblokApi({ "7": story(SUNDIAL) }, "sb-token"));
    expect(await present(source)).toEqual({});
    expect((await readEvents(source))[0]?.results).toMatchObject([{ result: "ignored" }]);
  });

  it("answers nothing, neither anew nor from a cached answer", async () => {
    const source = await published();
    const before = await ask(source.workspace, QUESTION);
    expect(before).toMatchObject({
      outcome: "answered",
      text: expect.stringContaining("three days"),
    });
    await deliverAndApply(source, removal, down);
    const after = await ask(source.workspace, QUESTION);
    expect(after).toMatchObject({ outcome: "abstained", sources: [], citations: [] });
    expect(JSON.stringify(after)).not.toContain("three days");
  });
});

it("a removal of many documents hides all of them, and asks a CMS that fails once a round", async () => {
  const source = await register("github");
  const commit = "c".repeat(40);
  const paths = Array.from({ length: 30 }, (_, index) => `page-${index}.md`);
  const push = (change: object) => ({ ...senders.github.body, after: commit, commits: [change] });
  await deliverAndApply(source, push({ added: paths }), () => new Response("Text."));
  let calls = 0;
  await deliverAndApply(source, push({ removed: paths }), () => {
    calls++;
    return new Response("", { status: 500 });
  });
  expect(calls).toBe(1);
  const { results } = await env.DB.prepare(
    `SELECT id FROM documents WHERE workspace_id = ?1 AND hidden_until IS NOT NULL`,
  )
    .bind(source.workspace.id)
    .all();
  expect(results).toHaveLength(30);
  // Another attempt that fails costs one call and no statements for each document.
  const failing = await recheck(source, () => {
    calls++;
    return new Response("", { status: 500 });
  });
  expect(calls).toBe(2);
  expect(failing.statements).toBeLessThan(20);
  expect((await readEvents(source))[0]).toMatchObject({
    status: "pending",
    reason: expect.stringMatching(/^30 documents are hidden/),
  });
  await recheck(source, () => new Response("", { status: 404 }), 5 * MINUTE);
  expect(await present(source)).toEqual({});
});

it("a delivery's removals hide their documents, also when its other entries cannot be read", async () => {
  const source = await register("github");
  const push = (after: string, change: object) => ({
    ...senders.github.body,
    after: after.repeat(40),
    commits: [change],
  });
  const api: Network = () => new Response("Text.");
  await deliverAndApply(source, push("a", { added: ["changed.md", "removed.md"] }), api);
  const change = { modified: ["changed.md"], removed: ["removed.md"] };
  await deliverAndApply(source, push("b", change), down);
  expect(await view(source, "github/changed.md")).toMatchObject({ hidden: null });
  expect((await view(source, "github/removed.md")).hidden).not.toBeNull();
});
