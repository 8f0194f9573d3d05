import { describe, expect, it } from "vitest";
import type { SignedRequest } from "../../src/webhooks/contract/signatures.ts";
import { verifySignature } from "../../src/webhooks/verify-signature.ts";
import { hasPublicSets, schemes, vectors, type Vector } from "../support/vectors.ts";

function requestOf(vector: Vector): SignedRequest {
  return {
    method: vector.method ?? "POST",
    path: vector.path ?? "/",
    headers: new Headers(vector.headers),
    body: Uint8Array.from(new TextEncoder().encode(vector.body)),
  };
}

/** The clock that the vector asks for; those without one are judged at the time they claim. */
function clockOf(vector: Vector): number {
  if (vector.now_unix_ms !== undefined) return vector.now_unix_ms;
  if (vector.now_unix_s !== undefined) return vector.now_unix_s * 1000;
  return schemes[vector.scheme].claims(requestOf(vector))[0]?.at ?? 0;
}

function toleranceOf({ tolerance_s, ttl_s }: Vector): number | undefined {
  if (ttl_s !== undefined) return ttl_s === 0 ? Infinity : ttl_s * 1000;
  return tolerance_s === undefined ? undefined : tolerance_s * 1000;
}

describe.runIf(hasPublicSets)("the public signature vectors", () => {
  it("there are 96 public signature vectors", () => expect(vectors).toHaveLength(96));

  it.each(vectors.map((vector, index) => ({ index, vector })))(
    "signature vector $index $vector.scheme $vector.name is $vector.expect",
    async ({ vector }) => {
      const verdict = await verifySignature(
        schemes[vector.scheme],
        requestOf(vector),
        [vector.secret],
        clockOf(vector),
        toleranceOf(vector),
      );
      expect("claim" in verdict).toBe(vector.expect === "valid");
    },
  );
});
