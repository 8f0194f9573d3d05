import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { align } from "../../../eval/fidelity/align.ts";
import type { Block, Marks } from "../../../eval/fidelity/block.ts";
import { applyExpectations } from "../../../eval/fidelity/expectations.ts";
import { sharesOf } from "../../../eval/fidelity/print.ts";
import { CHROMIUM, Renderer } from "../../../eval/fidelity/render.ts";
import { renderMarkdown } from "../../../eval/fidelity/render-markdown.ts";
import { markRepeated } from "../../../eval/fidelity/repeated.ts";
import { score } from "../../../eval/fidelity/score.ts";
import { wordsOf } from "../../../eval/fidelity/words.ts";

const content = (...texts: string[]): Block[] => texts.map((text) => ({ text, state: "content" }));
const rate = (page: Block[], read: string, labels: string[] = []) => {
  const scored = score(page, "", read, labels);
  return { ...sharesOf(scored), missing: scored.missing, superfluous: scored.superfluous };
};
const WHOLE = { recall: 1, precision: 1 };

describe("the fidelity score", () => {
  const tabs = content(
    "Choose your system.",
    "Windows",
    "Open Settings.",
    "macOS",
    "Open Preferences.",
  );

  it("is whole where every word was read, whatever its case, punctuation and hyphens", () => {
    const page = content("The E‑mail address", "café: 20 €");
    expect(rate(page, "the email ADDRESS — Cafe\u0301, 20€!")).toMatchObject(WHOLE);
  });

  it("falls where a panel is left out, and names the panel", () => {
    const { recall, precision, missing } = rate(
      tabs,
      "Choose your system. Windows: Open Settings.",
    );
    expect(recall).toBeCloseTo(6 / 9);
    expect(precision).toBe(1);
    expect(missing).toEqual(["macos open preferences"]);
  });

  it("falls in precision where the navigation is read, and names it", () => {
    const all = tabs.map(({ text }) => text).join("\n");
    const { recall, precision, superfluous } = rate(tabs, `Home Products About us\n${all}`);
    expect(recall).toBe(1);
    expect(precision).toBeCloseTo(9 / 13);
    expect(superfluous).toEqual(["home products about us"]);
  });

  it("finds a label that moved in front of its panel", () => {
    const bar = content("Windows", "macOS", "Open Settings.", "Open Preferences.");
    expect(rate(bar, "Windows: Open Settings. macOS: Open Preferences.")).toMatchObject(WHOLE);
  });

  it("does not take a common word elsewhere for one that is missing", () => {
    const page = content("the price of the large plan", "Ask us.");
    expect(rate(page, "Read the news. Ask us.").recall).toBeCloseTo(2 / 8);
  });

  it("counts column names once, though each row repeats them", () => {
    const table = content("Plan", "Price per month", "Starter", "9 €", "Team", "29 €");
    const rows = "Plan: Starter; Price per month: 9 €\nPlan: Team; Price per month: 29 €";
    expect(rate(table, rows, ["Plan", "Price per month"])).toMatchObject(WHOLE);
    expect(rate(table, rows).precision).toBeLessThan(1);
  });

  it("counts the text in place of an image neither way", () => {
    const page: Block[] = [
      ...content("Choose"),
      { text: "the gear", state: "optional" },
      ...content("and save."),
    ];
    expect(rate(page, "Choose the gear and save.")).toMatchObject(WHOLE);
    expect(rate(page, "Choose and save.")).toMatchObject(WHOLE);
  });

  it("pairs long texts that share only their middle", () => {
    const words = (prefix: string, count: number): string[] =>
      Array.from({ length: count }, (_, place) => `${prefix}${place}`);
    const a = [...words("a", 6000), "x", "y", "z", ...words("b", 6000)];
    const b = [...words("c", 6000), "x", "y", "z", ...words("d", 6000)];
    expect([...align(a, b)].filter((partner) => partner >= 0)).toEqual([6000, 6001, 6002]);
  });
});

it("blocks that most pages of a site repeat are machinery", () => {
  const pages = ["one", "two", "three", "four", "five"].map((own) =>
    content(own, "Was this helpful?"),
  );
  markRepeated(pages);
  expect(pages.flat().filter(({ state }) => state === "content")).toHaveLength(5);
});

it("what a fixture reads is content though it is hidden, and what it must not read is none", () => {
  const blocks: Block[] = [
    { text: "An answer that opens", state: "hidden" },
    { text: "Skip to content. Welcome", state: "content" },
  ];
  const expected = { reads: ["An answer that opens"], not: ["Skip to content"] };
  expect(applyExpectations(blocks, expected)).toEqual([
    { text: "an answer that opens", state: "content" },
    { text: "welcome", state: "content" },
  ]);
});

it("Markdown is shown without front matter, imports, shortcodes and heading ids, but with labels and code", () => {
  const html = renderMarkdown(
    `---\ntitle: x\n---\nimport Tabs from "@theme/Tabs";\n\n# Title {#id}\n\n<Tabs>\n<TabItem value="a" label="On Windows">\n\nOpen \`{% raw %}\`.\n\n</TabItem>\n</Tabs>\n\n{{< icon >}}\n\n:::tip\nSave.\n:::\n`,
  );
  expect(wordsOf(html.replace(/<[^>]*>/g, " "))).toEqual(
    wordsOf("Title On Windows Open raw tip Save"),
  );
});

it("Markdown shows the value of a constant of its module, and its name in code", () => {
  const html = renderMarkdown(
    'export const version = "3.2";\n\nGet {version} of {tool}: `{version}`.\n',
  );
  expect(html.replace(/<[^>]*>/g, "").trim()).toBe("Get 3.2 of {tool}: {version}.");
});

const skipped = !CHROMIUM.some((candidate) => existsSync(candidate)) && !process.env["CI"];

describe.skipIf(skipped)("the reference that Chromium renders", () => {
  let renderer: Renderer;
  beforeAll(async () => {
    renderer = await Renderer.start();
  });
  afterAll(() => renderer?.[Symbol.asyncDispose]());

  const seen = async (html: string, marks: Marks = {}): Promise<string> =>
    (await renderer.render({ html }, marks)).blocks
      .filter(({ state }) => state === "content")
      .map(({ text }) => text)
      .join(" | ");

  it.each([
    [
      "a closed details",
      "<details><summary>More</summary><p>Inside</p></details>",
      "More | Inside",
    ],
    [
      "a tab of WAI-ARIA",
      `<div role=tablist><button role=tab aria-controls=p1>A</button><button role=tab aria-controls=p2>B</button></div><div role=tabpanel id=p1>One</div><div role=tabpanel id=p2 hidden>Two</div>`,
      "A | B | One | Two",
    ],
    [
      "a collapse of Bootstrap",
      `<style>.collapse:not(.show){display:none}</style><a data-bs-toggle=collapse href="#c">Ask</a><div class=collapse id=c>Answer</div>`,
      "Ask | Answer",
    ],
    [
      "panels without ids",
      `<style>.pane{display:none}.pane.on{display:block}</style><ul><li>A</li><li>B</li></ul><div class="pane on">One</div><div class=pane>Two</div>`,
      "A | B | One | Two",
    ],
    [
      "an answer that follows its question",
      `<style>dd{display:none}</style><dl><dt>Ask</dt><dd>Answer</dd></dl>`,
      "Ask | Answer",
    ],
    [
      "an answer that follows a question without a name",
      `<style>.b{display:none}</style><div class=a>Do you ship?</div><div class=b>Yes</div>`,
      "Do you ship? | Yes",
    ],
    ["hidden until found", `<div hidden=until-found>Found</div>`, "Found"],
    [
      "text that is clamped",
      `<div style="max-height:1em;overflow:hidden"><p>One</p><p>Two</p></div>`,
      "One | Two",
    ],
  ])("opens %s", async (_, html, text) => {
    expect(await seen(html)).toBe(text);
  });

  it.each([
    ["templates and noscript", "<template>No</template><noscript>No</noscript><p>Yes</p>"],
    [
      "text for screen readers",
      `<p>Yes</p><span style="position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0,0,0,0)">No</span>`,
    ],
    ["hidden text that nothing opens", "<p>Yes</p><div hidden>No</div>"],
    ["landmarks", "<header>No</header><nav>No</nav><p>Yes</p><footer>No</footer>"],
    ["what stands outside the main region", "<div>No</div><main><p>Yes</p></main>"],
    ["dialogs", "<p>Yes</p><button aria-controls=d></button><div role=dialog id=d hidden>No</div>"],
  ])("leaves out %s", async (_, html) => {
    expect(await seen(html)).toBe("Yes");
  });

  it("follows the marks of a fixture", async () => {
    const html = "<div class=a>Yes <i>No</i></div><div class=b>No</div>";
    expect(await seen(html, { content: [".a"], machinery: ["i"] })).toBe("Yes");
  });
});
