import type { View } from "../../src/retrieval/visibility.ts";
import { shippedRelease } from "../../src/releases/release.ts";
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { searchKeywords, type KeywordResult } from "../../src/retrieval/keywords.ts";
import { queryTerms, type ExpandedTerms } from "../../src/retrieval/query-terms.ts";
import { createWorkspace, type Workspace } from "../support/workspace.ts";
import { ingestPending, store } from "../support/pipeline.ts";

const viewOf = ({ id }: Workspace): View => ({ workspaceId: id, audience: [], now: 0, since: 0 });
const { fields: FIELDS } = shippedRelease.retrieval;

let workspace: Workspace;
let other: Workspace;

/** Documents ingested through the pipeline, in this order. */
async function ingested(documents: Record<string, string>): Promise<Workspace> {
  const made = await createWorkspace();
  for (const [title, content] of Object.entries(documents)) {
    await store(made, title, { title, content, content_type: "text/plain" });
    await ingestPending();
  }
  return made;
}

beforeAll(async () => {
  workspace = await ingested({
    pump: "The pump is rinsed with vinegar. The pump hums. A pump lasts long.",
    vinegar: "Vinegar removes limescale from the reservoir of the garden.",
    lamp: "The lamp of the garden shines for sixteen hours.",
    error: "Code E-07 stands for an empty reservoir.",
    seven: "Chapter E has 07 parts, and 07 of them are about seeds.",
    café: "The crème brûlée pods are naïve. Größe: 4.1.1.1",
    arabic: "يمكنك إرجاع المنتج خلال أربعة عشر يوما",
    japanese: "返品は14日以内にできます。送料は無料です。",
    korean: "물은 매주 갈아 주세요. 펌프를 청소하세요.",
    thai: "เปลี่ยนน้ำทุกสัปดาห์และทำความสะอาดปั๊ม",
  });
  other = await ingested({ pump: "The pump of somebody else is rinsed with acid." });
});

const termsOf = (question: string): ExpandedTerms => ({
  ...queryTerms(question),
  equivalents: new Map(),
});

async function match(
  question: string,
  asker = workspace,
): Promise<KeywordResult & { titles: string[] }> {
  const result = await searchKeywords(env.DB, viewOf(asker), termsOf(question), FIELDS, 50, {
    slot: 1,
  });
  const { results } = await env.DB.prepare(
    `SELECT c.id, d.title FROM chunks c JOIN documents d ON d.id = c.document_id WHERE c.workspace_id = ?1`,
  )
    .bind(asker.id)
    .all<{ id: number; title: string }>();
  const titleOf = new Map(results.map(({ id, title }) => [id, title]));
  return {
    ...result,
    titles: result.matches.map(({ chunkId }) => titleOf.get(chunkId) ?? "foreign"),
  };
}

describe("a question", () => {
  const piece = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.string({ unit: "grapheme", maxLength: 40 }),
    fc.constantFrom(
      ..."\"'*:^-+(){}[]%_\\/.,;?!&|~<>=#@$`\0".split(""),
      " AND ",
      " OR ",
      " NOT ",
      " NEAR(",
      "title:",
      '"pump"',
      "pump*",
      "E-07",
      "a_b.c",
      "\u0301",
      "\ud83d",
      "👩‍🌾",
      "\u{1E900}", // Adlam: younger than the index's Unicode
      "\u{16D40}",
      "\uE000",
      "٣",
      "Ⅷ",
      "²",
      "ﬁ",
      "İ",
    ),
  );

  it("a question of any characters becomes a query that the index can answer, and its size is capped", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 25 }), async (pieces) => {
        const question = pieces.join("");
        const { words, phrases } = queryTerms(question);
        expect(words.length).toBeLessThanOrEqual(128);
        expect(phrases.length).toBeLessThanOrEqual(8);
        for (const term of [...words, ...phrases])
          expect(term).toMatch(/^[\p{L}\p{M}\p{N}\p{Co} ]{1,64}$/u);
        const { titles, chunkCounts, totalChunks } = await match(question);
        expect(titles).not.toContain("foreign");
        expect([...chunkCounts.keys()]).toEqual(words);
        for (const chunks of chunkCounts.values()) expect(chunks).toBeLessThanOrEqual(totalChunks);
      }),
      { numRuns: 80 },
    );
  });

  it.each<[string, string[]]>([
    ["", []],
    ["\"'*:^-+(){}", []],
    ["🌱💧", []],
    ["\ud83d", []],
    ["x".repeat(4000), []],
    ["x".repeat(3990) + " pump", ["pump"]],
    ["pump ".repeat(800), ["pump"]],
    ["title:pump AND NOT vinegar NEAR(lamp)", ["pump", "vinegar", "lamp"]],
    ['"pump" OR *', ["pump"]],
    ["PUMPS", ["pump"]],
    ["Ｐｕｍｐ", ["pump"]],
    ["creme brulee", ["café"]],
    ["CRE\u0300ME", ["café"]],
    ["إرجاع", ["arabic"]],
    ["返品したい", ["japanese"]],
    ["送料いくら？", ["japanese"]],
    ["ｿﾞｳの送料", ["japanese"]],
    ["14日", ["japanese"]],
    ["배송", []],
    ["펌프 청소", ["korean"]],
    ["ทำความสะอาด", ["thai"]],
    ["ปั๊ม", ["thai"]],
    ["返送", []],
    ["\u{1E900}\u{1E901}", []],
    ["\u0301", []],
    ["nothing of this occurs anywhere", []],
  ])("the question %.40j finds what it names, and nothing else", async (question, titles) => {
    const found = (await match(question)).titles;
    expect(found.toSorted()).toEqual(titles.toSorted());
  });

  it("a question is read in time linear in its length, even if it has no spaces", () => {
    for (const part of ["中", "я", "a-", "ー"]) {
      const started = Date.now();
      queryTerms(part.repeat(32_000));
      expect(Date.now() - started).toBeLessThan(1000);
    }
  });

  it("a question of stop words alone is searched with all of them", async () => {
    expect(queryTerms("What is it?").words).toEqual(["what", "is", "it"]);
    expect(queryTerms("What is the pump?").words).toEqual(["pump"]);
    expect((await match("is the")).titles).toContain("pump");
  });

  it("a long question keeps its most specific words: numbers, long words and repeated ones", async () => {
    const letters = "abcdefghij";
    const filler = Array.from(
      { length: 1000 },
      (_, index) => `w${String(index).replace(/\d/g, (digit) => letters[Number(digit)] ?? "")}`,
    );
    const text = ["limescale", "e07x", ...filler, "hum", "hum", "hum"].join(" ");
    const { words, repeats } = queryTerms(text);
    expect(words).toHaveLength(128);
    expect(words).toEqual(expect.arrayContaining(["limescale", "e07x", "hum"]));
    expect(repeats).toEqual(new Map([["hum", 3]]));
    expect((await match(text)).titles.toSorted()).toEqual(["pump", "vinegar"]);
  });

  it("a word that the question repeats counts as often as it is said, up to three times", async () => {
    const score = async (question: string, title: string): Promise<number> => {
      const { matches, titles } = await match(question);
      return matches[titles.indexOf(title)]?.score ?? 0;
    };
    const once = await score("lamp pump", "pump");
    expect(await score("lamp pump pump", "pump")).toBeCloseTo(2 * once, 5);
    expect(await score("lamp pump pump pump pump pump", "pump")).toBeCloseTo(3 * once, 5);
    expect(await score("lamp pump pump", "lamp")).toBeCloseTo(await score("lamp pump", "lamp"), 5);
  });
});

describe("keyword matches", () => {
  it("keyword matches come best first, and a rare word counts more than a frequent one", async () => {
    const { matches, titles, chunkCounts, totalChunks } = await match(
      "limescale in the garden reservoir",
    );
    const scores = matches.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    expect(Math.min(...scores)).toBeGreaterThan(0);
    expect(titles[0]).toBe("vinegar");
    expect(Object.fromEntries(chunkCounts)).toEqual({ limescale: 1, garden: 2, reservoir: 2 });
    expect(totalChunks).toBe(10);
    const one = async (word: string): Promise<number> => (await match(word)).matches[0]?.score ?? 0;
    expect(await one("limescale")).toBeGreaterThan(await one("garden"));
  });

  it("a search for an identifier ranks chunks with its parts side by side first", async () => {
    expect(queryTerms("What is E-07?").words).toEqual(["e07"]);
    const { titles } = await match("What is E-07?");
    expect(titles[0]).toBe("error");
    expect(queryTerms("Is 4.1.1.1 or FH-PUMP-02 newer, http://a.b/c?")).toMatchObject({
      words: ["4 1 1 1", "fhpump02", "pump", "newer", "http", "a b c"],
      phrases: [],
    });
    expect(queryTerms("FH-PUMP-02").forms.get("fhpump02")).toEqual(["fh pump 02"]);
    expect((await match("4.1.1.1")).titles).toEqual(["café"]);
  });

  it("keyword matches and word counts are of the reader's workspace alone", async () => {
    expect(await match("acid")).toMatchObject({ titles: [], chunkCounts: new Map([["acid", 0]]) });
    expect(await match("acid pump", other)).toMatchObject({ titles: ["pump"], totalChunks: 1 });
    expect((await match(other.id)).titles).toEqual([]);
    expect((await match(`workspace:${workspace.id}`)).titles).toEqual([]);
  });

  it("a keyword search returns the best matches, no more than its limit", async () => {
    const all = await match("pump vinegar garden reservoir");
    expect(all.matches.length).toBeGreaterThan(2);
    const few = await searchKeywords(
      env.DB,
      viewOf(workspace),
      termsOf("pump vinegar garden reservoir"),
      FIELDS,
      2,
      { slot: 1 },
    );
    expect(few.matches).toEqual(all.matches.slice(0, 2));
  });
});
