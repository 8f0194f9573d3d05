import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { runIngest } from "../../support/run-ingest.ts";

const KEY = "sk_right";

/** An instance as far as the command sees one, which dies after some imports if told to. */
const stored = new Set<string>();
let imports = 0;
let diesAfter = Number.POSITIVE_INFINITY;
let server: Server;
let url: string;
let folder: string;

beforeEach(async () => {
  stored.clear();
  imports = 0;
  diesAfter = Number.POSITIVE_INFINITY;
  folder = await mkdtemp(path.join(tmpdir(), "edgewise-ingest-"));
  server = createServer((request, response) => {
    void (async () => {
      let body = "";
      for await (const part of request) body += String(part);
      if (request.method === "POST" && imports >= diesAfter) {
        request.socket.destroy();
        return;
      }
      response.setHeader("content-type", "application/json");
      if (request.headers.authorization !== `Bearer ${KEY}`) {
        response.statusCode = 401;
        response.end(JSON.stringify({ code: "invalid_key", detail: "The key is not known." }));
      } else if (request.method === "POST") {
        imports += 1;
        response.end(JSON.stringify(importLines(body)));
      } else {
        const documents = [...stored].map((external_id) => ({ external_id, metadata: {} }));
        const isFilter = request.url?.includes("status=");
        response.end(JSON.stringify({ documents: isFilter ? [] : documents, next_cursor: null }));
      }
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
});

afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

function importLines(body: string): object {
  const ids = body
    .split("\n")
    .map((line) => (JSON.parse(line) as { external_id: string }).external_id);
  const created = ids.filter((id) => !stored.has(id)).length;
  for (const id of ids) stored.add(id);
  return { created, changed: 0, unchanged: ids.length - created, stale: 0, errors: [] };
}

function ingest(
  options: { key?: string; to?: string } = {},
  ...args: string[]
): ReturnType<typeof runIngest> {
  const { key = KEY, to = url } = options;
  return runIngest(folder, "--url", to, "--key", key, "--concurrency", "1", ...args);
}

const write = (name: string, text: string | Uint8Array): Promise<void> =>
  writeFile(path.join(folder, name), text);

it("ingest names the documents that it cannot read, uploads the others, and exits with 1", async () => {
  await write("good.md", "# Good\n\nText");
  await write("latin1.md", Uint8Array.of(0x23, 0x20, 0xe9, 0x74, 0xe9));
  await write("empty.md", "");
  await write("old.doc", "x");
  await symlink(path.join(folder, "nowhere.md"), path.join(folder, "dangling.md"));
  const { code, output } = await ingest();
  expect(code).toBe(1);
  expect([...stored]).toEqual(["good", "latin1"]);
  for (const name of ["old.doc", "empty.md"]) expect(output).toMatch(`not read: ${name}`);
  expect(output).toContain("Save it as .docx");
  expect(output).toContain("it was read as windows-1252 (latin1.md)");
  expect(output).not.toMatch(/\bat .*\.ts:\d+/);
});

it("ingest uploads nothing when the key is wrong or no server answers", async () => {
  await write("a.md", "# A\n\nText");
  const refused = await ingest({ key: "sk_wrong" });
  expect([refused.code, refused.output]).toEqual([1, expect.stringMatching(/key/i)]);
  expect([imports, stored.size]).toEqual([0, 0]);
  // Port 9 is the one of "discard", where nothing listens.
  const nobody = await ingest({ to: "http://127.0.0.1:9" });
  expect([nobody.code, nobody.output]).toEqual([1, expect.stringContaining("127.0.0.1:9")]);
  for (const { output } of [refused, nobody]) {
    expect(output).not.toMatch(/\bat .*\.ts:\d+|sk_wrong|sk_right/);
  }
}, 60_000);

it("the same ingest command uploads the rest after the instance was lost", async () => {
  for (let n = 0; n < 250; n++) await write(`d${n}.md`, `# D ${n}\n\nText`);
  diesAfter = 1;
  const lost = await ingest({}, "--no-wait");
  expect([lost.code, lost.output]).toEqual([1, expect.stringContaining("uploads the rest")]);
  expect(stored.size).toBe(100);
  diesAfter = Number.POSITIVE_INFINITY;
  const again = await ingest({}, "--no-wait");
  expect([again.code, again.output]).toEqual([
    0,
    expect.stringContaining("150 created, 0 changed, 100 unchanged, 0 failed"),
  ]);
  expect(stored.size).toBe(250);
}, 240_000);
