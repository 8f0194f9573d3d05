import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { documentLinks } from "../../src/answering/extractive/document-links.ts";
import { extractiveAnswer } from "../../src/answering/extractive/extractive.ts";
import { writeQuoted } from "../../src/answering/extractive/quoted-text.ts";
import { AnswerWriter } from "../../src/answering/verify.ts";
import { sectionsIn } from "../../src/citations/shown-passages.ts";
import type { Citation, Source } from "../../src/citations/source.ts";
import { linkPolicy } from "../../src/guards/output-filter.ts";
import { shippedRelease } from "../../src/releases/release.ts";
import { findingFor } from "../support/finding.ts";
import { markedSource } from "../support/marked-source.ts";

const PAGE = "https://help.example.com/guides/pump";

/** What a reader is shown where all of a source is quoted, and what is cited. */
function shown(source: Source, hosts: string[] = []): { text: string; citations: Citation[] } {
  const mayLinkTo = linkPolicy(hosts, [source]);
  const written = sectionsIn(source.passages).map((section) => {
    const stretches = section.map(({ shown: { text } }) => ({
      text: text.trim(),
      continues: false,
      rows: /^[^;\n]{1,80}; [^:;\n]{1,40}: /.test(text) ? ("all" as const) : undefined,
      passage: text,
      start: 0,
      end: text.length,
    }));
    return writeQuoted(stretches, section, source, documentLinks(source, mayLinkTo), true);
  });
  const writer = new AnswerWriter([source], mayLinkTo);
  const text = writer.push(written.join("\n\n")) + writer.end();
  return { text, citations: writer.citations };
}

const quoted = (markdown: string, url?: string, hosts?: string[]): string =>
  shown(markedSource(markdown, "text/markdown", url), hosts).text;

describe("what an answer quotes is shown as the Markdown that the document has:", () => {
  it.each<[what: string, markdown: string]>([
    ["bold, emphasis and code", "Click **Save *now***, then run `npm test`. ~~Old~~ *new*."],
    ["a list with a nested one", "- Open **it**:\n  - the lid\n  - the `tap`\n- Close it."],
    ["numbered steps", "1. Open it.\n2. Rinse it.\n3. Close it."],
    ["steps that do not begin with 1", "4. Open it.\n5. Close it."],
    [
      "a block of code within a step",
      "1. Run:\n   ```sh\n   cd pump\n     make all\n\n   make test\n   ```\n2. Wait.",
    ],
    ["a block of code", "Run:\n\n```js\nconst a = b;\n\nif (a < 2) b(a);\n```"],
    [
      "code with an address and a placeholder",
      "Run:\n\n```sh\ncurl https://api.other.example/v1/<id>\n```\n\nThen `GET <host>`.",
    ],
    ["code that holds a fence", "````md\n```js\na = pump\n```\n````"],
    [
      "a quotation of paragraphs and a list",
      "> **Warning:** The water is **hot**.\n>\n> It drips.\n>\n> - Wait.\n> - Look.",
    ],
    [
      "a quotation within a step",
      "1. Open it.\n\n   > It drips.\n   >\n   > It runs.\n2. Close it.",
    ],
    ["two paragraphs of a step", "1. Open it.\n\n   It drips.\n2. Close it."],
    ["a line break", "Pump Ltd  \n12 High Street"],
    ["lines that the author broke", "The pump is\nas loud as\n- a fridge"],
    ["characters that mean something in Markdown", "Type \\*it\\*, \\`x\\` and \\[y]\\(z)."],
    ["names and numbers as they are", "Set snake_case_name, a * b, C# and [x] to 5 < 6 & 7."],
  ])("%s", (_, markdown) => {
    const text = quoted(markdown);
    expect(text.replace(/\s+\[1\]$/, "")).toBe(markdown.replace("as\n- a", "as\n\n- a"));
    expect(text.endsWith("```\n\n[1]")).toBe(markdown.endsWith("```"));
  });

  it("placeholders outside code are no tags, and no sign of their escape is shown", () => {
    expect(quoted("Type \\<name> in the field.")).toBe("Type ‹name> in the field. [1]");
  });

  it("a block of code in the tenth step and in a nested list keeps its addresses", () => {
    const steps = Array.from({ length: 9 }, (_, n) => `${n + 1}. Step ${n + 1}.`).join("\n");
    const tenth =
      "10. Run:\n    ```sh\n    curl https://api.other.example/<id>\n    ```\n    - Or:\n      ```\n      wget https://api.other.example/<id>\n      ```";
    expect(quoted(`${steps}\n${tenth}`)).toBe(`${steps}\n${tenth}\n\n[1]`);
  });

  it("lists whose numbers begin again are lists of their own", () => {
    const two = "1. Open it.\n2. Close it.\n\n<!-- -->\n\n1. Wait.\n2. Look.";
    expect(quoted(two)).toBe("1. Open it.\n2. Close it.\n\n1) Wait.\n2) Look. [1]");
    expect(quoted("1. Open it.\n\nWait.\n\n1. Close it.")).toBe(
      "1. Open it.\n\nWait.\n\n1. Close it. [1]",
    );
  });

  it("a step that begins with code has its number", () => {
    expect(quoted("1. ```sh\n   make pump\n   ```\n2. Wait.")).toBe(
      "1.\n   ```sh\n   make pump\n   ```\n2. Wait. [1]",
    );
  });

  it("a table keeps the bold, code and links of its cells", () => {
    const table =
      "| Plan | Price |\n| --- | --- |\n| **Basic** | [€5](/prices) or `free` |\n| Pro \\| Plus | €9 |";
    expect(quoted(table, PAGE)).toBe(
      "| Plan | Price |\n| - | - |\n| **Basic** | [€5](https://help.example.com/prices) or `free` |\n| Pro \\| Plus | €9 |\n\n[1]".replace(
        "[€5](https://help.example.com/prices)",
        "€5",
      ),
    );
  });
});

describe("a link of the document", () => {
  it.each([
    ["https://help.example.com/a?b=1#c", "https://help.example.com/a?b=1#c"],
    ["/prices", "https://help.example.com/prices"],
    ["../tap", "https://help.example.com/tap"],
    ["lid.md#open", "https://help.example.com/guides/lid#open"],
    ["#noise", "https://help.example.com/guides/pump#noise"],
    ["<a (b)>", undefined],
    ["/a(b)", "https://help.example.com/a%28b%29"],
    ["https://other.example/x", undefined],
    ["mailto:help@example.com", undefined],
    ["javascript:alert(1)", undefined],
    ["https://help.example.com.evil.example/", undefined],
  ])("to %s is shown as %s", (target, address) => {
    const text = quoted(`Read [the guide](${target}) first.`, PAGE);
    expect(text).toBe(
      address ? `Read [the guide](${address}) first. [1]` : "Read the guide first. [1]",
    );
  });

  it("is text where the document has no address, and where it leads to a host that the workspace does not list", () => {
    expect(quoted("Read [the guide](/a) first.")).toBe("Read the guide first. [1]");
    const foreign = "Read [the guide](https://docs.example.org/a) first.";
    expect(quoted(foreign)).toBe("Read the guide first. [1]");
    expect(quoted(foreign, undefined, ["docs.example.org"])).toBe(
      "Read [the guide](https://docs.example.org/a) first. [1]",
    );
  });

  it("that refers to a definition elsewhere in the document is one", () => {
    expect(quoted("Read [the guide] or [this][2].\n\n[the guide]: /a\n[2]: </b>", PAGE)).toBe(
      "Read [the guide](https://help.example.com/a) or [this](https://help.example.com/b). [1]",
    );
  });

  it("whose text is a number stays text, which no marker is made of", () => {
    expect(quoted("See [2](/a) and [the guide](/b).", PAGE)).toBe(
      "See 2 and [the guide](https://help.example.com/b). [1]",
    );
  });

  it("whose text is its address is written once", () => {
    expect(quoted("See <https://help.example.com/a> and [help.example.com/b](/b).", PAGE)).toBe(
      "See https://help.example.com/a and help.example.com/b. [1]",
    );
  });

  it("with bold or code in it keeps them", () => {
    expect(quoted("Open [the **`/etc`** folder](/b).", PAGE)).toBe(
      "Open [the **`/etc`** folder](https://help.example.com/b). [1]",
    );
  });
});

describe("what stands in place of an image", () => {
  it("is not shown where the image stands alone, and is still searched", () => {
    const source = markedSource(
      "1. Open the menu.\n\n   ![Screenshot of the menu with arrows](menu.png)\n2. Click ![Gear](gear.png) **Save**.\n   ![The saved plan](saved.png)\n\n[![YouTube video](a.png)](https://youtu.be/x)\n\n![IMG_2034.jpg](IMG_2034.jpg)",
    );
    expect(shown(source).text).toBe("1. Open the menu.\n2. Click Gear **Save**. [1]");
    const stored = source.passages.map(({ text }) => text).join("\n");
    expect(stored).toContain("Screenshot of the menu with arrows");
    expect(stored).not.toMatch(/IMG_2034|YouTube/);
  });

  it("is shown where nothing else is", () => {
    expect(quoted("![The plan of the pump](plan.png)")).toBe("The plan of the pump [1]");
  });

  it("is not shown where an HTML page has it", () => {
    const page =
      "<main><h1>Pump</h1><p>Open the lid of the pump.</p><figure><img src='a.png' alt='A lid that is open'></figure><p>Then wait.</p></main>";
    expect(shown(markedSource(page, "text/html")).text).toBe(
      "Open the lid of the pump.\n\nThen wait. [1]",
    );
  });
});

describe("a quotation", () => {
  it.each([
    ["Open the menu. It looks like this:\n\n![](menu.png)", "Open the menu. [1]"],
    ["Open the menu.\n\nIt looks like this:\n\n![](menu.png)", "Open the menu. [1]"],
    [
      "1. Open the menu.\n2. Enter the values:\n\n   ![](values.png)",
      "1. Open the menu.\n2. Enter the values [1]",
    ],
    ["The values of the pump:", "The values of the pump: [1]"],
    ["Set:\n\n```yaml\npump:\n```", "Set:\n\n```yaml\npump:\n```\n\n[1]"],
  ])("does not end with the introduction of what is not shown: %j", (markdown, text) => {
    expect(quoted(markdown)).toBe(text);
  });

  it.each([
    [":::warning\n\nThe water is **hot**.\n\n:::", "**Warning:** The water is **hot**. [1]"],
    ["> [!NOTE]\n> It drips.", "> **Note:** It drips. [1]"],
    [
      '{% hint style="info" %}\nIt drips.\n\n- Wait.\n{% endhint %}',
      "**Info:** It drips.\n\n- Wait. [1]",
    ],
    [
      "**Pro tip:**\n\nWait.\n\n**Steps:**\n\nLook.",
      "**Pro tip:** Wait.\n\n**Steps:**\n\nLook. [1]",
    ],
  ])("has the label of a callout in front of its text: %j", (markdown, text) => {
    expect(quoted(markdown)).toBe(text);
  });
});

describe("a section of several passages", () => {
  const sentences = (count: number, word: string): string =>
    Array.from({ length: count }, (_, n) => `Sentence ${word} ${n} tells of the pump.`).join(" ");

  it("is shown with one marker, nothing of it twice, and all its quotes are cited", () => {
    const source = markedSource(sentences(40, "one"));
    expect(source.passages.length).toBeGreaterThan(2);
    const { text, citations } = shown(source);
    expect(text.match(/\[1\]/g)).toHaveLength(1);
    expect(text.replace(" [1]", "").split(/(?<=\.)\s+/)).toEqual(
      sentences(40, "one").split(/(?<=\.) /),
    );
    const [citation] = citations;
    expect(citation?.quotes).toHaveLength(source.passages.length);
    expect(citation?.quote).toBe(citation?.quotes[0]);
    for (const [index, quote] of (citation?.quotes ?? []).entries())
      expect(source.passages[index]?.text).toContain(quote);
  });

  it("has a step's label once, and a block of code as one block", () => {
    const commands = Array.from({ length: 60 }, (_, n) => `make target${n} --verbose`);
    const text = quoted(
      `1. Open it.\n2. Build all of it:\n\n   ${sentences(20, "two")}\n3. Run:\n   \`\`\`sh\n   ${commands.join("\n   ")}\n   \`\`\`\n4. Close it.`,
    );
    expect(text.match(/Build all of it/g)).toHaveLength(1);
    expect(text.match(/^\d\. /gm)).toEqual(["1. ", "2. ", "3. ", "4. "]);
    expect(text.match(/```/g)).toHaveLength(2);
    expect(text.match(/\[1\]/g)).toHaveLength(1);
  });

  it("begins with what a passage repeats where only that passage is quoted", () => {
    const source = markedSource(`1. Build it:\n\n   ${sentences(30, "three")}\n2. Close it.`);
    const [, second] = sectionsIn(source.passages)[0] ?? [];
    expect(second?.repeated.text).toBe("1. Build it:\n");
    const own = { ...source, passages: source.passages.slice(1) };
    expect(shown(own).text).toMatch(/^1\. Build it:/);
  });
});

describe("any document", () => {
  const word = fc.constantFrom(
    ..."pump lamp valve hose drains fills slowly daily 5 12.50 é 返品".split(" "),
  );
  const words = fc.array(word, { minLength: 1, maxLength: 9 }).map((all) => all.join(" "));
  const inline = fc
    .array(
      fc.oneof(
        words,
        words.map((text) => `**${text}**`),
        words.map((text) => `*${text}*`),
        words.map((text) => `\`${text}\``),
        words.map((text) => `[${text}](/a/${text.length})`),
        fc.constantFrom(
          "**[pump](/b)**",
          "[the `valve`](../c.md)",
          "`curl https://x.example/<id>`",
          "<https://help.example.com/d>",
          "a_b_c",
          "2 * 3 * 4",
          "\\*no\\*",
          "C:\\\\pump",
          "[x]",
          "[2]",
          "# 5",
          "&amp;",
          "a \\<b>",
          "![Gear](g.png)",
          "~~old~~",
          "wow!",
          "Why?",
          "So:",
        ),
      ),
      { minLength: 1, maxLength: 6 },
    )
    .map((parts) => `${parts.join(" ")}.`);
  const { block } = fc.letrec<{ block: string; list: string }>((tie) => ({
    block: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      inline,
      inline.map((text) => `${text}\n${text}`),
      inline.map((text) => `${text}  \n${text}`),
      words.map((text) => `\`\`\`sh\n${text}\n\n  if ${text}; then\n\`\`\``),
      inline.map((text) => `![${text.replace(/[^\p{L} ]/gu, "")}](p.png)`),
      fc
        .array(inline, { minLength: 1, maxLength: 4 })
        .map(
          (rows) =>
            `| Name | Value |\n| --- | --- |\n${rows.map((row, n) => `| r${n} | ${row.replaceAll("|", "")} |`).join("\n")}`,
        ),
      tie("list"),
      tie("block").map((text) => text.replace(/^/gm, "> ")),
      tie("block").map((text) => `> [!NOTE]\n${text.replace(/^/gm, "> ")}`),
      tie("block").map((text) => `:::warning\n\n${text}\n\n:::`),
    ),
    list: fc
      .tuple(
        fc.constantFrom("- ", "1. ", "7. ", "10. "),
        fc.array(tie("block"), { minLength: 1, maxLength: 4 }),
      )
      .map(([mark, items]) =>
        items.map((item) => mark + item.replace(/\n/g, `\n${" ".repeat(mark.length)}`)).join("\n"),
      ),
  }));
  const document = fc
    .array(block, { minLength: 1, maxLength: 8 })
    .map((blocks) => ["The pump.", ...blocks].join("\n\n"));

  it("is quoted with all markers and without a word that it does not have", () => {
    fc.assert(
      fc.property(document, words, (content, asked) => {
        const source = markedSource(content, "text/markdown", PAGE);
        fc.pre(source.passages.length > 0);
        const mayLinkTo = linkPolicy([], [source]);
        const { text: written } = extractiveAnswer(
          [findingFor(asked, [source])],
          [source],
          shippedRelease.sentences,
          mayLinkTo,
        );
        const writer = new AnswerWriter([source], mayLinkTo);
        const text = writer.push(written) + writer.end();
        const markers = (answer: string): number => answer.match(/\[1\]/g)?.length ?? 0;
        expect(markers(text), content).toBe(markers(written));
        expect(markers(text)).toBeGreaterThan(0);
        expect(text.replace(/(`+)[^]*?\1/g, "")).not.toMatch(/!\[|<[a-z]/);
        const stored = sectionsIn(source.passages)
          .flat()
          .map((passage) => passage.repeated.text + passage.shown.text)
          .join("\n");
        for (const quote of writer.citations.flatMap(({ quotes }) => quotes))
          for (const line of quote.split("\n")) expect(stored).toContain(line.trim());
      }),
      { numRuns: 300 },
    );
  }, 120_000);
});
