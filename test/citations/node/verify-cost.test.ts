import { expect, it } from "vitest";
import { CitationVerifier } from "../../../src/citations/citation-verifier.ts";
import { citedSource } from "../../support/cited-source.ts";

const UNIT = 50_000;

/** The shortest of three runs, in milliseconds. */
function cost(text: string): number {
  const source = citedSource(text);
  const times = Array.from({ length: 3 }, () => {
    const verifier = new CitationVerifier([source]);
    const begun = performance.now();
    expect(verifier.push(`${text} [1]`)).toBe(`${text} [1]`);
    return performance.now() - begun;
  });
  return Math.min(...times);
}

it("citation verification reads a long run of white space in linear time", () => {
  const spaced = cost(`The pump opens.${" ".repeat(UNIT)}It closes.`);
  const written = cost(`The pump opens.${"x".repeat(UNIT)} It closes.`);
  // In quadratic time it would be a hundred times as much.
  expect(spaced).toBeLessThan(10 * written + 50);
});
