import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { documentsFromFolder } from "../../../cli/documents-from-folder.ts";
import { documentsFromLines } from "../../../cli/documents-from-jsonl.ts";
import { readFields } from "../../../cli/fields.ts";

let folder: string;
beforeAll(() => void (folder = mkdtempSync(path.join(os.tmpdir(), "edgewise-validity-"))));
afterAll(() => rmSync(folder, { recursive: true }));

it("front matter in YAML, TOML and JSON says when a document is valid, also by Hugo's names", async () => {
  const files = {
    "yaml.md": "---\nvalid_from: 2025-03-01\nvalid_until: 2025-12-31\n---\n\nText.",
    "toml.md":
      "+++\nvalid_from = 2025-03-01\nvalid_until = 2025-12-31T18:00:00+01:00\n+++\n\nText.",
    "json.md": '{"valid_until": "2025-12-31"}\n\nText.',
    // Hugo takes a page down at the beginning of the day that it expires.
    "hugo.md": "---\npublishDate: 2025-03-01\nexpiryDate: 2025-12-31\n---\n\nText.",
    "none.md": "---\ntitle: A\nvalid_from:\n---\n\nText.",
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  const { documents, unreadable } = await documentsFromFolder(folder);
  expect(unreadable).toEqual([]);
  const validity = documents.map(({ external_id, valid_from, valid_until }) => [
    external_id,
    valid_from,
    valid_until,
  ]);
  expect(validity).toEqual([
    ["hugo", "2025-03-01", "2025-12-31T00:00:00Z"],
    ["json", undefined, "2025-12-31"],
    ["none", undefined, undefined],
    ["toml", "2025-03-01", "2025-12-31T18:00:00.000+01:00"],
    ["yaml", "2025-03-01", "2025-12-31"],
  ]);
});

it("a date of TOML is read as the time of a document's last change", () => {
  const source = "+++\nlastmod = 2025-03-01\n+++\n\nText.";
  writeFileSync(path.join(folder, "changed.md"), source);
  return expect(
    documentsFromFolder(folder, undefined, { only: ["changed.md"] }),
  ).resolves.toMatchObject({
    documents: [{ updated_at: "2025-03-01T00:00:00Z" }],
  });
});

it("a validity that cannot be read refuses the document: without it, it could be cited outside its time", () => {
  for (const wrong of ["2025-02-30", "spring", "2025-03-01T09:00:00", 7, true, ["spring"]])
    expect(() => readFields({ valid_until: wrong })).toThrow(/valid_until: .*outside its time/);
  expect(() => readFields({ valid_from: "2025-03-02", valid_until: "2025-03-01" })).toThrow(
    /valid_until: is not after valid_from/,
  );
});

it("lines and the articles of an export have a validity, and a wrong one refuses only its own document", () => {
  const lines = [
    { id: "a", text: "Text.", valid_from: "2025-03-01" },
    { id: "b", text: "Text.", valid_from: "March" },
    { id: "c", title: "C", body: "<p>Text.</p>", valid_until: "2025-12-31" },
    { id: "d", title: "D", body: "<p>Text.</p>", valid_until: "never" },
  ].map((line) => JSON.stringify(line));
  const { documents, unreadable } = documentsFromLines(lines.join("\n"), "lines.jsonl", {});
  expect(documents).toMatchObject([
    { external_id: "a", valid_from: "2025-03-01" },
    { external_id: "c", valid_until: "2025-12-31" },
  ]);
  expect(unreadable.map(({ source }) => source)).toEqual(["lines.jsonl:2", "d"]);
});
