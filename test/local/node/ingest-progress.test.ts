import { createServer } from "node:http";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { Api } from "../../../cli/api.ts";
import type { Document } from "../../../cli/document.ts";
import { startProgress } from "../../../cli/progress.ts";
import { uploadDocuments } from "../../../cli/upload.ts";
import { waitUntilIngested } from "../../../cli/wait.ts";
import { runIngest } from "../../support/run-ingest.ts";

interface Listed {
  external_id: string;
  status: string;
  vectors?: string;
  stages?: object;
  error?: string;
}

/** What the server says at one moment. */
interface Moment {
  documents: Listed[];
  progress?: object;
}

const chunks = (done: number, total: number, left: number | null, pending = 1): object => ({
  pending_documents: pending,
  chunks_done: done,
  chunks_total: total,
  seconds_left: left,
});

/** A client of a server that is one function. */
function apiOf(
  answer: (input: string | URL | Request, init?: RequestInit) => Promise<Response>,
): Api {
  const options = { url: "http://stub", key: "sk_x", tries: 1, timeoutMs: 1000 };
  return new Api({ ...options, fetch: answer as typeof fetch });
}

/** A clock that only sleeping moves, and a server whose answers follow it. */
function scripted(momentAt: (ms: number) => Moment) {
  let time = 0;
  let written = "";
  const answer = async (input: string | URL | Request): Promise<Response> => {
    const { searchParams } = new URL(new Request(input).url);
    const { documents, progress } = momentAt(time);
    const status = searchParams.get("status");
    const shown = documents.filter((one) => !status || one.status === status);
    return Response.json({ documents: shown, next_cursor: null, ...(progress && { progress }) });
  };
  const api = apiOf(answer);
  const output = {
    isTTY: true,
    columns: 200,
    write: (text: string) => {
      written += text;
      return true;
    },
  };
  const now = (): number => time;
  const sleep = async (ms: number): Promise<void> => void (time += Math.max(ms, 1));
  return { api, options: { output, now, sleep }, written: () => written, time: () => time };
}

const MINUTE = 60_000;
const pending = (more: object = {}): Listed => ({ external_id: "a", status: "pending", ...more });
const live: Listed = { external_id: "a", status: "live", vectors: "visible" };

it("ingest shows chunks and the time left that the server estimates, and waits as long as they move", async () => {
  // An hour, in which a chunk is done every nine minutes.
  const { api, options, written, time } = scripted((ms) => {
    const done = Math.floor(ms / (9 * MINUTE));
    if (done >= 7) return { documents: [live], progress: chunks(7, 7, 0, 0) };
    return { documents: [pending()], progress: chunks(done, 7, done ? (7 - done) * 540 : null) };
  });
  const result = await waitUntilIngested(api, [{ external_id: "a" }], options);
  expect(result).toEqual({ failed: [], unfinished: [] });
  expect(time()).toBeGreaterThanOrEqual(63 * MINUTE);
  expect(written()).not.toMatch(/fail|pending|moved/i);
  // The bar is redrawn now and then by the real clock, so not each state is shown.
  const shown = [...written().matchAll(/(\d)\/7 chunks of the workspace, about (\d+) min left/g)];
  expect(shown.length).toBeGreaterThan(0);
  for (const [, done, left] of shown) expect(Number(left)).toBe((7 - Number(done)) * 9);
  expect(written()).toContain("7/7 chunks");
});

it("ingest waits for the vectors of a document that is live, and not for other sources' documents", async () => {
  const { api, options, time } = scripted((ms) => ({
    documents: [
      { ...live, vectors: ms < 5 * MINUTE ? "pending" : "visible" },
      { external_id: "other", status: "pending" },
    ],
    progress: chunks(1, 9, null, 2),
  }));
  const result = await waitUntilIngested(api, [{ external_id: "a" }], options);
  expect(result).toEqual({ failed: [], unfinished: [] });
  expect(time()).toBeGreaterThanOrEqual(5 * MINUTE);
  expect(time()).toBeLessThan(6 * MINUTE);
});

it("ingest says that nothing moves and waits on, until it moves again", async () => {
  const { api, options, written } = scripted((ms) =>
    ms < 45 * MINUTE
      ? { documents: [pending()], progress: chunks(1, 9, Math.floor(ms / 1000)) }
      : { documents: [live], progress: chunks(9, 9, 0, 0) },
  );
  const result = await waitUntilIngested(api, [{ external_id: "a" }], options);
  expect(result).toEqual({ failed: [], unfinished: [] });
  expect(written().match(/Nothing has moved for 10 minutes: 1 document is pending/g)).toHaveLength(
    4,
  );
  expect(written()).toContain("the server goes on by itself");
});

it("a stage that a document reaches is movement, also for a server that reports no progress", async () => {
  const { api, options, written } = scripted((ms) => ({
    documents:
      ms < 60 * MINUTE
        ? [pending({ stages: { delayed_by: `attempt ${Math.floor(ms / (8 * MINUTE))}` } })]
        : [{ external_id: "a", status: "live" }],
  }));
  const result = await waitUntilIngested(api, [{ external_id: "a" }], options);
  expect(result).toEqual({ failed: [], unfinished: [] });
  expect(written()).not.toContain("Nothing has moved");
  expect(written()).toMatch(/Ingesting 1\/1,/);
});

it("ingest reports the documents that failed, and those that the time limit left, apart", async () => {
  const { api, options } = scripted(() => ({
    documents: [pending(), { external_id: "b", status: "failed", error: "no text" }],
    progress: chunks(1, 9, 100),
  }));
  const ours = [{ external_id: "a" }, { external_id: "b" }];
  const result = await waitUntilIngested(api, ours, { ...options, timeoutMs: 90_000 });
  expect(result).toEqual({
    failed: [{ external_id: "b", reason: "no text" }],
    unfinished: ["a"],
  });
});

it("the time limit of ingest has an exit code of its own, and the message says that the server goes on", async () => {
  const server = createServer((request, response) => {
    request.resume();
    response.setHeader("content-type", "application/json");
    const counts = { created: 1, changed: 0, unchanged: 0, stale: 0, errors: [], complete: true };
    const list = {
      documents: [pending({ metadata: {} })],
      next_cursor: null,
      progress: chunks(0, 5, null),
    };
    const isFailed = request.url?.includes("status=failed");
    const listed = isFailed ? { ...list, documents: [] } : list;
    response.end(JSON.stringify(request.method === "POST" ? counts : listed));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  const folder = await mkdtemp(path.join(tmpdir(), "edgewise-ingest-"));
  await writeFile(path.join(folder, "a.md"), "# A\n\nText");
  const { code, output } = await runIngest(folder, "--url", url, "--key", "sk_x", "--timeout", "1");
  server.close();
  await rm(folder, { recursive: true, force: true });
  expect([code, output]).toEqual([3, expect.stringContaining("the server goes on by itself")]);
  expect(output).not.toContain("not ingested:");
  expect(output).toContain("0/5 chunks");
});

/** A server that takes some lines of each import, as one whose budget or quota ends. */
function importer(takes: number, quota = Number.POSITIVE_INFINITY) {
  const stored: string[] = [];
  const answer = async (_input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const lines = (await new Response(init?.body).text()).split("\n");
    const taken = lines.slice(0, Math.min(takes, quota - stored.length));
    const ids = taken.map((line) => (JSON.parse(line) as Document).external_id);
    const refused = ids.findIndex((id) => id === "refused");
    const errors = refused >= 0 ? [{ line: refused + 1, code: "x", detail: "not allowed" }] : [];
    stored.push(...ids.filter((id) => id !== "refused"));
    const isQuota = stored.length >= quota && taken.length < lines.length;
    const resume_at_line = taken.length + 1;
    if (isQuota) errors.push({ line: resume_at_line, code: "quota_exceeded", detail: "used up" });
    const complete = taken.length === lines.length;
    const created = taken.length - (refused >= 0 ? 1 : 0);
    const counts = { created, changed: 0, unchanged: 0, stale: 0, errors, complete };
    return Response.json(complete ? counts : { ...counts, resume_at_line });
  };
  const api = apiOf(answer);
  return { api, stored };
}

const documents = (count: number): Document[] =>
  Array.from({ length: count }, (_, n) => ({
    external_id: n === 57 ? "refused" : `d${n}`,
    title: "T",
    content: "Text",
    content_type: "text/plain",
  }));

it("ingest sends the rest of an import that the server could not complete, each line once", async () => {
  const { api, stored } = importer(30);
  const result = await uploadDocuments(api, documents(130), { concurrency: 1 });
  expect(result).toMatchObject({ created: 129, gaveUp: undefined });
  expect(result.failed).toEqual([{ external_id: "refused", reason: "not allowed" }]);
  const all = documents(130).map(({ external_id }) => external_id);
  expect(stored).toEqual(all.filter((id) => id !== "refused"));
});

it("ingest gives up at a used-up quota, and calls no document failed that it has not sent", async () => {
  const { api, stored } = importer(1000, 40);
  const result = await uploadDocuments(api, documents(130), { concurrency: 1 });
  expect(result).toMatchObject({
    created: 40,
    failed: [],
    gaveUp: expect.stringContaining("used up"),
  });
  expect(stored).toHaveLength(40);
});

it("ingest does not repeat an import of which the server takes nothing without a reason", async () => {
  const { api } = importer(0);
  const result = await uploadDocuments(api, documents(3), { concurrency: 1 });
  expect(result.failed).toHaveLength(3);
});

it("where the output is no terminal, progress is a line now and then, and sentences stand alone", () => {
  let written = "";
  const write = (text: string): boolean => Boolean((written += text));
  const progress = startProgress("Ingesting", 2, { isTTY: false, columns: 80, write });
  progress.update(1, { total: 5, unit: "chunks", secondsLeft: 120 });
  progress.say("Nothing moves.");
  progress.end();
  expect(written).toBe("Nothing moves.\nIngesting 1/5 chunks\n");
});
