import { expect, it } from "vitest";
import { parseMarkdownFile } from "../../../cli/parse-file.ts";

const read = (frontMatter: string) => {
  const { document, notes } = parseMarkdownFile("a", `---\n${frontMatter}\n---\n\n# A\n\nText.`);
  return { metadata: document?.metadata, notes };
};

it("front matter gives a document's metadata as a map of short values", () => {
  const given = "metadata:\n  country: Germany\n  plan: [Pro, Team]\n  version: 4";
  const metadata = { country: "Germany", plan: ["Pro", "Team"], version: 4 };
  expect(read(given)).toEqual({ metadata, notes: [] });
});

it("what is no short value is left out and noted", () => {
  const { metadata, notes } = read(
    `metadata:\n  plan: Pro\n  description: ${"x".repeat(65)}\n  nested: {a: b}\n  empty: ""`,
  );
  expect(metadata).toEqual({ plan: "Pro" });
  expect(notes).toHaveLength(3);
  expect(read("metadata: true")).toMatchObject({
    metadata: undefined,
    notes: [expect.any(String)],
  });
});

it("metadata that names an audience is refused, because everybody could read the document", () => {
  expect(() => read("metadata:\n  audience: staff")).toThrow("audience");
});
