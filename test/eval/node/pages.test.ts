import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { reliabilityDiagram } from "../../../eval/charts/reliability-diagram.ts";
import { riskCoverageChart } from "../../../eval/charts/risk-coverage-chart.ts";
import { findFailed, writeExplanation } from "../../../eval/explain.ts";
import { scoreRanking, type ChatRow, type RetrievalRow } from "../../../eval/measure.ts";
import type { Question } from "../../../eval/sets/question.ts";
import { riskCoverageCurve } from "../../../eval/statistics/risk-coverage.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "edgewise-pages-"));
afterAll(() => rmSync(folder, { recursive: true }));

function question(id: string, relevant: string[], text = `What about ${id}?`): Question {
  return {
    id,
    text,
    answerable: relevant.length > 0,
    relevant: new Map(relevant.map((document) => [document, 1])),
    answer: undefined,
    kind: undefined,
    topic: undefined,
    language: undefined,
  };
}

function retrieved({ relevant, answerable }: Question, ...ids: string[]): RetrievalRow {
  const scores = scoreRanking(ids, relevant);
  const ranking = ids.map((id) => ({
    external_id: id,
    title: id,
    text: `<b>${id}</b> | x`,
    score: 1,
  }));
  return {
    scores: answerable ? { keywords: scores, vectors: scores, fused: scores } : null,
    rankings: { keywords: [], vectors: ranking, fused: ranking },
    answerability: 0.7,
    evidence: undefined,
  };
}

function said(verdict: ChatRow["verdict"], confidence: number): ChatRow {
  return {
    verdict,
    confidence,
    outcome: verdict === "abstained" ? "abstained" : "answered",
    right_anywhere: false,
    contains_answer: null,
    rung: "extractive",
    release: "default",
    model: null,
    citations: ["a`\nb"],
    text: "Well [1]",
    ms: 1,
    sequential: 3,
  };
}

describe("the explanation of the worst questions", () => {
  const questions = [
    question("low", ["d9"]),
    question("silent", ["d1"]),
    question("misled", ["d1"], "# heading\n\n<script>alert(1)</script> ![x](http://evil)"),
    question("invented", []),
    question("fine", ["d1"]),
  ];
  const measured = {
    questions,
    retrieval: new Map(
      questions.map((one) => [one.id, retrieved(one, "d1", "d2", "d3", "d4", "d9")]),
    ),
    chat: new Map([
      ["silent", said("abstained", 0.2)],
      ["misled", said("wrong", 0.6)],
      ["invented", said("wrong", 0.9)],
      ["fine", said("right", 0.9)],
    ]),
  };

  it("the explanation begins with the most confident wrong answer and leaves out right answers", () => {
    expect(findFailed(measured).map(({ question: { id } }) => id)).toEqual([
      "invented",
      "misled",
      "silent",
      "low",
    ]);
  });

  it("the explanation escapes Markdown and HTML in a set's texts", async () => {
    const file = path.join(folder, "worst.md");
    const set = {
      name: "s",
      folder,
      questionFile: "q",
      documents: [],
      questions,
      conversational: true,
      notes: [],
    };
    await writeExplanation(file, set, measured);
    const page = readFileSync(file, "utf8");
    expect(page).toContain("4 of 5 questions went wrong");
    expect(page).toContain(
      String.raw`> \# heading \<script\>alert(1)\</script\> \!\[x\](http://evil)`,
    );
    expect(page).not.toMatch(/(?<!\\)<(?:script|b)>/);
    expect(page).toContain("5. ✓ `d9`");
    expect(page.split("\n").filter((line) => /^#+ /.test(line))).toHaveLength(5);
  });
});

describe("charts", () => {
  const name = `<demo> & "more"`;
  const outcomes = Array.from({ length: 500 }, (_, i) => ({
    confidence: i / 500,
    canAnswer: true,
    wrong: i % 3 === 0,
  }));
  const wellFormed = (svg: string): boolean => {
    const open: string[] = [];
    for (const [, closes, tag = "", empty] of svg.matchAll(/<(\/?)([a-z]+)(?:\s[^<>]*?)?(\/?)>/g)) {
      if (closes && open.pop() !== tag) return false;
      if (!closes && !empty) open.push(tag);
    }
    return open.length === 0 && !/NaN|undefined|Infinity/.test(svg);
  };

  it.each([
    ["many", outcomes],
    ["one", outcomes.slice(0, 1)],
    ["none", []],
  ])("charts of %s are well-formed SVG within their frame", (_, some) => {
    const forecasts = some.map(({ confidence, wrong }) => ({
      probability: confidence,
      came: !wrong,
    }));
    const pictures = [
      reliabilityDiagram([{ name, forecasts }]),
      riskCoverageChart([{ name, curve: riskCoverageCurve(some) }]),
    ];
    for (const svg of pictures) {
      expect(wellFormed(svg)).toBe(true);
      expect(svg).toContain("&lt;demo&gt; &amp; &quot;more&quot;");
      expect(svg).not.toContain("<demo>");
    }
    const points =
      pictures
        .join()
        .match(/points="([^"]*)"/g)
        ?.join(" ")
        .match(/[\d.-]+/g) ?? [];
    expect(points.every((value) => Number(value) >= 0 && Number(value) <= 504)).toBe(true);
  });
});
