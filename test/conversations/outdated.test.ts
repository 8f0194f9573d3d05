import { expect, it } from "vitest";
import { isNoLongerValid } from "../../src/conversations/withheld.ts";

it.each([
  ["has expired since", null, 150, true],
  ["had expired before, and was asked for as of then", null, 50, false],
  ["is to become valid later", 500, null, true],
  ["has been valid throughout", 50, 500, false],
])("an answer from a document that %s", (_, since, before, outdated) => {
  const validity = { valid_since: since, valid_before: before };
  const served = { served_since: since, served_before: before, live_version: 1, shown_from: 1 };
  const shown = { is_served: 1, said_at: 100, audience: "[]", served_audience: "[]" };
  expect(isNoLongerValid(JSON.stringify([{ ...shown, ...served, ...validity }]), 200)).toBe(
    outdated,
  );
});
