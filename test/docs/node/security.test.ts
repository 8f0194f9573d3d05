import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";

const ROOT = path.resolve(import.meta.dirname, "../../..");
const read = (file: string): string => readFileSync(path.join(ROOT, file), "utf8");

/** The ids of OWASP's ten LLM risks (2025) and ten API risks (2023), in order. */
const ITEMS = ["LLM", "API"].flatMap((list) =>
  Array.from({ length: 10 }, (_, at) =>
    list === "LLM" ? `LLM${String(at + 1).padStart(2, "0")}` : `API${at + 1}`,
  ),
);

interface Row {
  item: string;
  defence: string;
  tests: { file: string; name: string }[];
}

const rows: Row[] = read("docs/security.md")
  .split("\n")
  .flatMap((line) => {
    const [item = "", defence = "", shownBy = ""] = line
      .slice(1)
      .split(" | ")
      .map((cell) => cell.trim());
    if (!/^(?:LLM|API)\d/.test(item)) return [];
    const tests = Array.from(
      shownBy.matchAll(/`(test\/[^`]+)` “([^”]+)”/g),
      ([, file = "", name = ""]) => {
        return { file, name };
      },
    );
    return [{ item: item.split(" ")[0] ?? "", defence, tests }];
  });

/** The titles of a file's tests, as they are written in `it("…", …)` and after `it.each(…)`. */
function testsIn(file: string): string[] {
  if (!existsSync(path.join(ROOT, file))) return [];
  const titles = read(file).matchAll(
    /(?:\bit|\bit\.each(?:<[^;]*?>)?\([\s\S]*?\))\(\s*"((?:[^"\\]|\\.)+)"\s*,/g,
  );
  return Array.from(titles, ([, title = ""]) => title);
}

it("docs/security.md has a row for each of the twenty risks, with a defence and a test", () => {
  expect(rows.map(({ item }) => item)).toEqual(ITEMS);
  for (const { item, defence, tests } of rows) {
    expect([item, defence.length > 40, tests.length > 0]).toEqual([item, true, true]);
  }
});

it("docs/security.md names no test that does not exist", () => {
  const named = rows.flatMap(({ tests }) => tests);
  expect(named.length).toBeGreaterThan(40);
  const unknown = named.filter(({ file, name }) => !testsIn(file).includes(name));
  expect(unknown).toEqual([]);
  // `testsIn` must not find titles that do not exist.
  expect(testsIn("test/existence.test.ts")).not.toContain("a document");
});

it("every decision that docs/security.md links to exists", () => {
  const text = read("docs/security.md");
  const files = Array.from(text.matchAll(/\]\((decisions\/[^)]+)\)/g), ([, file = ""]) => file);
  expect(files.length).toBeGreaterThan(2);
  expect(files.filter((file) => !existsSync(path.join(ROOT, "docs", file)))).toEqual([]);
});

it("package.json depends on exact versions only", () => {
  const { dependencies, devDependencies } = JSON.parse(read("package.json")) as Record<
    string,
    Record<string, string>
  >;
  const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
    ([, version]) => !/^(?:npm:@?[\w./-]+@)?\d+\.\d+\.\d+$/.test(version),
  );
  expect(loose).toEqual([]);
});
