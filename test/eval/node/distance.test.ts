import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CITIES, nearestReplica, roundTrip } from "../../../eval/distance/cities.ts";
import { isRead, ReplicatedDatabase } from "../../../eval/distance/replicated-database.ts";
import { measureStaleness } from "../../../eval/distance/staleness.ts";
import { VARIANTS, type Variant } from "../../../eval/distance/variants.ts";
import { VirtualClock } from "../../../eval/distance/virtual-clock.ts";
import { openWorld, type World } from "../../../eval/distance/world.ts";
import { openSqlite } from "../../../eval/in-process/database.ts";
import { openModels } from "../../../eval/in-process/embeddings.ts";

const FAR = { visitor: "Sydney", primary: "Frankfurt" } as const;
const WAY = roundTrip(FAR.visitor, FAR.primary);
const NEAR = roundTrip("Sydney", "Sydney");
const LAG = 2000;
const NO_TIME = { d1: 0, vectorize: 0, embedding: 0, firstWord: 0, nextWord: 0 };

describe("the virtual clock", () => {
  it("adds sleeps that follow each other, and not those beside each other", async () => {
    const clock = new VirtualClock();
    const one = async (): Promise<number> => {
      await clock.sleep(3);
      await clock.sleep(4);
      return clock.now;
    };
    expect(await clock.run(() => Promise.all([one(), clock.sleep(5), one()]))).toEqual([
      7,
      undefined,
      7,
    ]);
  });

  it("does not pass while a hash is computed in another thread", async () => {
    const clock = new VirtualClock();
    const hashed = async (): Promise<number> => {
      await crypto.subtle.digest("SHA-256", new Uint8Array(20_000_000));
      await clock.sleep(1);
      return clock.now;
    };
    const [at] = await clock.run(() => Promise.all([hashed(), clock.sleep(100)]));
    expect(at).toBe(1);
  });

  it("says so when the work waits for something else", async () => {
    const clock = new VirtualClock();
    await expect(clock.run(() => new Promise(() => {}))).rejects.toThrow(
      "something else than the clock",
    );
  });
});

it("every two cities have one distance, whichever comes first", () => {
  for (const one of CITIES)
    for (const other of CITIES) expect(roundTrip(one, other)).toBe(roundTrip(other, one));
  expect(nearestReplica("London")).toBe("Frankfurt");
});

it.each([
  ["SELECT 1", true],
  ["\n  WITH a AS (SELECT 1) SELECT * FROM a", true],
  ["WITH a AS (SELECT 1) DELETE FROM messages", false],
  ["INSERT INTO keys SELECT 1 RETURNING id", false],
  ["UPDATE keys SET label = 1", false],
])("a replica answers statements that only read: %s", (sql, reads) => {
  expect(isRead({ sql, values: [] })).toBe(reads);
});

it("a replica shows a transaction after its lag, or when a bookmark demands it", async () => {
  const clock = new VirtualClock();
  const database = new ReplicatedDatabase(await openSqlite(), await openSqlite(), clock);
  database.lag = 10;
  const names = { sql: "SELECT name FROM workspaces ORDER BY name", values: [] };
  const read = async (bookmark: number): Promise<unknown[]> =>
    (await clock.run(() => database.atReplica([names], bookmark)))[0]?.results ?? [];
  await database.atPrimary([
    {
      sql: "INSERT INTO workspaces (id, name, secret, created_at) VALUES (?1, ?1, ?1, 0)",
      values: ["a"],
    },
  ]);
  expect(await read(0)).toHaveLength(1);
  expect(await read(database.primaryBookmark)).toHaveLength(2);
  expect(clock.now).toBe(10);
});

describe("a turn of a visitor far from the database", () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "edgewise-distance-"));
  let world: World;

  beforeAll(async () => {
    const documents = [
      {
        external_id: "returns",
        title: "Returns",
        content: "You can return a lamp within 30 days of delivery. The label is free.",
        content_type: "text/plain",
      },
    ];
    const models = openModels(path.join(folder, "embeddings.bin"));
    world = await openWorld(documents, NO_TIME, LAG, models);
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  const ask = async (variant: Variant) => {
    await world.wait(60_000);
    const placement = VARIANTS[variant](FAR.visitor, FAR.primary);
    return world.ask({ ...FAR, placement, message: "How long can I return a lamp?" });
  };

  it("waits for the database three times before the first word and once after the last", async () => {
    const { firstWord = 0, end, rung } = await ask("near visitor");
    expect(rung).toBe("model");
    expect(firstWord).toBe(3 * WAY + NEAR);
    expect(end - firstWord).toBe(WAY);
  });

  it("crosses the distance once when the Worker is placed near the database", async () => {
    const { firstWord, end } = await ask("near database");
    expect(firstWord).toBe(WAY + 4 * NEAR);
    expect(end).toBe(WAY + 5 * NEAR);
  });

  it("crosses it as often with sessions, because the question is stored before the first word", async () => {
    const { firstWord = 0 } = await ask("session, unconstrained");
    const nearReplica = roundTrip("Sydney", nearestReplica("Sydney"));
    expect(firstWord).toBe(WAY + 2 * nearReplica + NEAR);
    expect((await ask("session, first primary")).firstWord).toBe(2 * WAY + nearReplica + NEAR);
  });

  it("sees a deleted document and a revoked key from a replica, and neither from the primary", async () => {
    const stale = await measureStaleness(world, FAR, "session, unconstrained");
    expect(stale).toMatchObject({ citesDeleted: true, revokedKey: 200 });
    expect(stale.followUp.status).toBe(404);
    const own = await measureStaleness(world, FAR, "session, unconstrained", true);
    expect(own).toMatchObject({ citesDeleted: true, revokedKey: 200 });
    expect(own.followUp.recalled).toBe(1);
    for (const variant of ["near visitor", "near database"] as const) {
      const fresh = await measureStaleness(world, FAR, variant);
      expect(fresh).toMatchObject({ citesDeleted: false, revokedKey: 401 });
      expect(fresh.followUp).toMatchObject({ status: 200, recalled: 1 });
    }
  });
});
