import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { importDocuments } from "../../src/knowledge/accept/import.ts";
import type { ImportResult } from "../../src/knowledge/accept/schema.ts";
import { BUDGET } from "../../src/runtime/plan-limits.ts";
import type { Services } from "../../src/runtime/services.ts";
import { createServices } from "../../src/services.ts";
import { SILENT_QUEUES } from "../support/pipeline.ts";
import { call, createWorkspace, type Workspace } from "../support/workspace.ts";

const line = (id: string, content = `About ${id}.`): string =>
  JSON.stringify({ external_id: id, title: id, content });

const streamOf = (text: string | Uint8Array): ReadableStream<Uint8Array> =>
  new Response(text).body as ReadableStream<Uint8Array>;

function quietServices(): Services {
  return { ...createServices(env, { waitUntil: () => {} }), ...SILENT_QUEUES };
}

async function count(workspace: Workspace): Promise<Record<string, unknown> | null> {
  const row = await env.DB.prepare(
    `SELECT count(*) AS documents, coalesce(sum(version), 0) AS versions,
       (SELECT count(*) FROM audit_log WHERE workspace_id = ?1 AND action = 'document.put') AS audited,
       (SELECT documents FROM daily_usage WHERE workspace_id = ?1) AS used
     FROM documents WHERE workspace_id = ?1`,
  )
    .bind(workspace.id)
    .first();
  await env.DB.prepare("DELETE FROM outbox").run();
  return row;
}

const ACTOR = { actor: "key_test", requestId: "request" };

it("an import of twenty thousand lines stays within an invocation's budget of statements", async () => {
  const workspace = await createWorkspace();
  const services = quietServices();
  const lines = Array.from({ length: 20_000 }, (_, n) => line(`d${n}`)).join("\n");
  const result = await importDocuments(services, workspace.id, streamOf(lines), ACTOR);
  expect(result).toMatchObject({ accepted: 20_000, created: 20_000, complete: true });
  expect(result.resume_at_line).toBeUndefined();
  expect(services.calls.statements).toBeLessThanOrEqual(BUDGET.statements);
  const all = 20_000;
  expect(await count(workspace)).toEqual({
    documents: all,
    versions: all,
    audited: all,
    used: all,
  });
}, 60_000);

it("an import that exceeds the budget says where to resume, loses no line and handles none twice", async () => {
  const workspace = await createWorkspace();
  // An invalid line in each group, repeated ids, empty lines.
  const lines = Array.from({ length: 5000 }, (_, n) => {
    if (n % 1500 === 1400) return "{";
    return n % 700 === 500 ? "" : line(`d${n % 3000}`, `Text ${n}`);
  });
  const sum = { accepted: 0, created: 0, changed: 0, failed: 0 };
  const refused: number[] = [];
  let from = 1;
  let requests = 0;
  for (let isComplete = false; !isComplete; requests++) {
    const services = quietServices();
    // Room for one group.
    services.calls.use("statements", BUDGET.statements - 14);
    const rest = lines.slice(from - 1).join("\n");
    const result: ImportResult = await importDocuments(
      services,
      workspace.id,
      streamOf(rest),
      ACTOR,
    );
    for (const kind of ["accepted", "created", "changed", "failed"] as const)
      sum[kind] += result[kind];
    refused.push(...result.errors.map((error) => error.line + from - 1));
    isComplete = result.complete;
    if (!isComplete) {
      expect(result.resume_at_line).toBeGreaterThan(1);
      from += (result.resume_at_line ?? 0) - 1;
    }
  }
  expect(requests).toBe(10);
  expect(refused).toEqual([1401, 2901, 4401]);
  expect(sum).toEqual({ accepted: 4990, created: 2997, changed: 1993, failed: 3 });
  expect(await count(workspace)).toEqual({
    documents: 2997,
    versions: 4990,
    audited: 4990,
    used: 4990,
  });
}, 60_000);

it("an import reads twenty thousand lines of a longer body, and says where to resume", async () => {
  const workspace = await createWorkspace();
  const body = `${line("first")}\n${"\n".repeat(19_998)}${line("last")}\n${line("later")}\n${line("even later")}`;
  const result = await importDocuments(quietServices(), workspace.id, streamOf(body));
  expect(result).toMatchObject({
    accepted: 2,
    failed: 0,
    complete: false,
    resume_at_line: 20_001,
  });
  expect(await count(workspace)).toMatchObject({ documents: 2 });
});

it("an import whose client disconnects keeps whole groups and nothing of the line that was cut", async () => {
  const workspace = await createWorkspace();
  const lines = Array.from({ length: 2100 }, (_, n) => line(`d${n}`)).join("\n");
  const bytes = new TextEncoder().encode(lines);
  const parts = [bytes.slice(0, -10)];
  const cut = new ReadableStream({
    type: "bytes",
    pull(controller) {
      const part = parts.pop();
      if (part) controller.enqueue(part);
      else controller.error(new Error("Network connection lost"));
    },
  });
  await expect(importDocuments(quietServices(), workspace.id, cut, ACTOR)).rejects.toThrow();
  const once = { documents: 2000, versions: 2000, audited: 2000, used: 2000 };
  expect(await count(workspace)).toEqual(once);
  // The same request again stores the rest and changes nothing else.
  const again = await importDocuments(quietServices(), workspace.id, streamOf(lines), ACTOR);
  expect(again).toMatchObject({ created: 100, unchanged: 2000, complete: true });
  const all = { documents: 2100, versions: 2100, audited: 2100, used: 2100 };
  expect(await count(workspace)).toEqual(all);
});

it("an import takes the longest documents and ids, many of them in one group", async () => {
  const workspace = await createWorkspace();
  const services = quietServices();
  // A control character takes six bytes in JSON, so these contents are bound by themselves.
  const control = "\u0001".repeat(600_000);
  const long = ["x".repeat(1024 * 1024), "語".repeat(349_525), '"'.repeat(1024 * 1024), control];
  const awkward = '"\\'.repeat(126);
  const body = [
    ...long.map((content, n) => line(`long${n}`, content)),
    ...Array.from({ length: 2000 }, (_, n) => line(`${awkward}${n}`.slice(-256))),
  ].join("\n");
  const result = await importDocuments(services, workspace.id, streamOf(body), ACTOR);
  expect(result).toMatchObject({ accepted: 2004, created: 2004, complete: true });
  for (const [n, content] of long.entries()) {
    const stored = await env.DB.prepare(
      `SELECT content FROM documents WHERE workspace_id = ?1 AND external_id = ?2`,
    )
      .bind(workspace.id, `long${n}`)
      .first<string>("content");
    expect(stored === content, `long${n}`).toBe(true);
  }
  expect(services.calls.statements).toBeLessThan(110);
  await env.DB.prepare("DELETE FROM outbox").run();
});

it("a timestamp with very many decimals is refused, by PUT and by an import", async () => {
  const workspace = await createWorkspace();
  const updated_at = `2026-01-01T00:00:00.${"0".repeat(2_100_000)}Z`;
  const put = await call(workspace.secret, "PUT", "/v1/documents/a", {
    title: "A",
    content: "Text",
    updated_at,
  });
  expect(put.status).toBe(422);
  const body = [
    JSON.stringify({ external_id: "a", title: "A", content: "x", updated_at }),
    line("b"),
  ];
  const result = await importDocuments(quietServices(), workspace.id, streamOf(body.join("\r\n")));
  expect(result).toMatchObject({ accepted: 1, failed: 1, errors: [{ line: 1 }] });
  await env.DB.prepare("DELETE FROM outbox").run();
});

it("an import that meets the end of a quota in a full workspace never exceeds it", async () => {
  const workspace = await createWorkspace();
  await call(workspace.secret, "PATCH", "/v1/settings", { documents_per_day: 2500 });
  const lines = Array.from({ length: 3000 }, (_, n) => line(`d${n}`)).join("\n");
  const result = await importDocuments(quietServices(), workspace.id, streamOf(lines), ACTOR);
  expect(result).toMatchObject({
    accepted: 2500,
    complete: false,
    resume_at_line: 2501,
    errors: [{ line: 2501, code: "quota_exceeded" }],
  });
  expect(await count(workspace)).toMatchObject({ documents: 2500, used: 2500 });
});

it("an import that stops early reads the body to its end, because a client that still sends would miss the answer", async () => {
  const workspace = await createWorkspace();
  await call(workspace.secret, "PATCH", "/v1/settings", { documents_per_day: 1 });
  for (const refused of [false, true]) {
    const encoder = new TextEncoder();
    const parts = Array.from({ length: 50 }, (_, n) => encoder.encode(`${line(`d${n}`)}\n`));
    let isCancelled = false;
    const body = new ReadableStream({
      type: "bytes",
      pull(controller) {
        const part = parts.shift();
        if (part) controller.enqueue(part);
        else controller.close();
      },
      cancel() {
        isCancelled = true;
      },
    });
    const importing = importDocuments(quietServices(), workspace.id, body, ACTOR);
    if (refused) await expect(importing).rejects.toMatchObject({ code: "quota_exceeded" });
    else expect(await importing).toMatchObject({ accepted: 1, resume_at_line: 2 });
    expect([parts.length, isCancelled]).toEqual([0, false]);
  }
  await env.DB.prepare("DELETE FROM outbox").run();
});
