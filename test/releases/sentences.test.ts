import { expect, it } from "vitest";
import { shippedRelease } from "../../src/releases/release.ts";
import { NO_NAMES, say } from "../../src/releases/sentences.ts";

it("a name that looks like a placeholder stays as it is", () => {
  const names = { ...NO_NAMES, company_name: "A {titles} {contact}" };
  const said = say("{company}: {titles}", shippedRelease.sentences, names, { titles: "{company}" });
  expect(said).toBe("A {titles} {contact}: {company}");
});
