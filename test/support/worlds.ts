import { createHash } from "node:crypto";
import { DEMO_KEYS } from "../../local/config.ts";
import { openDatabase } from "../../eval/in-process/database.ts";
import { embedsWith } from "../../eval/in-process/demo.ts";
import { startInProcess, type InProcessInstance } from "../../eval/in-process/instance.ts";
import { hideDocument } from "../../src/knowledge/accept/hide.ts";
import { signParts } from "./jwt.ts";

const DIMENSIONS = 384;
const OURS = "ws_local_demo";
const THEIRS = "ws_theirs";
const THEIR_KEY = "sk_theirs";
const KID = "ids_world";
const IDENTITY_SECRET = "identity-secret-of-the-world";

export interface WorldDocument {
  id: string;
  title: string;
  content: string;
  audience?: string[];
}

/** Something that happens to a world. Whether a reader may see it is for the test to say. */
export type Step =
  | { put: WorldDocument[] }
  | { putElsewhere: WorldDocument[] }
  | { delete: string }
  | { unpublish: string };

export interface World extends InProcessInstance {
  database: D1Database;
}

/** The application in this process with an empty database, and everything that happened to it indexed. */
export async function worldOf(steps: Step[]): Promise<World> {
  const database = await openDatabase();
  await addTenants(database);
  const instance = await startInProcess(embedsWith(embedByWords), {}, { database });
  const world = { ...instance, database };
  for (const step of steps) await take(world, step);
  return world;
}

async function addTenants(db: D1Database): Promise<void> {
  await db.batch([
    db
      .prepare(`INSERT INTO workspaces (id, name, secret, created_at) VALUES (?1, ?1, 'secret', 0)`)
      .bind(THEIRS),
    db
      .prepare(
        `INSERT INTO api_keys (id, workspace_id, kind, hash, scopes, created_at)
         VALUES ('key_theirs', ?1, 'secret', ?2, '["chat","documents"]', 0)`,
      )
      .bind(THEIRS, createHash("sha256").update(THEIR_KEY).digest("hex")),
    db
      .prepare(
        `INSERT INTO identity_secrets (kid, workspace_id, secret, created_at) VALUES (?1, ?2, ?3, 0)`,
      )
      .bind(KID, OURS, IDENTITY_SECRET),
  ]);
}

async function take(world: World, step: Step): Promise<void> {
  if ("put" in step) return put(world, DEMO_KEYS.secret, OURS, step.put);
  if ("putElsewhere" in step) return put(world, THEIR_KEY, THEIRS, step.putElsewhere);
  if ("delete" in step) {
    const response = await request(world, "DELETE", `/v1/documents/${step.delete}`);
    if (!response.ok) throw new Error(await response.text());
    return;
  }
  const by = { actor: "test", requestId: "" };
  const { database: db } = world;
  await hideDocument(db, OURS, step.unpublish, "Unchecked.", Date.now(), undefined, by);
}

/** Puts documents and waits until both legs find them. */
async function put(
  world: World,
  key: string,
  workspace: string,
  documents: WorldDocument[],
): Promise<void> {
  const lines = documents.map(({ id, ...rest }) => JSON.stringify({ external_id: id, ...rest }));
  const response = await world.fetch(`${world.url}/v1/documents/import`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/x-ndjson" },
    body: lines.join("\n"),
  });
  if (!response.ok) throw new Error(await response.text());
  for (let tries = 0; ; tries++) {
    const { left } = (await world.database
      .prepare(
        `SELECT count(*) AS left FROM documents d WHERE workspace_id = ?1 AND status <> 'deleted'
           AND (live_version <> version
             OR EXISTS (SELECT 1 FROM chunks c WHERE c.document_id = d.id AND (c.vector_stored & 1) = 0))`,
      )
      .bind(workspace)
      .first<{ left: number }>()) ?? { left: 1 };
    if (left === 0) break;
    if (tries > 20_000) throw new Error("documents were not ingested");
    await new Promise((resolve) => void setImmediate(resolve));
  }
  // The index shows vectors at once. The look that notes it comes later.
  await world.database.prepare(`UPDATE chunks SET vector_stored = vector_stored | 16`).run();
}

/** A request with the secret key of the workspace. */
export async function request(
  world: World,
  method: string,
  path: string,
  body?: object,
  key: string = DEMO_KEYS.secret,
  headers: Record<string, string> = {},
): Promise<Response> {
  return world.fetch(`${world.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json", ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
}

/** The header of a visitor of these audiences. */
export async function visitorHeaders(audience: string[]): Promise<Record<string, string>> {
  if (audience.length === 0) return {};
  const payload = { sub: "visitor", audience, exp: Math.floor(Date.now() / 1000) + 3600 };
  const header = { alg: "HS256", typ: "JWT", kid: KID };
  return { "x-visitor-token": await signParts(header, payload, IDENTITY_SECRET) };
}

/** A model whose vectors are near where texts have words in common: enough to search with, and computed at once. */
async function embedByWords(_model: string, texts: string[]): Promise<number[][]> {
  return texts.map((text) => {
    const vector = Array.from({ length: DIMENSIONS }, () => 0);
    for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) {
      const hash = createHash("md5").update(word.slice(0, 5)).digest();
      for (let at = 0; at < 12; at += 2) {
        const place = hash.readUInt16LE(at) % DIMENSIONS;
        vector[place] = (vector[place] ?? 0) + (at % 4 === 0 ? 1 : 0.5);
      }
    }
    vector[0] = (vector[0] ?? 0) + 0.01;
    return vector;
  });
}
