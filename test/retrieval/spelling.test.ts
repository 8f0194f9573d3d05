import { env } from "cloudflare:workers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  correct,
  corrections,
  editDistance,
  spellingStatement,
  type Corrections,
  type SpellingCandidate,
} from "../../src/retrieval/spelling.ts";
import { stemOf } from "../../src/text/stems.ts";
import { createWorkspace, type Workspace } from "../support/workspace.ts";
import { ingestPending, search, store } from "../support/pipeline.ts";

const word = fc.string({
  unit: fc.constantFrom(..."abcde".split("")),
  minLength: 1,
  maxLength: 12,
});

describe("edit distance", () => {
  it("the edit distance is 0 to the word itself, symmetric, and at most the longer length", () => {
    fc.assert(
      fc.property(word, word, (left, right) => {
        const distance = editDistance(left, right);
        expect(distance).toBe(editDistance(right, left));
        expect(distance === 0).toBe(left === right);
        expect(distance).toBeLessThanOrEqual(Math.max(left.length, right.length));
        expect(distance).toBeGreaterThanOrEqual(Math.abs(left.length - right.length));
      }),
    );
  });

  it("the edit distance counts one for each typing error", () => {
    fc.assert(
      fc.property(word, fc.nat(), fc.constantFrom("x", "y"), (typed, place, letter) => {
        const at = place % typed.length;
        expect(editDistance(typed, typed.slice(0, at) + letter + typed.slice(at))).toBe(1);
        expect(editDistance(typed, typed.slice(0, at) + letter + typed.slice(at + 1))).toBe(1);
        expect(editDistance(typed, typed.slice(0, at) + typed.slice(at + 1))).toBe(1);
        const swapped =
          typed.slice(0, at) + (typed[at + 1] ?? "") + (typed[at] ?? "") + typed.slice(at + 2);
        expect(editDistance(typed, swapped)).toBe(swapped === typed ? 0 : 1);
      }),
    );
  });
});

describe("a correction", () => {
  it("a correction is the word itself or a word of the documents with the same first letter, one or two errors away", () => {
    fc.assert(
      fc.property(word, fc.array(word, { maxLength: 20 }), (typed, vocabulary) => {
        const meant = correct(typed, vocabulary);
        if (meant === typed) return;
        expect(vocabulary).toContain(meant);
        expect(meant[0]).toBe(typed[0]);
        expect(editDistance(typed, meant)).toBeLessThanOrEqual(typed.length >= 8 ? 2 : 1);
        expect(typed.length).toBeGreaterThanOrEqual(4);
        const nearer = vocabulary.filter(
          (other) =>
            other[0] === typed[0] && editDistance(typed, other) < editDistance(typed, meant),
        );
        expect(nearer).toEqual([]);
      }),
    );
  });

  it("a word that the documents use in any form is never corrected", () => {
    fc.assert(
      fc.property(word, fc.array(word, { maxLength: 20 }), fc.nat(), (typed, vocabulary, place) => {
        const at = place % (vocabulary.length + 1);
        for (const form of [
          typed,
          ...vocabulary.filter((other) => stemOf(other) === stemOf(typed)),
        ]) {
          expect(correct(typed, vocabulary.toSpliced(at, 0, form))).toBe(typed);
        }
      }),
    );
    expect(correct("returning", ["return", "returnings"])).toBe("returning");
    expect(correct("resume", ["résumé", "resumo"])).toBe("resume");
  });

  it("short words, codes and numbers are not corrected", () => {
    for (const typed of ["pmp", "e07a", "12345", "4711x", "fh-pump"]) {
      expect(correct(typed, ["pump", "e08a", "12346", "4711y", "fh-pomp"])).toBe(typed);
    }
  });

  it.each([
    ["vinegr", "vinegar"],
    ["vinegra", "vinegar"],
    ["vineggar", "vinegar"],
    ["reservior", "reservoir"],
    ["subscribtoin", "subscription"],
    ["lmap", "lamp"],
    ["binegar", "binegar"],
  ])("%s is corrected to %s", (typed, meant) => {
    expect(correct(typed, ["lamp", "vinegar", "reservoir", "subscription"])).toBe(meant);
  });
});

describe("the vocabulary of a workspace", () => {
  async function ingested(content: string): Promise<Workspace> {
    const workspace = await createWorkspace();
    await store(workspace, "doc", { title: "Garden", content });
    await ingestPending();
    return workspace;
  }

  async function corrected(workspace: Workspace, question: string): Promise<Corrections> {
    const scope = { workspace: { sql: "?1", value: workspace.id }, audience: [], now: 0 };
    const { results } = await spellingStatement(env.DB, scope, question).all<SpellingCandidate>();
    return corrections(results);
  }

  it("a workspace corrects words that its documents do not use, and only to words of its own", async () => {
    const [ours, theirs] = [
      await ingested("Vinegar removes limescale."),
      await ingested("A vinegarette tastes."),
    ];
    expect(await corrected(ours, "Does vinegr remove limescael?")).toEqual(
      new Map([
        ["vinegr", "vinegar"],
        ["limescael", "limescale"],
      ]),
    );
    expect(await corrected(theirs, "Does vinegr remove limescael?")).toEqual(new Map());
    const { results } = await search(ours, "vinegr", ["keywords"]);
    expect(results.map(({ external_id }) => external_id)).toEqual(["doc"]);
  });

  it("the vocabulary recognises a word however its accents are encoded", async () => {
    const workspace = await ingested("Die Geräte und die Größe.".normalize("NFD"));
    expect(await corrected(workspace, "geräte")).toEqual(new Map());
    const [typed, meant] = [...(await corrected(workspace, "gerätte"))][0] ?? [];
    expect(typed).toBe("geratte");
    expect(["gerate", "geraete"]).toContain(meant);
  });

  it("any question can be spell-checked, and is corrected to words of the documents only", async () => {
    const workspace = await ingested("Vinegar removes limescale. Ünder. Łódź. 返品できます.");
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string({ unit: "binary", maxLength: 300 }),
          fc.constantFrom(
            "x".repeat(4000),
            "\u{10FFFF}".repeat(9),
            "𐀀𐀀𐀀𐀀",
            "퟿퟿퟿퟿",
            "ｚｚｚｚ",
            "vinegr ".repeat(500),
          ),
        ),
        async (question) => {
          for (const [typed, meant] of await corrected(workspace, question)) {
            expect(question.normalize("NFC").toLowerCase()).toContain(typed);
            expect(["vinegar", "removes", "limescale", "garden", "ünder", "łódź"]).toContain(meant);
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it("at most 500 candidates are returned, however many words are close to those of a question", async () => {
    const workspace = await createWorkspace();
    const letters = Array.from("abcdefghijklmnopqrstuvwxyz");
    const close = letters.flatMap((one) => letters.map((other) => `vineg${one}${other}`));
    await env.DB.batch([
      env.DB.prepare(
        `INSERT INTO words (workspace_id, word) SELECT ?1, value FROM json_each(?2)`,
      ).bind(workspace.id, JSON.stringify(close)),
      env.DB.prepare(
        `INSERT INTO document_words (rowid, workspace, words) VALUES (900000001, ?1, ?2)`,
      ).bind(workspace.id.replaceAll("_", ""), close.join(" ")),
    ]);
    const scope = { workspace: { sql: "?1", value: workspace.id }, audience: [], now: 0 };
    const { results } = await spellingStatement(env.DB, scope, "vinegr").all();
    expect(close.length).toBeGreaterThan(500);
    expect(results.length).toBe(500);
  });
});

it("the spelling query reads only the words of the vocabulary that share a first letter with a word of the question", async () => {
  const explaining = {
    prepare: (sql: string) => env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`),
  } as unknown as D1Database;
  const statement = spellingStatement(
    explaining,
    { workspace: { sql: "?1", value: "ws_1" }, audience: [], now: 0 },
    "recieve a parcel",
  );
  const { results } = await statement.all<{ detail: string }>();
  const plan = results.map(({ detail }) => detail).join("\n");
  expect(plan).toMatch(/SEARCH w .*\(workspace_id=\? AND word>\? AND word<\?\)/);
});
