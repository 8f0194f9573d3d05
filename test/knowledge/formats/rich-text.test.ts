import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contentfulToMarkdown as contentful } from "../../../src/knowledge/formats/rich-text/contentful.ts";
import { hygraphToMarkdown as hygraph } from "../../../src/knowledge/formats/rich-text/hygraph.ts";
import { kontentToMarkdown as kontent } from "../../../src/knowledge/formats/rich-text/kontent.ts";
import { portableTextToMarkdown as portableText } from "../../../src/knowledge/formats/rich-text/portable-text.ts";
import { storyblokToMarkdown as storyblok } from "../../../src/knowledge/formats/rich-text/storyblok.ts";
import { strapiToMarkdown as strapi } from "../../../src/knowledge/formats/rich-text/strapi.ts";
import { UnreadableDocument } from "../../../src/knowledge/formats/unreadable-document.ts";
import { runAtOnce, type Steps } from "../../../src/runtime/steps.ts";

const contentfulToMarkdown = (value: unknown) => runAtOnce(contentful(value));
const hygraphToMarkdown = (value: unknown) => runAtOnce(hygraph(value));
const kontentToMarkdown = (value: unknown, items?: unknown) => runAtOnce(kontent(value, items));
const portableTextToMarkdown = (value: unknown) => runAtOnce(portableText(value));
const storyblokToMarkdown = (value: unknown) => runAtOnce(storyblok(value));
const strapiToMarkdown = (value: unknown) => runAtOnce(strapi(value));

const EXPECTED = `## Before you begin

You need **a key**, *patience* and [the guide](https://help.example.com/guide).

- Unplug the pump
  1. Wait
  2. Lift \`it\`
- Rinse

> Never use bleach.

| Part | Price |
| - | - |
| Pump | $12 |

\`\`\`
reset --all
\`\`\`
`;

describe("Contentful", () => {
  const text = (value: string, ...marks: string[]) => ({
    nodeType: "text",
    value,
    marks: marks.map((type) => ({ type })),
    data: {},
  });
  const node = (nodeType: string, content: object[], data: object = {}) => ({
    nodeType,
    content,
    data,
  });
  const paragraph = (...content: object[]) => node("paragraph", content);
  const item = (...content: object[]) => node("list-item", content);
  const cell = (type: string, value: string) => node(type, [paragraph(text(value))]);
  const document = (...content: object[]) => node("document", content);

  it("Contentful rich text keeps headings, marks, links, nested lists, quotes and tables", () => {
    const value = document(
      node("heading-2", [text("Before you begin")]),
      paragraph(
        text("You need "),
        text("a key", "bold"),
        text(", "),
        text("patience", "italic"),
        text(" and "),
        node("hyperlink", [text("the guide")], { uri: "https://help.example.com/guide" }),
        text("."),
      ),
      node("unordered-list", [
        item(
          paragraph(text("Unplug the pump")),
          node("ordered-list", [
            item(paragraph(text("Wait"))),
            item(paragraph(text("Lift "), text("it", "code"))),
          ]),
        ),
        item(paragraph(text("Rinse"))),
      ]),
      node("blockquote", [paragraph(text("Never use bleach."))]),
      node("table", [
        node("table-row", [cell("table-header-cell", "Part"), cell("table-header-cell", "Price")]),
        node("table-row", [cell("table-cell", "Pump"), cell("table-cell", "$12")]),
      ]),
    );
    const expected = EXPECTED.slice(0, EXPECTED.indexOf("```") - 1);
    expect(contentfulToMarkdown(value)).toBe(expected);
  });

  it("Contentful rich text includes the text of embedded entries and assets, unless the API did not resolve them", () => {
    const answer = document(paragraph(text("Within 30 days.")));
    const markdown = contentfulToMarkdown(
      document(
        node("embedded-entry-block", [], {
          target: {
            sys: { id: "1" },
            fields: { question: { "en-US": "How long?" }, answer, slug: "x-y" },
          },
        }),
        node("embedded-asset-block", [], {
          target: {
            fields: { title: "The pump, opened", file: { url: "//images.example.com/1.png" } },
          },
        }),
        node("embedded-entry-block", [], { target: { sys: { type: "Link", id: "2" } } }),
        paragraph(
          text("See"),
          node("embedded-entry-inline", [], { target: { fields: { name: "the warranty" } } }),
          text("."),
        ),
      ),
    );
    expect(markdown).toBe(
      "How long?\n\nWithin 30 days.\n\nThe pump, opened\n\nSee the warranty .\n",
    );
  });

  it("Contentful rich text keeps the text of unknown kinds of nodes", () => {
    const value = document(
      node("constructor", [text("Still here")]),
      paragraph(text("and here", "toString")),
    );
    expect(contentfulToMarkdown(value)).toBe("Still here\n\nand here\n");
  });
});

describe("Portable Text", () => {
  const block = (style: string, text: string, more: object = {}) => ({
    _type: "block",
    style,
    markDefs: [],
    children: [{ _type: "span", text, marks: [] }],
    ...more,
  });
  const item = (listItem: string, level: number, text: string) =>
    block("normal", text, { listItem, level });

  it("Portable Text keeps headings, marks, links, nested lists, quotes, tables and code", () => {
    const value = [
      block("h2", "Before you begin"),
      {
        _type: "block",
        style: "normal",
        markDefs: [{ _key: "k1", _type: "link", href: "https://help.example.com/guide" }],
        children: [
          { _type: "span", text: "You need " },
          { _type: "span", text: "a key", marks: ["strong"] },
          { _type: "span", text: ", " },
          { _type: "span", text: "patience", marks: ["em"] },
          { _type: "span", text: " and " },
          { _type: "span", text: "the guide", marks: ["k1"] },
          { _type: "span", text: "." },
        ],
      },
      item("bullet", 1, "Unplug the pump"),
      item("number", 2, "Wait"),
      block("normal", "", {
        listItem: "number",
        level: 2,
        children: [
          { _type: "span", text: "Lift " },
          { _type: "span", text: "it", marks: ["code"] },
        ],
      }),
      item("bullet", 1, "Rinse"),
      block("blockquote", "Never use bleach."),
      { _type: "table", rows: [{ cells: ["Part", "Price"] }, { cells: ["Pump", "$12"] }] },
      { _type: "code", code: "reset --all", language: "sh" },
    ];
    expect(portableTextToMarkdown(value)).toBe(EXPECTED.replace("```\nreset", "```sh\nreset"));
  });

  it("Portable Text keeps the alt text of images and the readable fields of custom blocks", () => {
    const markdown = portableTextToMarkdown([
      { _type: "image", asset: { _ref: "image-abc-100x100-png" }, alt: "The pump, opened" },
      {
        _type: "faqEntry",
        _key: "9d2",
        question: "How long?",
        answer: [block("normal", "Within 30 days.")],
        slug: { current: "how-long" },
      },
      block("constructor", "Marked", {
        children: [{ _type: "span", text: "Marked", marks: ["constructor", "missing"] }],
      }),
    ]);
    expect(markdown).toBe("The pump, opened\n\nHow long?\n\nWithin 30 days.\n\nMarked\n");
  });
});

describe("Storyblok", () => {
  const text = (value: string, ...marks: object[]) => ({ type: "text", text: value, marks });
  const node = (type: string, content: object[], attrs: object = {}) => ({ type, attrs, content });
  const paragraph = (...content: object[]) => node("paragraph", content);
  const cell = (type: string, value: string) => node(type, [paragraph(text(value))]);

  it("Storyblok rich text keeps headings, marks, links, nested lists, quotes, tables and code", () => {
    const value = node("doc", [
      node("heading", [text("Before you begin")], { level: 2 }),
      paragraph(
        text("You need "),
        text("a key", { type: "bold" }),
        text(", "),
        text("patience", { type: "italic" }),
        text(" and "),
        text("the guide", { type: "link", attrs: { href: "https://help.example.com/guide" } }),
        text("."),
      ),
      node("bullet_list", [
        node("list_item", [
          paragraph(text("Unplug the pump")),
          node("ordered_list", [
            node("list_item", [paragraph(text("Wait"))]),
            node("list_item", [paragraph(text("Lift "), text("it", { type: "code" }))]),
          ]),
        ]),
        node("list_item", [paragraph(text("Rinse"))]),
      ]),
      node("blockquote", [paragraph(text("Never use bleach."))]),
      node("table", [
        node("tableRow", [cell("tableHeader", "Part"), cell("tableHeader", "Price")]),
        node("tableRow", [cell("tableCell", "Pump"), cell("tableCell", "$12")]),
      ]),
      node("code_block", [text("reset --all")], { class: null }),
    ]);
    expect(storyblokToMarkdown(value)).toBe(EXPECTED);
  });

  it("Storyblok rich text keeps the text of images, emoji and components", () => {
    const inner = node("doc", [paragraph(text("Within 30 days."))]);
    const body = [
      { _uid: "i-1", component: "faq", question: "How long?", answer: inner, color: "red" },
    ];
    const value = node("doc", [
      node("image", [], { src: "//a.storyblok.com/1.png", alt: "The pump, opened" }),
      node("blok", [], { id: "b", body }),
      paragraph(text("Done "), node("emoji", [], { emoji: "✅" })),
      node("constructor", [text("Still here")]),
    ]);
    expect(storyblokToMarkdown(value)).toBe(
      "The pump, opened\n\nHow long?\n\nWithin 30 days.\n\nDone ✅\n\nStill here\n",
    );
  });
});

describe("Strapi, Hygraph and Kontent.ai", () => {
  const text = (value: string, flags: object = {}) => ({ type: "text", text: value, ...flags });

  it("Strapi's blocks become Markdown", () => {
    const item = (...children: object[]) => ({ type: "list-item", children });
    const value = [
      { type: "heading", level: 2, children: [text("Before you begin")] },
      {
        type: "paragraph",
        children: [
          text("You need "),
          text("a key", { bold: true }),
          text(", "),
          text("patience", { italic: true }),
          text(" and "),
          { type: "link", url: "https://help.example.com/guide", children: [text("the guide")] },
          text("."),
        ],
      },
      {
        type: "list",
        format: "unordered",
        children: [
          item(text("Unplug the pump")),
          {
            type: "list",
            format: "ordered",
            children: [item(text("Wait")), item(text("Lift "), text("it", { code: true }))],
          },
          item(text("Rinse")),
        ],
      },
      { type: "quote", children: [text("Never use bleach.")] },
      { type: "code", children: [text("reset --all")] },
      {
        type: "image",
        image: { name: "1.png", alternativeText: "The pump, opened" },
        children: [text("")],
      },
    ];
    const withoutTable = EXPECTED.replace(/\| Part[^]*\| \$12 \|\n\n/, "");
    expect(strapiToMarkdown(value)).toBe(`${withoutTable}\nThe pump, opened\n`);
    expect(strapiToMarkdown("# A *title*")).toBe("# A *title*\n");
  });

  it("each form of Hygraph's rich text becomes Markdown", () => {
    const raw = {
      children: [
        { type: "heading-two", children: [{ text: "Prices" }] },
        {
          type: "bulleted-list",
          children: [
            {
              type: "list-item",
              children: [{ type: "list-item-child", children: [{ text: "Pump", bold: true }] }],
            },
          ],
        },
        {
          type: "table",
          children: [
            {
              type: "table_body",
              children: [
                {
                  type: "table_row",
                  children: [{ type: "table_cell", children: [{ text: "$12" }] }],
                },
              ],
            },
          ],
        },
        {
          type: "paragraph",
          children: [{ type: "link", href: "https://example.com", children: [{ text: "Buy" }] }],
        },
      ],
    };
    const markdown = hygraphToMarkdown({ raw, references: [] });
    expect(markdown).toContain("## Prices\n\n- **Pump**\n");
    expect(markdown).toContain("$12");
    expect(markdown).toContain("[Buy](https://example.com)");
    expect(hygraphToMarkdown({ json: raw })).toBe(markdown);
    expect(hygraphToMarkdown(raw)).toBe(markdown);
    expect(hygraphToMarkdown({ html: "<p>As <b>HTML</b></p>" })).toBe("As **HTML**\n");
    expect(hygraphToMarkdown({ markdown: "As *Markdown*" })).toBe("As *Markdown*\n");
  });

  it("the name of an embedded item replaces its empty object in Kontent.ai's HTML", () => {
    const value =
      '<p>See</p><object type="application/kenticocloud" data-type="item" data-rel="component" data-codename="n1"></object>' +
      '<figure data-asset-id="1"><img src="https://assets.example.com/1.png" alt="The pump, opened"></figure>';
    const items = { n1: { system: { name: "Warranty terms" }, elements: {} } };
    expect(kontentToMarkdown({ value }, items)).toBe(
      "See\n\nWarranty terms\n\n![The pump, opened]()\n",
    );
    expect(kontentToMarkdown(value)).toBe("See\n\n![The pump, opened]()\n");
  });
});

const readers = {
  contentful: (content: unknown) => contentfulToMarkdown(content),
  portableText: (content: unknown) => portableTextToMarkdown(content),
  storyblok: (content: unknown) => storyblokToMarkdown(content),
  strapi: (content: unknown) => strapiToMarkdown(content),
  hygraph: (content: unknown) => hygraphToMarkdown(content),
  kontent: (content: unknown) => kontentToMarkdown(content),
};

describe.each(Object.entries(readers))("rich text of %s", (name, read) => {
  const names = [
    ..."type _type nodeType content children text value marks attrs data rows cells code style listItem level".split(
      " ",
    ),
    ..."markDefs href target fields body raw html".split(" "),
  ];
  const words = fc.constantFrom(
    ..."doc document block span text paragraph heading heading-1 list list-item table table-row tableRow image blok".split(
      " ",
    ),
    ..."ordered_list hyperlink embedded-entry-block code constructor __proto__ toString link bullet".split(
      " ",
    ),
    "<b>",
    "",
    "*",
    "\u0000",
    "\ud800",
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: "medium", withCrossShrink: true },
      words,
      fc.constantFrom(null, true, -1, 1e9, 2.5),
      fc.array(tie("tree"), { maxLength: 4 }),
      fc.dictionary(fc.constantFrom(...names), tie("tree"), { maxKeys: 6 }),
      fc.record({
        type: words,
        _type: words,
        nodeType: words,
        content: tie("tree"),
        children: tie("tree"),
      }),
    ),
  }));
  const wrappers = [
    (inner: unknown) => inner,
    (inner: unknown) => ({
      nodeType: "document",
      content: [inner, { nodeType: "paragraph", content: inner }],
    }),
    (inner: unknown) => ({
      type: "doc",
      content: [inner, { type: "paragraph", content: inner, marks: inner }],
    }),
    (inner: unknown) => [
      { _type: "block", children: inner, markDefs: inner },
      { _type: "x", y: inner },
    ],
    (inner: unknown) => [{ type: "paragraph", children: [inner] }],
  ];

  it(`any JSON given to the reader for ${name} becomes Markdown or is refused with a reason`, () => {
    fc.assert(
      fc.property(tree, fc.constantFrom(...wrappers), (inner, wrap) => {
        try {
          expect(read(wrap(inner))).toEqual(expect.any(String));
        } catch (error) {
          expect(error).toBeInstanceOf(UnreadableDocument);
        }
      }),
      { numRuns: 300 },
    );
  });

  it(`JSON that nests too deep is refused by the reader for ${name} with a reason`, () => {
    const branches = [
      (content: unknown) => ({ nodeType: "document", content: [content] }),
      (content: unknown) => ({ type: "doc", content: [content] }),
      (children: unknown) => [{ _type: "block", children }],
      (children: unknown) => [{ type: "paragraph", children }],
    ];
    for (const wrap of branches) {
      let value: unknown = "x";
      for (let depth = 0; depth < 10_000; depth++) value = wrap(value);
      expect(() => read(value)).toThrow(UnreadableDocument);
    }
  });
});

const many = <T>(item: T): T[] => Array.from({ length: 3000 }, () => item);

it.each<[vendor: string, steps: Steps<string>]>([
  [
    "Contentful",
    contentful({
      nodeType: "document",
      content: many({ nodeType: "paragraph", content: [{ nodeType: "text", value: "a" }] }),
    }),
  ],
  ["Sanity", portableText(many({ _type: "block", children: [{ _type: "span", text: "a" }] }))],
  [
    "Storyblok",
    storyblok({
      type: "doc",
      content: many({ type: "paragraph", content: [{ type: "text", text: "a" }] }),
    }),
  ],
  ["Strapi", strapi(many({ type: "paragraph", children: [{ text: "a" }] }))],
  ["Hygraph", hygraph({ children: many({ type: "paragraph", children: [{ text: "a" }] }) })],
  ["Kontent.ai", kontent("<p>a</p>".repeat(3000))],
])("a long rich text of %s is read in steps", (_, steps) => {
  let pauses = 0;
  let read = steps.next();
  for (; !read.done; read = steps.next()) pauses += 1;
  expect(pauses).toBeGreaterThan(5);
  expect(read.value.match(/a/g)).toHaveLength(3000);
});
