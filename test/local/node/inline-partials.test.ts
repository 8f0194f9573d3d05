import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { inlinePartials } from "../../../cli/partials/inline-partials.ts";

let above: string;
let folder: string;

beforeEach(async () => {
  above = await mkdtemp(path.join(tmpdir(), "edgewise-parts-"));
  folder = path.join(above, "docs");
  await mkdir(folder);
});

afterEach(() => rm(above, { recursive: true }));

function write(file: string, text: string): Promise<void> {
  return writeFile(path.join(folder, file), text);
}

function inline(source: string, isWanted?: (file: string) => boolean) {
  return inlinePartials(source, { folder, file: "page.md" }, isWanted);
}

it("a part that is not in the folder is noted, and nothing outside the folder is read", async () => {
  await writeFile(path.join(above, "secret.md"), "secret");
  await symlink(path.join(above, "secret.md"), path.join(folder, "link.md"));
  await write(".hidden.md", "secret");
  const names = ["../secret.md", "link.md", ".hidden.md", "/etc/hosts.md", "gone.md"];
  const { text, notes } = await inline(
    names.map((name) => `<!--@include: ${name}-->`).join("\n\n"),
  );
  expect(text).not.toContain("secret\n");
  expect(notes).toEqual(names.map((name) => `a part of the page was not found: ${name}`));
});

it("a file that is not the source's is not read", async () => {
  await write("draft.md", "untracked");
  const { text, notes } = await inline("{% include draft.md %}", (file) => file !== "draft.md");
  expect(text).not.toContain("untracked");
  expect(notes).toEqual(["a part of the page was not found: draft.md"]);
});

it("a component that no Markdown file is imported for stays as it is, without a note", async () => {
  const source = 'import Card from "./card.tsx";\n\n<Card />';
  expect(await inline(source)).toEqual({ text: source, notes: [] });
});

it("a part that includes itself, directly or through another, is read once", async () => {
  await write("a.md", "first\n\n{!b.md!}");
  await write("b.md", "second\n\n{!a.md!}");
  const { text, notes } = await inline("{!a.md!}");
  expect(text).toContain("first");
  expect(text.match(/second/g)).toHaveLength(1);
  expect(notes).toEqual(["a part of the page includes itself: a.md"]);
});

it("parts that multiply are read up to a limit, which is noted", async () => {
  await write("level0.md", "word ".repeat(1000));
  for (let level = 1; level <= 6; level++)
    await write(`level${level}.md`, `{!level${level - 1}.md!}\n\n`.repeat(10));
  const { text, notes } = await inline("{!level6.md!}");
  expect(text.length).toBeLessThan(1_500_000);
  expect(notes.join()).toContain("was left out");
});

it("a part within a list stays in its item, and one within a quotation in the quotation", async () => {
  await write("two.md", "one line\n\nanother");
  expect((await inline("- {!two.md!}")).text).toBe("- one line\n\n  another");
  expect((await inline("> {!two.md!}")).text).toBe("> one line\n\n> another");
});

it("a snippet in code is read as it is, and an example of one stays", async () => {
  await write("run.sh", "run --fast\n");
  const { text, notes } = await inline('```sh\n--8<-- "run.sh"\n--8<-- "gone.sh"\n```\n');
  expect(text).toBe('```sh\nrun --fast\n--8<-- "gone.sh"\n```\n');
  expect(notes).toEqual([]);
});
