import type { Recipe } from "./recipe.ts";

/** An input that the search or an attack has found. */
interface Found {
  name: string;
  recipe: Recipe;
  /** What reads it: grammars, each with its targets. */
  readers: Record<string, string[]>;
  /** The size from which its test measures, where growth begins late or a fixed part is long. */
  from?: number;
  /** It is not linear yet: its test is left out, and a short search leaves out its targets. */
  open?: boolean;
}

/** A found input at one of its readers. */
export interface KnownCost extends Omit<Found, "readers"> {
  grammar: string;
  target: string;
}

const FOUND: Found[] = [
  {
    name: "a table with the visitor's country in each second cell",
    recipe: { repeat: "Country: Canada {i}\nCountry: Peru {i}\n" },
    readers: { text: ["labels for a visitor"] },
  },
  {
    name: "groups of digits",
    recipe: { repeat: "1,000," },
    readers: { message: ["query terms", "index terms"] },
  },
  {
    name: "digits with spaces between them",
    recipe: { repeat: "12 " },
    readers: { message: ["compounds", "index terms"] },
  },
  {
    name: "compounds that do not end",
    recipe: { repeat: "a-" },
    readers: { message: ["query terms", "index terms"] },
  },
  {
    name: "marks without letters",
    recipe: { all: ["ا", { repeat: "\u064B" }] },
    readers: { message: ["index terms"] },
  },
  {
    name: "zero-width non-joiners",
    recipe: { repeat: "م\u200C" },
    readers: { message: ["query terms", "index terms"] },
  },
  {
    name: "tags of components on one line",
    recipe: { repeat: "<Tab>" },
    readers: { markdown: ["normalise"] },
  },
  {
    name: "tags of components that never end",
    recipe: { repeat: '<A b={"\n' },
    readers: { markdown: ["normalise"] },
  },
  {
    name: "shortcodes that never end",
    recipe: { repeat: "{{< a\n" },
    readers: { markdown: ["normalise"] },
  },
  {
    name: "exports whose brackets never close",
    recipe: { repeat: "\nexport const a = (\n" },
    readers: { markdown: ["normalise"] },
  },
  {
    name: "numbers that each uncover another one",
    recipe: { repeat: "+11234567 99" },
    readers: { message: ["redact", "pseudonyms"], query: ["redact", "pseudonyms"] },
  },
  {
    name: "single digits",
    recipe: { repeat: "1 " },
    readers: { message: ["redact"], query: ["redact", "pseudonyms"], answer: ["redact"] },
  },
  {
    name: "private keys that do not end",
    recipe: { repeat: "-----BEGIN PRIVATE KEY-----" },
    readers: { query: ["redact"], answer: ["redact"] },
  },
  {
    name: "different addresses",
    recipe: { repeat: "{i}@a.co " },
    readers: { query: ["pseudonyms"] },
  },
  {
    name: "HTML in cells",
    recipe: { all: ["question,answer\n", { repeat: '"<b>a</b>","<p>b</p>"\n' }] },
    readers: { csv: ["normalise"] },
  },
  {
    name: "line feeds",
    recipe: { all: ["a", { repeat: "\n" }, "a"] },
    readers: { message: ["sub-queries"], query: ["sub-queries"] },
  },
  {
    name: "many markers at the end of a text",
    recipe: { all: [{ repeat: "a " }, { repeat: "[1]" }] },
    readers: { answer: ["answer writer", "citations"] },
  },
  {
    name: "markers that no source supports",
    recipe: { repeat: "pump opens [1] " },
    readers: { answer: ["citations", "held text"] },
  },
  {
    name: "hosts that never end",
    recipe: { repeat: "a.b" },
    readers: { answer: ["link filter", "link filter at once"] },
  },
  {
    name: "slashes",
    recipe: { repeat: "/" },
    readers: { answer: ["link filter", "link filter at once"] },
  },
  {
    name: "backslashes behind a host",
    recipe: { all: ["a.com", { repeat: "\\" }] },
    readers: { answer: ["link filter", "link filter at once"] },
  },
  {
    name: "markers that are links",
    recipe: { repeat: "[a](b)?![" },
    readers: { answer: ["held text"] },
  },
  {
    name: "line feeds before a marker",
    recipe: { repeat: "\n" },
    readers: { answer: ["history"] },
  },
  {
    name: "empty elements before a text",
    recipe: { all: ["<p>", { repeat: "<i></i>" }, "text"] },
    readers: { html: ["normalise"] },
  },
  {
    name: "elements of white space",
    recipe: { repeat: "<span> </span>" },
    readers: { html: ["field"] },
  },
  {
    name: "texts side by side",
    recipe: { all: ["<p>", { repeat: "a<wbr>" }] },
    readers: { html: ["normalise"] },
  },
  {
    name: "blocks within a link with a long address",
    recipe: { all: ["<a href='", { repeat: "x" }, "'>", { repeat: "<p>a" }] },
    readers: { html: ["normalise"] },
  },
  {
    name: "lists of tabs, each with its panels",
    recipe: {
      repeat:
        "<div role=tablist><b role=tab>a</b><b role=tab>c</b></div><div role=tabpanel>d</div><div role=tabpanel hidden>e</div>",
    },
    readers: { html: ["normalise"] },
  },
  {
    name: "lists of tabs without panels",
    recipe: { repeat: "<ul role=tablist><li role=tab>a</ul>" },
    readers: { html: ["normalise"] },
  },
  {
    name: "hidden answers behind their questions",
    recipe: { repeat: '<div><b>a</b><p class="c" style="display:none">d</p></div>' },
    readers: { html: ["normalise"] },
  },
  {
    name: "folded texts and what follows them",
    recipe: { all: ["<h1>a</h1>", { repeat: "<details><summary>b</summary>c</details><p>d" }] },
    readers: { html: ["normalise"] },
  },
  {
    name: "references to one panel",
    recipe: {
      all: [
        { repeat: '<button aria-controls="x" data-y="z">a</button>' },
        '<div id="x" hidden data-y="z">b</div>',
      ],
    },
    readers: { html: ["normalise"] },
  },
  {
    name: "labels of radio buttons",
    recipe: { repeat: "<input type=radio id=x><label for=x>a</label>" },
    readers: { html: ["normalise"] },
  },
  {
    name: "rules of a style sheet",
    recipe: {
      all: ["<style>", { repeat: ".a .b,.c{display:none}@media x{" }, "</style><p class='b c'>a"],
    },
    readers: { html: ["normalise"] },
  },
  {
    name: "sections of CDATA",
    recipe: { repeat: "<pre><![CDATA[" },
    readers: { html: ["normalise"] },
  },
  {
    name: "paragraphs in nested lists",
    recipe: { all: [{ repeat: "<ul><li>", times: 100 }, { repeat: "<p>a" }] },
    readers: { html: ["normalise"] },
    from: 2000,
  },
  {
    name: "definitions before a long paragraph",
    recipe: { all: [{ repeat: "[{i}]: b\n", times: 700 }, { repeat: "a\n" }] },
    readers: { markdown: ["normalise"] },
    from: 8000,
  },
  {
    name: "a paragraph that begins like the end of a definition",
    recipe: { all: ["]: b\n", { repeat: "a\n" }] },
    readers: { markdown: ["normalise"] },
    from: 8000,
  },
  {
    name: "deep quotes",
    recipe: { nest: ["> ", { repeat: "a\n" }, ""], depth: 95 },
    readers: { markdown: ["document"] },
    from: 2000,
  },
  {
    name: "definitions with a title that does not end",
    recipe: { repeat: '[a]: <b> "c\n' },
    readers: { markdown: ["document"] },
  },
  {
    name: "lists in lists on one line",
    recipe: { repeat: "- - a\n" },
    readers: { markdown: ["normalise"] },
  },
  {
    name: "white space",
    recipe: { repeat: { all: ["# a\n", { repeat: " " }] } },
    readers: { markdown: ["document"] },
  },
  {
    name: "tags that do not end",
    recipe: { repeat: "<" },
    readers: { docx: ["file"] },
  },
  {
    name: "lines that end within a word",
    recipe: { repeat: "deliv-\nery " },
    readers: { pdf: ["pages"] },
  },
  {
    name: "letters that no line ends",
    recipe: { all: [{ repeat: "a" }, "-\nb"] },
    readers: { pdf: ["pages"] },
  },
  {
    name: "items of a list without text",
    recipe: { repeat: "•\n" },
    readers: { pdf: ["pages"] },
  },
  {
    name: "empty pages and lines",
    recipe: { all: ["a\n", { repeat: " \n\n" }, "b"] },
    readers: { pdf: ["pages"] },
  },
  {
    name: "a long name of a column",
    recipe: { all: ["question,answer,", { repeat: "x" }, "\n", { repeat: "a,b,c\n" }] },
    readers: { csv: ["normalise"] },
    from: 16_000,
  },
  {
    name: "more columns than answers",
    recipe: { all: ["question,answer", { repeat: "," }, "\n", { repeat: "a,b\n" }] },
    readers: { csv: ["normalise"] },
  },
  {
    name: "a long column name",
    recipe: { all: ["question,answer,", { repeat: "x" }, "\n", { repeat: "a,b,c\n" }] },
    readers: { csv: ["document"] },
  },
  {
    name: "line feeds",
    recipe: { repeat: "\n" },
    readers: { text: ["passage quoted", "sentences"] },
  },
];

/** The search begins with these, and test/hostile holds that they stay linear. */
export const KNOWN: KnownCost[] = FOUND.flatMap(({ readers, ...found }) =>
  Object.entries(readers).flatMap(([grammar, targets]) =>
    targets.map((target): KnownCost => ({ ...found, grammar, target })),
  ),
);
