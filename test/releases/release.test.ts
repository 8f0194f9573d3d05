import fc from "fast-check";
import { fillPlaceholders } from "../../src/releases/sentences.ts";
import { describe, expect, it } from "vitest";
import {
  canonicalJson,
  identify,
  releaseSchema,
  shippedRelease,
  withOverlays,
} from "../../src/releases/release.ts";

/** The same value with the fields of every object in another order. */
function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, part]) => [name, reordered(part)]),
  );
}

describe("a release's id", () => {
  it("is the same for equal content in any order of fields, also when the content came from an overlay", async () => {
    const { id } = await identify(shippedRelease);
    expect(id).toMatch(/^rel_[0-9a-f]{16}$/);
    const same = releaseSchema.parse(reordered(shippedRelease));
    expect((await identify(same)).id).toBe(id);
    const { thresholds } = shippedRelease.decision;
    const overlaid = withOverlays(shippedRelease, { decision: { thresholds } });
    expect((await identify(overlaid)).id).toBe(id);
  });

  it("changes with any number, sentence or model", async () => {
    const ids = await Promise.all(
      [
        {},
        { decision: { bias: -2.8313 } },
        { sentences: { farewell: "Bye!" } },
        { models: { chat: "@cf/another/model" } },
        { prompt: { rules: [] } },
      ].map(async (overlay) => (await identify(withOverlays(shippedRelease, overlay))).id),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });
});

it("canonical JSON parses to the same value, whatever the order of the fields", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      expect(canonicalJson(reordered(value))).toBe(canonicalJson(value));
    }),
  );
});

describe("an overlay", () => {
  it("replaces only the fields that it names, and lists as a whole", () => {
    const rules = ["Answer in rhymes."];
    const release = withOverlays(shippedRelease, { prompt: { rules } }, { models: { small: "m" } });
    expect(release.prompt).toEqual({ ...shippedRelease.prompt, rules });
    expect(release.models).toEqual({ ...shippedRelease.models, small: "m" });
    expect(release.decision).toEqual(shippedRelease.decision);
  });

  it.each<[what: string, overlay: Record<string, unknown>]>([
    ["names a field that no release has", { decision: { treshold: 0.4 } }],
    ["puts a text where a number belongs", { decision: { bias: "high" } }],
    ["takes away an object", { decision: null }],
    ["puts a probability above 1", { decision: { thresholds: { answer: 1.5 } } }],
    ["names __proto__", JSON.parse('{"__proto__": {"sentences": {}}}') as never],
    ["asks back from above where it answers", { decision: { thresholds: { answer: 0.2 } } }],
    ["weighs a field below 0", { retrieval: { fields: { title: -1 } } }],
    ["misspells a placeholder", { sentences: { abstention: "Ask {contct}." } }],
    [
      "asks which article is meant without naming any",
      { sentences: { clarification: { one: "?" } } },
    ],
    ["does not say which question was not answered", { sentences: { unanswered: "No." } }],
    ["holds a sentence of a megabyte", { sentences: { abstention: "x".repeat(1_000_000) } }],
  ])("is refused that %s", (_, overlay) => {
    expect(() => withOverlays(shippedRelease, overlay)).toThrow();
  });
});

it("fills the placeholders of a sentence that it is given, and no other name of an object", () => {
  expect(fillPlaceholders("Ask {contact} about {constructor}.", { contact: "Ada {contact}" })).toBe(
    "Ask Ada {contact} about {constructor}.",
  );
});
