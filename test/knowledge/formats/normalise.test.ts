import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunkMarkdown } from "../../../src/knowledge/ingest/chunk.ts";
import { detectLanguage } from "../../../src/language/detect.ts";
import type { LeftOut } from "../../../src/knowledge/formats/html/left-out.ts";
import {
  normalise,
  normaliseInSteps,
  supportedContentTypes,
} from "../../../src/knowledge/formats/normalise.ts";
import { runAtOnce } from "../../../src/runtime/steps.ts";
import { UnreadableDocument } from "../../../src/knowledge/formats/unreadable-document.ts";

const wordsOf = (text: string): string[] => text.match(/[A-Za-z]{2,}/g) ?? [];

describe("HTML pages", () => {
  const page = (main: string): string => `<!doctype html><html><head><title>T</title></head><body>
    <div class="cookie-banner"><p>We use cookies.</p></div><nav><a href="/">Home</a></nav>
    <ol class="breadcrumbs"><li>Help</li></ol>${main}
    <div class="article-votes"><span>Was this article helpful?</span></div>
    <section class="related-articles"><h3>Related</h3><a href="/x">Other</a></section>
    <footer>© Company</footer></body></html>`;

  it("an HTML page keeps its article and loses what every page of the site repeats", () => {
    const html = page(
      `<article><header><h1>Refunds</h1></header><p>They take five days.</p><aside class="note">Only to your card.</aside>
       <aside>Subscribe now</aside><p>Was this article helpful?</p><p>12 out of 20 found this helpful</p></article>`,
    );
    expect(normalise(html, "text/html")).toBe(
      "# Refunds\n\nThey take five days.\n\nOnly to your card.\n",
    );
  });

  it("an HTML page without an article element loses what every page of the site repeats, too", () => {
    const html = page(
      `<div class="content"><h1>Refunds</h1><p>${"They take five days. ".repeat(20)}</p></div>`,
    );
    const markdown = normalise(html, "text/html");
    expect(markdown).toMatch(/^# Refunds\n\nThey take five days\./);
    expect(markdown).not.toMatch(/cookies|Home|Help|helpful|Related|Other|Company/);
  });

  it("an HTML page keeps folded answers, table captions, several articles, and text within a form", () => {
    const fold =
      '<main><h2><button aria-expanded="false" aria-controls="a1">How long?</button></h2><div id="a1" hidden>Five days.</div></main>';
    expect(normalise(fold, "text/html")).toBe("## How long?\n\nFive days.\n");
    const articles = "<article><p>First one.</p></article><article><p>Second one.</p></article>";
    expect(normalise(articles, "text/html")).toBe("First one.\n\nSecond one.\n");
    expect(normalise("<form><p>All of the text.</p></form>", "text/html")).toBe(
      "All of the text.\n",
    );
    const table =
      "<table><caption>Fees</caption><tr><th>To</th><th>Fee</th></tr><tr><td>EU</td><td>$19<sup>99</sup></td></tr></table>";
    expect(normalise(table, "text/html")).toBe("Fees\n\n| To | Fee |\n| - | - |\n| EU | $19⁹⁹ |\n");
  });
});

describe("Markdown", () => {
  it("Markdown loses its front matter and callout markup, and keeps the kinds of callouts and the alt text of images", () => {
    const source =
      '---\ntitle: T\n---\n# A\n\n> [!WARNING]\n> Hot.\n\n:::note Read this\nCold.\n:::\n\n!!! tip "Trick"\n    Warm.\n\n![The pump](p.png)\n\n```md\n:::note\n```\n';
    expect(normalise(source, "text/markdown")).toBe(
      "# A\n\n> **Warning:** Hot.\n\n**Note:** Read this\n\nCold.\n\n**Tip:** Trick\n\nWarm.\n\n![The pump]()\n\n```md\n:::note\n```\n",
    );
  });

  it.each([
    '<img src="p.png" alt="The pump">',
    "<br>",
    '<a id="b"></a>',
    "<span></span>",
    "<!-- -->",
  ])("blocks of Markdown stay separate around the inline HTML %s", (html) => {
    const around = normalise("# A\n\nOne.\n\n1. x\n\n## B\n\nTwo.\n", "text/markdown");
    const written = normalise(`${around}\n${html}\n\nThree.\n`, "text/markdown");
    const said = html.includes("alt=") ? "![The pump]()\n\n" : "";
    expect(written).toBe(`${around}\n${said}Three.\n`);
  });

  it("HTML blocks within Markdown's lists and quotes become Markdown", () => {
    const list =
      "- one\n\n  <p>Hold <b>reset</b></p>\n\n- two\n\n  <br>\n- three\n\n  <table><tr><th>a</th></tr><tr><td>b</td></tr></table>\n";
    expect(normalise(list, "text/markdown")).toBe(
      "- one\n\n  Hold **reset**\n- two\n- three\n  | a |\n  | - |\n  | b |\n",
    );
    expect(normalise("> q\n>\n> <div>in</div>\n", "text/markdown")).toBe("> q\n>\n> in\n");
  });

  it("a document that is only HTML without text is refused as empty", () => {
    for (const type of ["text/markdown", "text/html"])
      expect(() => normalise("<br>\n", type)).toThrow(UnreadableDocument);
  });
});

describe("lists of questions and answers", () => {
  it("each entry of a list of questions becomes a chunk, and every chunk of a long answer has its question", () => {
    const long = "This answer goes on and on about pumps. ".repeat(40);
    const csv = `question;answer;topic\r\n"How long; and why?";"Five days.\n\nOr ""six"".";Refunds\r\nWhere?;${long};\r\n`;
    const chunks = chunkMarkdown("FAQ", normalise(csv, "text/csv"));
    expect(chunks[0]).toMatchObject({
      headingPath: ["How long; and why?"],
      text: 'Five days.\n\nOr "six".\n\ntopic: Refunds',
    });
    expect(chunks.length).toBeGreaterThan(2);
    for (const chunk of chunks.slice(1)) expect(chunk.headingPath).toEqual(["Where?"]);
    const json = JSON.stringify({ faqs: [{ question: "A # b?", answer: "* c", price: 7 }] });
    expect(chunkMarkdown("FAQ", normalise(json, "application/json"))).toMatchObject([
      { headingPath: ["A # b?"], text: "* c\n\nprice: 7" },
    ]);
  });

  it.each([
    [
      "ID;Question;Answer;Category;Tags;Status;updated_at",
      "7;How?;So.;Shipping;a, b;live;2026-01-02",
    ],
    ["question;answer;article_id;lang;isPublished;category_name", "How?;So.;7;en;TRUE;Shop"],
    ["Frage;Antwort;Kategorie;Sprache", "How?;So.;Versand;de"],
  ])("the columns of %s that only sort the list are no text", (names, row) => {
    const leftOut: LeftOut[] = [];
    const written = runAtOnce(normaliseInSteps(`${names}\n${row}\n`, "text/csv", leftOut));
    expect(written).toBe("## How?\n\nSo.\n");
    expect(leftOut).toMatchObject([{ reason: "metadata" }]);
  });

  it("a field named like a mark that says something by itself is read", () => {
    const status = "Sold out until spring. ".repeat(5).trim();
    const json = JSON.stringify([{ question: "How?", answer: "So.", status, price: 4, id: 9 }]);
    expect(normalise(json, "application/json")).toBe(
      `## How?\n\nSo.\n\nstatus: ${status}\n\nprice: 4\n`,
    );
  });

  it("a column name that is too long to be repeated stands once", () => {
    const name = `Notes ${"on the pump ".repeat(1000)}`.trim();
    const csv = `question,answer,${name}\n${"How?,So,Red\n".repeat(100)}`;
    const markdown = normalise(csv, "text/csv");
    expect(markdown.split(name)).toHaveLength(2);
    expect(markdown.split("Red")).toHaveLength(101);
    expect(markdown.length).toBeLessThan(20_000);
  });

  it("a CSV with other columns is a table, whose titles stand above it", () => {
    expect(normalise("name,price\npump,12\n", "text/csv")).toBe(
      "| name | price |\n| - | - |\n| pump | 12 |\n",
    );
    expect(normalise("Prices 2026,,\n,,\nname,price,\npump,12,\n", "text/csv")).toBe(
      "Prices 2026\n\n| name | price |\n| - | - |\n| pump | 12 |\n",
    );
  });

  it("the error about an invalid list of questions says what is missing", () => {
    const wide = `question,answer${",a".repeat(2000)}\n${`q,a${",b".repeat(2000)}\n`.repeat(40)}`;
    expect(() => normalise(wide, "text/csv")).toThrow(/more than 60000 cells/);
    expect(() => normalise("{", "application/json")).toThrow(/not valid JSON/);
    expect(() => normalise("{}", "application/json")).toThrow(/no list/);
    expect(() => normalise("null", "application/json")).toThrow(UnreadableDocument);
  });
});

it("a document's language is detected unless the text is too short", () => {
  expect(
    detectLanguage("Die Erstattung erfolgt innerhalb von fünf Tagen nach Eingang der Ware."),
  ).toBe("de");
  expect(detectLanguage("The refund arrives within five days after we received the parcel.")).toBe(
    "en",
  );
  expect(detectLanguage("退款将在五个工作日内到账，请耐心等待。")).toBe("zh");
  expect(detectLanguage("Error E-12")).toBeNull();
  expect(detectLanguage("| 1 | 2 |\n".repeat(100))).toBeNull();
});

describe("long documents", () => {
  const parts = (count: number, part: (index: number) => string): string =>
    Array.from({ length: count }, (_, index) => part(index)).join("");
  const textOf = (markdown: string): string =>
    chunkMarkdown("T", normalise(markdown, "text/markdown"))
      .map(({ text }) => text)
      .join("\n");

  it("a long document read in slices keeps its lists and their numbers, code, tables and references", () => {
    // Each part is several times as heavy as a slice.
    const list = textOf(parts(2000, (index) => `- item ${index} of a list\n`));
    expect(list.match(/^- item \d+ of a list$/gm)).toHaveLength(2000);
    const numbers = textOf(parts(2000, (index) => `${index + 1}. step\n`));
    expect(numbers).toMatch(/^1000\. step$/m);
    expect(numbers).toMatch(/^2000\. step$/m);
    const table = textOf(
      `| Part | Price |\n| - | - |\n${parts(2000, (index) => `| pump ${index} | ${index} |\n`)}`,
    );
    expect(table.match(/^Part: pump \d+; Price: \d+$/gm)).toHaveLength(2000);
    const code = textOf(
      `\`\`\`\n${parts(2000, (index) => `# not a heading *${index}*\n\n`)}\`\`\`\n`,
    );
    expect(code.match(/# not a heading \*\d+\*/g)).toHaveLength(2000);
    const links = textOf(
      `${parts(1500, () => "See [the *guide*][g] now.\n\n")}[g]: https://x.example\n`,
    );
    expect(links).not.toMatch(/[[\]*]/);
  });

  it("a document with too many lines or passages for a Worker is refused with a reason", () => {
    expect(() => normalise("- a\n".repeat(70_000), "text/markdown")).toThrow(/lines/);
    expect(() => normalise("| a | b |\n".repeat(40_000), "text/markdown")).toThrow(/cells/);
    expect(() => normalise("<p>a</p>".repeat(70_000), "text/html")).toThrow(/elements/);
    const blocks = `<p>${"<b>a</b>".repeat(1000)}\n\n`.repeat(70);
    expect(() => normalise(blocks, "text/markdown")).toThrow(/elements/);
    expect(() => chunkMarkdown("T", "# a\n".repeat(21_000))).toThrow(/passages/);
  });
});

describe("any text", () => {
  const pieces = fc.constantFrom(
    ..."pump refund garden|lamp> - * # ` ~ [ ] ( ) ! < > <b> </b> <p> <table> <td> <li> & &amp; \\ _ ** ``` ::: --- === 1. \u0000 \ud800 é 漢 | \t \n \n\n ".split(
      " ",
    ),
    " ",
    "\n",
    "\n\n",
  );
  const text = fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join(""));

  it("any text of any supported type is normalised or refused with a reason", () => {
    fc.assert(
      fc.property(text, fc.constantFrom(...supportedContentTypes), (content, type) => {
        try {
          expect(normalise(content, type)).toEqual(expect.any(String));
        } catch (error) {
          expect(error).toBeInstanceOf(UnreadableDocument);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("plain text loses no word when it is normalised and chunked", () => {
    fc.assert(
      fc.property(text, (content) => {
        fc.pre(content.replaceAll("\0", "").trim() !== "");
        const markdown = normalise(content, "text/plain");
        const chunks = chunkMarkdown("T", markdown);
        const chunked = wordsOf(
          chunks.map(({ headingPath, text: body }) => [...headingPath, body].join("\n")).join("\n"),
        );
        for (const word of wordsOf(content.replaceAll("&amp;", " ")))
          expect(chunked.join(" ")).toContain(word);
      }),
      { numRuns: 300 },
    );
  });

  it.each([":::pump", "!!! note", ":::tip\nb"])(
    "plain text that looks like a callout stays text: %s",
    (line) => {
      const once = normalise(line, "text/plain");
      expect(chunkMarkdown("T", normalise(once, "text/markdown"))).toEqual(
        chunkMarkdown("T", once),
      );
      expect(chunkMarkdown("T", once)[0]?.text).toContain(line.split("\n")[0]);
    },
  );

  it("a normalised document that is normalised again gives the same chunks", () => {
    fc.assert(
      fc.property(text, fc.constantFrom("text/markdown", "text/plain"), (content, type) => {
        let once: string;
        try {
          once = normalise(content, type);
        } catch {
          return;
        }
        const twice = normalise(once, "text/markdown");
        expect(chunkMarkdown("T", twice)).toEqual(chunkMarkdown("T", once));
      }),
      { numRuns: 300 },
    );
  });
});
