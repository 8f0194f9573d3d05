import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { documentsFromJsonl } from "../../../cli/documents-from-jsonl.ts";

async function typeOf(line: object): Promise<string | undefined> {
  const folder = await mkdtemp(path.join(tmpdir(), "edgewise-jsonl-"));
  try {
    const file = path.join(folder, "lines.jsonl");
    await writeFile(file, JSON.stringify({ id: "a", ...line }));
    return (await documentsFromJsonl(file)).documents[0]?.content_type;
  } finally {
    await rm(folder, { recursive: true });
  }
}

it.each([
  ["The pump takes 1 < 2 litres of *oil*.", "text/plain"],
  ["<p> is how a paragraph begins.", "text/plain"],
  ["<pump> is no element, but </pump> ends it.", "text/plain"],
  ["<head> of the pump: replace it.", "text/plain"],
  ['<?xml version="1.0"?>\n<!DOCTYPE html><title>Pump</title>', "text/html"],
  ["<body>Rinse it.</body>", "text/html"],
  ["See <a href='/x'>the guide</a>.", "text/plain"],
  ["# Pump\n\nRinse it.", "text/markdown"],
  ["<!-- reviewed -->\n\n## Pump\n\nRinse it.", "text/markdown"],
  ['<div align="center"><img src="a.png"></div>\n\n# Pump\n\nRinse it.', "text/markdown"],
  ['<div class="cards">\n  <span>Rinse the pump</span>\n</div>', "text/html"],
  ["\n<!-- a --><!-- b -->\n<P>Rinse the pump.</P>", "text/html"],
  ["<!DOCTYPE html><title>Pump</title># 5 of **them**", "text/html"],
  ["<html><body><pre>\n# rinse\n</pre></body></html>", "text/html"],
])("the text %j in a .jsonl line is read as %s", async (text, type) => {
  expect(await typeOf({ text })).toBe(type);
});

it("the content type that a .jsonl line names is used", async () => {
  expect(await typeOf({ text: "<p>Rinse it.</p>", content_type: "text/plain" })).toBe("text/plain");
});

it("the type of a text in a .jsonl line is detected in linear time", () => {
  // Two ways to end each comment: tried out together, they would take longer than there is time, and nothing ends a regular
  // expression but its process.
  const reader = path.resolve(import.meta.dirname, "../../../cli/documents-from-jsonl.ts");
  const file = path.join(tmpdir(), `edgewise-comments-${process.pid}.jsonl`);
  writeFileSync(file, JSON.stringify({ id: "a", text: "<!-- a -->".repeat(50_000) }));
  const script = `const { documentsFromJsonl } = await import(${JSON.stringify(pathToFileURL(reader).href)});
    const { documents } = await documentsFromJsonl(${JSON.stringify(file)});
    process.stdout.write(documents[0].content_type);`;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    encoding: "utf8",
    timeout: 20_000,
  });
  rmSync(file);
  expect(stdout).toBe("text/plain");
});
