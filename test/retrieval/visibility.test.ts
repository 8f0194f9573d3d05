import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import {
  isOpenTo,
  isValidAt,
  visibilityFields,
  visibleTo,
  type Visibility,
} from "../../src/retrieval/visibility.ts";

const VERSIONS = [
  { live_version: 1, shown_from: 1 },
  { live_version: 2, shown_from: 1 },
  { live_version: 1, shown_from: 2 },
  { live_version: 0, shown_from: 0 },
  { live_version: null, shown_from: 1 },
  { live_version: 1, shown_from: null },
];
const AUDIENCES = [null, "[]", '["staff"]', '["staff","customers"]', '["partners"]'];
const READERS = [[], ["staff"], ["customers"], ["customers", "partners"], ["nobody"]];
const ALWAYS = { valid_since: null, valid_before: null, served_since: null, served_before: null };

async function visibleBySql(
  documents: Visibility[],
  audience: string[],
  now: number,
  since = now,
): Promise<boolean[]> {
  const { results } = await env.DB.prepare(
    `WITH d AS (SELECT key, ${Object.keys(documents[0] ?? {})
      .map((name) => `value ->> '${name}' AS ${name}`)
      .join(", ")} FROM json_each(?1))
     SELECT ${visibleTo("d", { audience: "?2", now: "?3", since: "?4" })} IS TRUE AS isVisible,
       json_object(${visibilityFields("d")}) AS fields FROM d ORDER BY d.key`,
  )
    .bind(JSON.stringify(documents), JSON.stringify(audience), now, since)
    .all<{ isVisible: number; fields: string }>();
  expect(results.map(({ fields }) => JSON.parse(fields) as Visibility)).toEqual(documents);
  return results.map(({ isVisible }) => isVisible === 1);
}

it("a document is open to a reader in TypeScript exactly where it is in SQL", async () => {
  const documents = VERSIONS.flatMap((versions) =>
    AUDIENCES.flatMap((audience) =>
      AUDIENCES.map((served_audience): Visibility => {
        return { ...versions, audience, served_audience, ...ALWAYS };
      }),
    ),
  );
  const seen = new Set<boolean>();
  for (const reader of READERS) {
    const bySql = await visibleBySql(documents, reader, 0);
    expect(documents.map((document) => isOpenTo(document, reader))).toEqual(bySql);
    for (const isVisible of bySql) seen.add(isVisible);
  }
  expect(seen).toEqual(new Set([true, false]));
});

it("a document is valid in TypeScript exactly where it is in SQL: from its first instant on, and before the one that ends it", async () => {
  const open = { live_version: 1, shown_from: 1, audience: "[]", served_audience: "[]" };
  const bounds = [null, 1, 2, 3];
  const documents = bounds.flatMap((valid_since) =>
    bounds.flatMap((valid_before) =>
      bounds.flatMap((served_since) =>
        bounds.map((served_before): Visibility => {
          return { ...open, valid_since, valid_before, served_since, served_before };
        }),
      ),
    ),
  );
  for (const now of [0, 1, 2, 3, 4]) {
    const bySql = await visibleBySql(documents, [], now);
    expect(documents.map((document) => isValidAt(document, now))).toEqual(bySql);
  }
});

it("a question about the past is shown what was valid then, but not what is not valid yet", async () => {
  const open = { live_version: 1, shown_from: 1, audience: "[]", served_audience: "[]" };
  const valid = (since: number | null, before: number | null): Visibility => {
    return { ...open, ...ALWAYS, valid_since: since, valid_before: before };
  };
  const documents = [valid(null, 10), valid(null, 20), valid(20, null), valid(31, null)];
  expect(await visibleBySql(documents, [], 30)).toEqual([false, false, true, false]);
  expect(await visibleBySql(documents, [], 30, 15)).toEqual([false, true, true, false]);
  expect(await visibleBySql(documents, [], 30, 0)).toEqual([true, true, true, false]);
});
