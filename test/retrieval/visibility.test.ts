import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { isVisibleTo, visibleTo, type Visibility } from "../../src/retrieval/visibility.ts";

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

it("a document is visible to a reader in TypeScript exactly where it is in SQL", async () => {
  const documents = VERSIONS.flatMap((versions) =>
    AUDIENCES.flatMap((audience) =>
      AUDIENCES.map((served_audience): Visibility => ({ ...versions, audience, served_audience })),
    ),
  );
  const seen = new Set<boolean>();
  for (const reader of READERS) {
    const { results } = await env.DB.prepare(
      `SELECT ${visibleTo("d", "?2")} IS TRUE AS isVisible
       FROM (SELECT key, value ->> 'live_version' AS live_version, value ->> 'shown_from' AS shown_from,
         value ->> 'audience' AS audience, value ->> 'served_audience' AS served_audience FROM json_each(?1)) AS d ORDER BY d.key`,
    )
      .bind(JSON.stringify(documents), JSON.stringify(reader))
      .all<{ isVisible: number }>();
    const bySql = results.map(({ isVisible }) => isVisible === 1);
    expect(documents.map((document) => isVisibleTo(document, reader))).toEqual(bySql);
    for (const isVisible of bySql) seen.add(isVisible);
  }
  expect(seen).toEqual(new Set([true, false]));
});
