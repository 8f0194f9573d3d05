import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, inject, it } from "vitest";
import { DEMO_KEYS } from "../../local/config.ts";
import { request, requestJson } from "./http.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const url = inject("url");

/** A front of the instance's own, so that a test sees and can answer what the command asks. Journals are by address. */
interface Front {
  url: string;
  puts: string[];
  /** Called before each upload is passed on; a status answers it instead. */
  onPut: (count: number) => number | undefined;
}

let folder: string;
let server: Server;
const front: Front = { url: "", puts: [], onPut: () => undefined };

beforeAll(async () => {
  server = createServer((incoming, outgoing) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
      if (incoming.method === "PUT") {
        front.puts.push(decodeURIComponent(incoming.url?.split("/").at(-1) ?? ""));
        const status = front.onPut(front.puts.length);
        if (status) return void outgoing.writeHead(status, { "retry-after": "0" }).end("{}");
      }
      const response = await fetch(`${url}${incoming.url}`, {
        method: incoming.method ?? "GET",
        headers: {
          authorization: incoming.headers.authorization ?? "",
          "content-type": "application/json",
        },
        ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
      });
      outgoing.writeHead(response.status, { "content-type": "application/json" });
      outgoing.end(await response.text());
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  front.url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
});

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "edgewise-ingest-"));
  Object.assign(front, { puts: [], onPut: () => undefined });
  return () => rm(folder, { recursive: true, force: true });
});

afterAll(async () => {
  const { documents } = (await requestJson(url, "GET", "/v1/documents?limit=200")) as {
    documents: { external_id: string }[];
  };
  for (const { external_id } of documents.filter((one) => one.external_id.startsWith("ingest-"))) {
    await request(url, "DELETE", `/v1/documents/${encodeURIComponent(external_id)}`);
  }
  server.closeAllConnections();
  server.close();
});

interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
}

function ingest(
  args: string[],
  key: string = DEMO_KEYS.secret,
  onStart?: (kill: () => void) => void,
): Promise<Run> {
  const child = spawn(process.execPath, ["cli/ingest.ts", ...args, "--url", front.url], {
    cwd: ROOT,
    env: { ...process.env, EDGEWISE_KEY: key, NODE_NO_WARNINGS: "1" },
  });
  onStart?.(() => child.kill("SIGINT"));
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (data) => (stdout += data));
  child.stderr.on("data", (data) => (stderr += data));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
}

async function write(files: Record<string, string | Uint8Array>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), content);
  }
}

it("says what it created, changed and left, and ends when all of it is learned", async () => {
  await write({
    "ingest-a/quince.md":
      "---\ntitle: Quince pods\nurl: https://help.example.com/quince\n---\nQuince pods sprout.",
    "ingest-a/plum.html":
      "<title>Plum pods</title><main><h1>Plum</h1><p>Plum pods rest.</p></main>",
    "ingest-a/fig tree.txt": "Fig pods need *no* light.",
    "ingest-a/photo.png": "not text",
    ".hidden/secret.md": "Never read",
  });
  const first = await ingest([folder]);
  expect(first).toMatchObject({
    code: 0,
    stdout: "3 created, 0 changed, 0 unchanged, 0 failed.\n",
  });
  expect(first.stderr).toContain("photo.png");
  const read = (id: string) => requestJson(url, "GET", `/v1/documents/${encodeURIComponent(id)}`);
  expect(await read("ingest-a/quince")).toMatchObject({
    status: "live",
    title: "Quince pods",
    url: "https://help.example.com/quince",
    content: "Quince pods sprout.",
  });
  expect(await read("ingest-a/plum")).toMatchObject({
    title: "Plum pods",
    content_type: "text/html",
  });
  expect(await read("ingest-a/fig-tree")).toMatchObject({
    title: "fig tree",
    content_type: "text/plain",
  });

  await write({
    "ingest-a/quince.md": "# Quince pods\n\nThey sprout in May.",
    "ingest-a/new.txt": "New.",
  });
  const second = await ingest([folder]);
  expect(second).toMatchObject({
    code: 0,
    stdout: "1 created, 1 changed, 2 unchanged, 0 failed.\n",
  });
});

it("goes on where it was interrupted, and sends again what has changed since", async () => {
  const files = Object.fromEntries(
    Array.from({ length: 12 }, (_, index) => [
      `ingest-b/doc-${index + 10}.txt`,
      `Part ${index} of the melon manual.`,
    ]),
  );
  await write(files);
  const interrupted = await ingest(
    [folder, "--concurrency", "1", "--no-wait"],
    DEMO_KEYS.secret,
    (kill) => {
      front.onPut = (count) => {
        if (count === 6) kill();
        return undefined;
      };
    },
  );
  expect(interrupted.code).toBe(130);
  expect(interrupted.stderr).toMatch(/Interrupted\. [56] documents are confirmed/);
  const confirmed = Number(/(\d+) documents are confirmed/.exec(interrupted.stderr)?.[1]);

  front.puts = [];
  front.onPut = () => undefined;
  await write({ "ingest-b/doc-10.txt": "Part 0 of the melon manual, revised." });
  const resumed = await ingest([folder, "--no-wait"]);
  expect(resumed.code).toBe(0);
  expect(front.puts).toContain("ingest-b/doc-10");
  expect(front.puts).not.toContain("ingest-b/doc-11");
  expect(front.puts).toHaveLength(12 - confirmed + 1);
  expect(resumed.stdout).toContain(`1 changed`);
  expect(resumed.stdout).toContain(`${confirmed - 1} confirmed by an earlier run`);

  // A run that ended well owes nothing to the next one.
  front.puts = [];
  const again = await ingest([folder, "--no-wait"]);
  expect(again.stdout).toBe("0 created, 0 changed, 12 unchanged, 0 failed.\n");
  expect(front.puts).toHaveLength(12);
});

it("names what it could not read or store, stores the rest, and fails", async () => {
  await write({
    "ingest-c/good.md": "Good cherry.",
    "ingest-c/latin.txt": new Uint8Array([0x63, 0x61, 0x66, 0xe9]),
    "ingest-c/empty.md": "",
    "ingest-c/broken.md": "---\ntitle: [unclosed\n---\nText",
    "ingest-c/staff.md": "---\naudience: { a: 1 }\n---\nFor some only",
    "ingest-c/huge.txt": "x".repeat(1024 * 1024 + 1),
  });
  const { code, stdout, stderr } = await ingest([folder]);
  expect(code).toBe(1);
  for (const [file, reason] of [
    ["latin.txt", "not UTF-8"],
    ["empty.md", "empty"],
    ["broken.md", "front matter"],
    ["staff.md", "audience"],
  ]) {
    expect(stderr).toMatch(new RegExp(`not read: ingest-c/${file}: .*${reason}`));
  }
  expect(stdout).toContain("1 created, 0 changed, 0 unchanged, 1 failed.");
  expect(stdout).toContain("failed: ingest-c/huge: 413 document_too_large");
  const { status } = await request(
    url,
    "GET",
    `/v1/documents/${encodeURIComponent("ingest-c/staff")}`,
  );
  expect(status).toBe(404);
});

it("reads one document a line, and says which lines hold none", async () => {
  await write({
    "docs.jsonl": [
      '{"_id":"ingest-d-1","title":"Pear","text":"Pear pods."}',
      "",
      '{"external_id":"ingest-d-2","content":"# Apple\\n\\nApple **pods** now.","metadata":{"a":1}}',
      '{"id":3.5',
      '{"id":"ingest-d-4"}',
      '{"text":"No id"}',
    ].join("\n"),
    "twice.jsonl": '{"id":"ingest-d-1","text":"a"}\n{"id":"ingest-d-1","text":"b"}',
  });
  const { code, stdout, stderr } = await ingest([path.join(folder, "docs.jsonl")]);
  expect(code).toBe(1);
  expect(stdout).toContain("2 created, 0 changed, 0 unchanged, 0 failed.");
  for (const line of [4, 5, 6]) expect(stderr).toContain(`docs.jsonl:${line}: `);
  expect(await requestJson(url, "GET", "/v1/documents/ingest-d-2")).toMatchObject({
    content_type: "text/markdown",
    metadata: { a: 1 },
  });
  front.puts = [];
  const twice = await ingest([path.join(folder, "twice.jsonl")]);
  expect(twice.code).toBe(1);
  expect(twice.stderr).toContain("same id");
  expect(front.puts).toEqual([]);
});

it("tries again what may pass", async () => {
  await write({ "ingest-e/one.txt": "One.", "ingest-e/two.txt": "Two." });
  front.onPut = (count) => (count <= 3 ? [503, 429, 500][count - 1] : undefined);
  const { code, stdout } = await ingest([folder, "--no-wait"]);
  expect([code, stdout]).toEqual([0, "2 created, 0 changed, 0 unchanged, 0 failed.\n"]);
  expect(front.puts).toHaveLength(5);
});

it("stops before the first upload when it may not or cannot, and says what to do", async () => {
  await write({ "ingest-f/one.txt": "One." });
  const cases: [args: string[], key: string, code: number, said: RegExp][] = [
    [[folder], "sk_wrong", 1, /does not accept this key \(401\)/],
    [[folder], DEMO_KEYS.publishable, 2, /publishable key/],
    [[folder], "secret", 2, /must be a secret key/],
    [[path.join(folder, "nowhere")], DEMO_KEYS.secret, 1, /There is no folder or file/],
    [[path.join(folder, "ingest-f/one.txt")], DEMO_KEYS.secret, 2, /Give a folder/],
    [[], DEMO_KEYS.secret, 2, /Name one folder/],
    [[folder, "--concurrency", "0"], DEMO_KEYS.secret, 2, /whole number/],
    [[folder, "--no-such-option"], DEMO_KEYS.secret, 2, /no-such-option/],
  ];
  const runs = await Promise.all(cases.map(async ([args, key]) => ingest(args, key)));
  for (const [index, { code, stderr, stdout }] of runs.entries()) {
    const [, , expected, said] = cases[index] ?? [[], "", -1, /^$/];
    expect(stderr).toMatch(said);
    expect([code, stdout]).toEqual([expected, ""]);
    expect(stderr).not.toMatch(/ {4}at /);
  }
  expect(front.puts).toEqual([]);
  const dry = await ingest([folder, "--dry-run"], "sk_wrong");
  expect(dry).toMatchObject({ code: 0, stdout: "ingest-f/one\ttext/plain\tone\n" });
  expect(front.puts).toEqual([]);
});
