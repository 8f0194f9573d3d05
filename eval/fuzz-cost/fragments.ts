import type { Recipe } from "./recipe.ts";

interface Fragments {
  fragments: string[];
  pairs: [open: string, close: string][];
}

const words = (text: string): string[] => text.split(" ").map((word) => word.replaceAll("␠", " "));

const SPACES = [" ", "  ", "\n", "\n\n", "\t", "\u00A0", "\u200B", "\u200D", "\uFE0F", "\u0301"];
const LETTERS = ["a", "A", "1", "é", "ß", "漢", "한", "ก", "😀", "\u{E0041}", "word ", "Mr. "];
const MARKS = words("# * _ ~ ` < > [ ] ( ) ! : ; , . / \\ | & @ + - = ? ' \" % $ € { }");
const ADDRESSES = words(
  "https:// http:\\\\ www. // /\\ a@b.c @ .com evil.example .co/ &#58; &amp; ![ ]( [a](b) www.( xn--",
);
const NUMBERS = words(
  "+1 +49␠30␠ +11234567␠99␠ (030)␠ 123-45-6789␠ 4111␠1111␠1111␠1111␠ DE89370400440532013000␠ call␠ 00 -1 .5 1,5 555-0100␠ 12345678Z",
);
const SECRETS = words(
  "sk_live_ eyJ . ghp_ AKIA Bearer␠ -----BEGIN␠ PRIVATE␠KEY----- -----END␠ abcdEFGH12345678abcd",
);
const SENTENCES = words("not␠ unless␠ and␠how␠ [1] [1,␠2] 【1】 〔 •␠ 1.␠ [EMAIL_A] 30␠days␠ USD␠");
const WRITTEN = [
  ...SPACES,
  ...LETTERS,
  ...MARKS,
  ...ADDRESSES,
  ...NUMBERS,
  ...SECRETS,
  ...SENTENCES,
];

const MARKDOWN = [
  ...words(
    "* _ ~ ** ~~ ` `` ``` < <! <!-- --> <? [ ] ![ ]( ) [^a] [^ : & > - + 1. # \\ \\* = --- http://a.b www. a@b.c a 漢",
  ),
  ...words('|a |- |:-: ||| [a]:␠b [a]:␠<b>␠"c [{i}]:␠b [{i}] [^{i}]:␠a <b> </b> <br> <p> <!--'),
  ...words("<table> <td> >␠ -␠ 1.␠ ␠␠␠␠ a<br> ~~~ &nbsp; &#123; <a␠href= == *a_ **a*"),
  "\n",
  "\n\n",
  "  \n",
  "\t",
  " ",
  "|\n",
  '[a]: <b> "c\n',
  "> a\n",
  "- a\n",
  "# a\n",
  "```\n",
];
const TAGS =
  "p i b a div span ul ol li table tr td th blockquote pre code br img h2 section article main nav details summary dl dt dd select option textarea script style svg template object iframe";

const HTML: Fragments = {
  fragments: [
    ...TAGS.split(" ").flatMap((tag) => [`<${tag}>`, `</${tag}>`, `<${tag}></${tag}>`]),
    ...words(
      '<span>␠</span> <td␠colspan=99> <td␠rowspan=99> <a␠href="b"> <a␠id="x{i}"> <!-- --> <!',
    ),
    ...words(
      "<![CDATA[ ]]> &nbsp; &amp; &#x2028; &lt; < > \" ' = hidden aria-hidden=true <p␠hidden>",
    ),
    ...words(
      '<div␠style="display:none"> <button␠aria-controls="x{i}"> <p␠class="a␠b"> <x-y␠a{i}=1>',
    ),
    ...words(
      '<div␠role=tablist> <a␠role=tab␠href="#x{i}"> <div␠role=tabpanel␠id="x{i}"␠hidden> <label␠for="x{i}"> <p␠class="sr-only"> .b{display:none}',
    ),
    "a",
    " ",
    "\n",
    "word ",
    "  \n  ",
    "|",
    "*",
    "_",
    "`",
    "[",
    "]",
    "#",
    "\\",
    "a b",
  ],
  pairs: TAGS.split(" ").map((tag) => [`<${tag}>`, `</${tag}>`]),
};

/** Nodes of rich text: objects whose text is written in Markdown's or HTML's marks, too. */
function nodes(text: (value: string) => unknown, holders: unknown[]): string[] {
  const values = [
    "a",
    " ",
    "",
    "\n",
    "a b ",
    "<b>",
    "*",
    "_a",
    "|",
    "[",
    "`",
    "  \n",
    "\u00A0",
    "# ",
  ];
  return [...values.map(text), ...holders].map((node) => JSON.stringify(node));
}

const sides = (node: object, name: string): [string, string] => [
  `${JSON.stringify(node).slice(0, -1)},"${name}":[`,
  "]}",
];

const contentfulText = (value: string) => ({ nodeType: "text", value, marks: [], data: {} });
const CONTENTFUL_BLOCKS =
  "paragraph heading-2 blockquote unordered-list list-item table table-row table-cell hyperlink unknown".split(
    " ",
  );
const SLATE_BLOCKS =
  "paragraph quote bulleted-list list-item heading-two table table_row table_cell link code unknown".split(
    " ",
  );
const STORYBLOK_BLOCKS =
  "paragraph blockquote bullet_list list_item ordered_list table tableRow tableCell heading code_block unknown".split(
    " ",
  );

const XLSX = [
  "<row>",
  "</row>",
  "<c>",
  "</c>",
  "<v>",
  "</v>",
  "<t>a</t>",
  "<c/>",
  "<v>a</v>",
  "a",
  " ",
];
const XLSX_ROWS = [
  "<row><c><v>a</v></c></row>",
  "<c><v>a</v></c>",
  "&amp;",
  "|",
  "\n",
  "<is>",
  '<c t="s"><v>0</v></c>',
];
const DOCX_ELEMENTS = "p r t tbl tr tc pPr rPr b i hyperlink tab br"
  .split(" ")
  .map((tag) => `w:${tag}`);

export const FRAGMENTS: Record<string, Fragments> = {
  message: {
    fragments: WRITTEN,
    pairs: [
      ["[", "]"],
      ["(", ")"],
      ["<", ">"],
    ],
  },
  query: {
    fragments: WRITTEN,
    pairs: [
      ["[", "]"],
      ["(", ")"],
      ["<", ">"],
    ],
  },
  answer: {
    fragments: WRITTEN,
    pairs: [
      ["[", "]"],
      ["](", ")"],
      ["(", ")"],
      ["<", ">"],
    ],
  },
  text: { fragments: [...WRITTEN, ...MARKDOWN], pairs: [["[", "]"]] },
  markdown: {
    fragments: MARKDOWN,
    pairs: [
      ["[", "]"],
      ["> ", ""],
      ["- ", ""],
      ["*", "*"],
      ["![", "](b)"],
      ["<div>", "</div>"],
      ["**", "**"],
      ["1. ", ""],
    ],
  },
  html: HTML,
  kontent: HTML,
  csv: {
    fragments: [
      ...words(
        ', ; " "" \'" a question answer question,answer ,a ␠" "a, "a"b sep=; <p> </p> <b> </b> <br> &amp;',
      ),
      "\n",
      "\r\n",
      "\t",
      " ",
      "a,",
      ",\n",
      '"\n',
      "|",
    ],
    pairs: [['"', '"']],
  },
  json: {
    fragments: [
      ...words(
        '{"question":"a","answer":"b"} {"question":"","answer":""} {"a":1} [] {} 1 "a" null',
      ),
      '{"question":"a","answer":"\\n\\n* a"}',
      '{"q":"a","a":"_","b{i}":"c"}',
    ],
    pairs: [
      ["[", "]"],
      ['{"a":[', "]}"],
    ],
  },
  contentful: {
    fragments: nodes(contentfulText, [
      ...CONTENTFUL_BLOCKS.map((nodeType) => ({
        nodeType,
        data: {},
        content: [contentfulText("a")],
      })),
      { nodeType: "hyperlink", data: { uri: "a" }, content: [] },
      { ...contentfulText("a"), marks: [{ type: "bold" }, { type: "italic" }, { type: "code" }] },
      {
        nodeType: "embedded-entry-block",
        data: { target: { fields: { title: "a", body: "b" } } },
        content: [],
      },
    ]),
    pairs: CONTENTFUL_BLOCKS.map((nodeType) => sides({ nodeType, data: {} }, "content")),
  },
  "portable-text": {
    fragments: nodes(
      (text) => ({ _type: "block", children: [{ _type: "span", text, marks: [] }] }),
      [
        {
          _type: "block",
          style: "h2",
          children: [{ _type: "span", text: "a", marks: ["em", "strong"] }],
        },
        { _type: "block", listItem: "bullet", level: 1, children: [{ _type: "span", text: "a" }] },
        { _type: "block", listItem: "number", level: 19, children: [{ _type: "span", text: "a" }] },
        { _type: "table", rows: [{ cells: ["a", "b"] }, { cells: ["a", "b"] }] },
        { _type: "code", code: "a\n", language: "js" },
        { _type: "custom", title: "a", body: "b" },
        { _type: "block", children: [] },
      ],
    ),
    pairs: [
      sides({ _type: "block", style: "normal" }, "children"),
      sides({ _type: "custom" }, "body"),
    ],
  },
  storyblok: {
    fragments: nodes(
      (text) => ({ type: "text", text }),
      [
        ...STORYBLOK_BLOCKS.map((type) => ({ type, content: [{ type: "text", text: "a" }] })),
        { type: "hard_break" },
        {
          type: "text",
          text: "a",
          marks: [{ type: "bold" }, { type: "link", attrs: { href: "b" } }],
        },
        { type: "blok", attrs: { body: [{ text: "a" }] } },
      ],
    ),
    pairs: STORYBLOK_BLOCKS.map((type) => sides({ type }, "content")),
  },
  slate: {
    fragments: nodes(
      (text) => ({ text }),
      [
        ...SLATE_BLOCKS.map((type) => ({ type, children: [{ text: "a" }] })),
        { text: "a", bold: true, italic: true, code: true },
        { type: "image", image: { alternativeText: "a" }, children: [] },
        { type: "heading", level: 2, children: [{ text: "a" }] },
      ],
    ),
    pairs: SLATE_BLOCKS.map((type) => sides({ type }, "children")),
  },
  pdf: {
    fragments: [
      ...WRITTEN,
      ...words("- \u00AD -␠ •␠ –␠ 1.␠ 2.␠ a)␠ 1.1␠A ....... ﬁ ###␠Page␠2 ###␠Page␠3 |␠ a-b Page␠1"),
      "\n",
      "\n\n",
      "\n• ",
    ],
    pairs: [["\n### Page 2\n", ""]],
  },
  xlsx: {
    fragments: [...XLSX, ...XLSX_ROWS],
    pairs: [
      ["<row>", "</row>"],
      ["<c>", "</c>"],
      ["<is>", "</is>"],
    ],
  },
  docx: {
    fragments: [
      ...DOCX_ELEMENTS.flatMap((tag) => [`<${tag}/>`, `<${tag}></${tag}>`]),
      "<w:p><w:r><w:t>a</w:t></w:r></w:p>",
      "<w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>",
      '<w:p><w:r><w:t xml:space="preserve"> </w:t></w:r></w:p>',
    ],
    pairs: DOCX_ELEMENTS.map((tag) => [`<${tag}>`, `</${tag}>`]),
  },
  webhook: {
    fragments: [
      ...words(
        '{"a":1} {"a{i}":1} [] {} 1 "a" null true "\\"" "\\u0041" {"commits":[{"added":["a.md"]}]} {"locale":"de","title":"a"}',
      ),
      '{"localizations":[{"locale":"de"}]}',
    ],
    pairs: [
      ["[", "]"],
      ['{"a":[', "]}"],
    ],
  },
  header: {
    fragments: [
      ...words("t= v1= = , ,, t=1, v1=a, sha256= sign=a, env= ; . - _ eyJ a 1 v1,a"),
      " ",
      "\t",
      "a=b,",
    ],
    pairs: [],
  },
};

/** Where the search begins: the inputs of the attack, and what is known to be slow for parsers of these grammars. */
export const SEEDS: Record<string, Recipe[]> = {
  message: [
    { repeat: "+11234567 99" },
    { repeat: "+11234567 99 " },
    { repeat: "4111 1111 1111 1111 " },
    { repeat: "a." },
    { repeat: "\n" },
    { repeat: " " },
    { repeat: "é\u0301" },
  ],
  query: [{ repeat: "+11234567 99" }, { repeat: "a-" }, { repeat: "漢" }, { repeat: "1 " }],
  answer: [
    { repeat: "a.b" },
    { repeat: "[1]" },
    { all: [{ repeat: "a " }, { repeat: "[1]" }] },
    { all: ["-----BEGIN PRIVATE KEY-----", { repeat: "a" }] },
    { repeat: "//a" },
    { repeat: "\n" },
    { repeat: "](a" },
  ],
  markdown: [
    { all: [{ repeat: "[{i}]: b\n", times: 700 }, { repeat: "a\n" }] },
    { repeat: "|-" },
    { repeat: "-\t" },
    { repeat: ": " },
    { nest: ["> ", { repeat: "a\n" }, ""], depth: 95 },
    { repeat: { nest: ["> ", "a\n", ""], depth: 95 } },
    { repeat: '[a]: <b> "c\n' },
    { repeat: "a<br>" },
    { all: ["|", { repeat: "a" }, "|\n|-|\n", { repeat: "|a|\n", times: 300 }] },
    { all: ["# ", { repeat: "a " }, "\n\n", { repeat: "b b b b b b b b\n\n" }] },
    { repeat: { all: ["# a\n", { repeat: " " }] } },
    { repeat: " " },
    { repeat: "[" },
    { repeat: "![" },
    { repeat: "<!--" },
  ],
  html: [
    { all: ["<p>", { repeat: "<i></i>" }, "text"] },
    { repeat: "<span> </span>" },
    { repeat: "a<br>" },
    { nest: ["<div>", "a", "</div>"] },
    { all: ["<table>", { repeat: { all: ["<tr>", { repeat: "<td>" }] } }] },
    { all: ["<h1>", { repeat: "a " }, "</h1>", { repeat: "<p>b b b b b b</p>" }] },
    { repeat: "<p>" },
    { repeat: "<a href=" },
  ],
  csv: [
    { all: ["question,answer", { repeat: "," }, "\n", { repeat: "a,b\n" }] },
    { all: ["question,answer\n", { repeat: 'a,"b' }] },
    { all: ['question,answer\na,"', { repeat: "<p>b</p>" }, '"'] },
    { repeat: '"' },
  ],
  text: [{ repeat: "\n \n" }, { repeat: " " }, { repeat: "a" }, { repeat: "漢" }, { repeat: "*" }],
  kontent: [{ all: ["<p>", { repeat: "<i></i>" }, "text"] }, { repeat: "<span> </span>" }],
  header: [{ repeat: "t=1," }, { repeat: "=" }, { repeat: " " }, { repeat: "v1=a," }],
  pdf: [{ repeat: "word-\n" }, { repeat: "a\n### Page {i}\n" }, { repeat: "• a " }],
  xlsx: [
    { repeat: "<row><c><v>a</v></c></row>" },
    { all: ["<row>", { repeat: "<c/>" }, "</row>", { repeat: "<row/>" }] },
  ],
  docx: [{ repeat: "<w:p><w:r><w:t>a</w:t></w:r></w:p>" }],
};
