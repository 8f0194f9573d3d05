import { beforeAll, expect, it } from "vitest";
import { env } from "cloudflare:workers";
import { toHosts, ownHostsStatement } from "../../src/retrieval/own-hosts.ts";
import {
  addKey,
  ask,
  call,
  createWorkspace,
  ingest,
  type Workspace,
} from "../support/workspace.ts";

const REMOVED = "‹link removed›";
/** A document without an address of its own, whose text links to a site. */
const linking = (address: string): { title: string; content: string } => ({
  title: "Watering the castle moat",
  content: `The castle moat is watered twice a day. The schedule of the castle moat is at ${address} for everybody.`,
});
const QUESTION = "How often is the castle moat watered?";

async function answerOf(workspace: Workspace): Promise<string> {
  const { outcome, text } = await ask(workspace, QUESTION);
  expect(outcome).toBe("answered");
  return text;
}

let workspace: Workspace;
beforeAll(async () => {
  workspace = await createWorkspace({ moat: linking("https://help.castle.example/moat") });
});

it("a document cannot allow a host by what its text says", async () => {
  expect(await answerOf(workspace)).toContain(REMOVED);
});

it.each<[string, (shop: Workspace) => Promise<unknown>]>([
  [
    "link_hosts",
    (shop) => call(shop.secret, "PATCH", "/v1/settings", { link_hosts: ["*.castle.example"] }),
  ],
  [
    "contact_url",
    (shop) =>
      call(shop.secret, "PATCH", "/v1/settings", {
        contact_url: "https://help.castle.example/contact",
      }),
  ],
  [
    "the address of another document that was uploaded with a key",
    (shop) =>
      ingest(shop, {
        gate: {
          title: "Gate",
          url: "https://help.castle.example:8443/gate?a#b",
          content: "The gate opens at nine.",
        },
      }),
  ],
  [
    "the site that a publishable key is for",
    (shop) =>
      call(shop.secret, "POST", "/v1/keys", {
        kind: "publishable",
        origins: ["https://*.castle.example"],
        label: "Site",
      }),
  ],
])("the host is the workspace's own by %s", async (_, name) => {
  const shop = await createWorkspace({ moat: linking("https://help.castle.example/moat") });
  expect(await answerOf(shop)).toContain(REMOVED);
  await name(shop);
  expect(await answerOf(shop)).toContain("https://help.castle.example/moat");
});

it("a host with www in front is the same site", async () => {
  const shop = await createWorkspace({ moat: linking("https://www.castle.example/moat") });
  await call(shop.secret, "PATCH", "/v1/settings", {
    contact_url: "https://castle.example/contact",
  });
  expect(await answerOf(shop)).toContain("https://www.castle.example/moat");
});

async function hostsOf(shop: Workspace): Promise<string[]> {
  const statement = ownHostsStatement(env.DB, { sql: "?1", value: shop.id });
  return toHosts((await statement.all()).results).toSorted();
}

it("no host comes from a document of a CMS, for some readers only, hidden or deleted, nor from another workspace", async () => {
  const shop = await createWorkspace();
  const text = { title: "T", content: "Some text of a document." };
  await ingest(shop, {
    a: { ...text, url: "https://own.example/a" },
    b: { ...text, url: "https://OTHER.example?x=1" },
    c: { ...text, url: "https://own.example/c" },
    staff: { ...text, url: "https://staff.example/s", audience: ["staff"] } as never,
    cms: { ...text, url: "https://cms.example/s", metadata: { source: "blog" } } as never,
    gone: { ...text, url: "https://gone.example/s" },
    hidden: { ...text, url: "https://hidden.example/s" },
  });
  await call(shop.secret, "DELETE", "/v1/documents/gone");
  await env.DB.prepare(
    `UPDATE documents SET shown_from = 9 WHERE workspace_id = ?1 AND external_id = 'hidden'`,
  )
    .bind(shop.id)
    .run();
  await ingest(workspace, { elsewhere: { ...text, url: "https://elsewhere.example/" } });
  expect(await hostsOf(shop)).toEqual(["other.example", "own.example"]);
});

it("a source's address template names a host, a revoked key and a local site do not", async () => {
  const shop = await createWorkspace();
  await env.DB.prepare(
    `INSERT INTO sources (id, workspace_id, type, name, options, sealed, secret_count, has_token, created_at, updated_at)
     VALUES (?1, ?2, 'ghost', 'blog', ?3, '', 0, 0, 0, 0)`,
  )
    .bind(
      crypto.randomUUID(),
      shop.id,
      JSON.stringify({ url_template: "https://blog.castle.example/{slug}" }),
    )
    .run();
  await addKey(shop, `pk_${crypto.randomUUID()}`, "publishable", ["chat"]);
  await env.DB.prepare(
    `UPDATE api_keys SET origins = '["https://old.example"]', revoked_at = 1 WHERE workspace_id = ?1 AND last_used_day IS NULL AND kind = 'publishable'`,
  )
    .bind(shop.id)
    .run();
  await call(shop.secret, "POST", "/v1/keys", {
    kind: "publishable",
    origins: ["http://localhost:*", "https://shop.castle.example"],
    label: "Site",
  });
  expect(await hostsOf(shop)).toEqual(["blog.castle.example", "shop.castle.example"]);
});

it("each host is found by one look-up in the index, however many documents there are", async () => {
  const statement = ownHostsStatement(env.DB, { sql: "?1", value: workspace.id });
  const sql = (statement as unknown as { statement?: string }).statement;
  const plan = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql ?? ""}`)
    .bind(workspace.id)
    .all<{ detail: string }>();
  const details = plan.results.map(({ detail }) => detail);
  expect(details.filter((detail) => /^SCAN (?:documents|sources|api_keys)/.test(detail))).toEqual(
    [],
  );
  const reads = details.filter((detail) => /documents/.test(detail));
  expect(reads.length).toBeGreaterThan(0);
  for (const read of reads) expect(read).toMatch(/SEARCH documents USING INDEX documents_by_host/);
});
