import { expect, it } from "vitest";
import { noteOnLinks } from "../../../cli/linked-hosts.ts";

const document = (content: string, url?: string) => ({
  external_id: "a",
  title: "A",
  content,
  content_type: "text/markdown",
  ...(url !== undefined && { url }),
});
const OWN = document(
  "See [returns](https://Help.castle.example/returns) and https://help.castle.example.",
);

it("documents without an address are said to link to the site that they seem to live on", () => {
  const [note] = noteOnLinks([OWN, OWN, document("No link."), document("https://other.example/a")]);
  expect(note).toMatch(/^2 documents .* link to help\.castle\.example\..*--base-url.*link_hosts/);
});

it.each([
  ["one document links to it", [OWN, document("Text.")]],
  [
    "few of the documents link to it",
    [OWN, OWN, ...Array.from({ length: 20 }, () => document("Text."))],
  ],
  [
    "the documents have addresses",
    [OWN, OWN].map(({ content }) => document(content, "https://castle.example/a")),
  ],
  [
    "it is the site of another document",
    [OWN, OWN, document("Text.", "https://help.castle.example/b")],
  ],
])("nothing is said of a site where %s", (_, documents) => {
  expect(noteOnLinks(documents)).toEqual([]);
});
