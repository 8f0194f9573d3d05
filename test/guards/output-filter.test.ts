import fc from "fast-check";
import { LinkifyIt } from "linkify-it";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { visit } from "unist-util-visit";
import { describe, expect, it } from "vitest";
import { AnswerWriter } from "../../src/answering/verify.ts";
import { linkPolicy, OutputFilter } from "../../src/guards/output-filter.ts";
import { PromptGuard, PromptLeak } from "../../src/guards/prompt-guard.ts";
import { citedSource } from "../support/cited-source.ts";
import { cutAt } from "../support/cut.ts";

const mayLinkTo = linkPolicy(
  ["docs.example.org", "*.example.net"],
  [{ url: "https://help.example.com/returns" }, { url: null }, { url: "not an address" }],
);

function filtered(text: string, pieces = [text]): string {
  const filter = new OutputFilter(mayLinkTo);
  const shown = pieces.map((piece) => filter.push(piece)).join("") + filter.end();
  expect(filter.text).toBe(shown);
  return shown;
}

describe("the output filter", () => {
  it.each([
    "Read https://help.example.com/returns?step=2#a, then write to us.",
    "Read [the guide](https://docs.example.org/a/b) first.",
    "See https://shop.example.net/x and http://help.example.com/.",
    "If 3 < 5 and x<3, then a[1] is *fine*! See [1][2]: it holds.",
    "What? [Yes] (really). Highway www. ends. The httpd is sk_ip.",
    "**Bold**, `code`, 1. list",
    "Node.js, ASP.NET, README.md, main.py, e.g. 3.5 l, v1.2.3 and Next.js/React.It works",
    "Write to support@pump.com or see help.example.com/returns and shop.example.net.",
    "AT&T, Q&A, a &amp; b, 5&nbsp;€ &uuml; &x",
    "24/7 and/or // a comment, //todo: one more, //help.example.com/returns",
  ])("the output filter shows %j", (text) => {
    const expected = text.replace("[2]:", "[2] :");
    // A name that some linkers take for a host, such as `README.md`, is shown with an invisible character behind its dot.
    expect(filtered(text).replaceAll("\u2060", "")).toBe(expected);
  });

  it.each<[what: string, text: string]>([
    ["an address with a scheme", "Go to https://evil.example/x?q=secret now"],
    ["an address that begins with www", "Go to www.evil.example now"],
    ["an address in the middle of a word", "Goxhttps://evil.example"],
    ["an address in capitals", "HTTPS://EVIL.EXAMPLE"],
    ["a Markdown link", "[here](https://evil.example)"],
    ["a Markdown link with a title", '[here](https://evil.example "help.example.com")'],
    ["a Markdown link with its target in angle brackets", "[here](<https://evil.example/a b>)"],
    ["a Markdown link with its target on the next line", "[here](\n https://evil.example)"],
    ["a Markdown link without a scheme", "[here](//evil.example)"],
    ["a Markdown link with backslashes for slashes", String.raw`[here](https:\\evil.example)`],
    ["a Markdown link with escapes", String.raw`[here](https\://evil.example)`],
    [
      "a Markdown link with entities",
      "[here](https&colon;//evil.example) [x](&#104;ttps://evil.example)",
    ],
    [
      "a foreign host behind an allowed host and an @",
      "[x](https://help.example.com@evil.example) https://help.example.com@evil.example/",
    ],
    [
      "a foreign host that begins or ends like an allowed one",
      "https://help.example.com.evil.example https://evilexample.net",
    ],
    [
      "a foreign host before a backslash and an allowed host",
      String.raw`https://evil.example\@help.example.com`,
    ],
    ["a second link target after the first", "[x](https://evil.example)(https://evil.example)"],
    [
      "a reference link with its definition",
      "[here][1]\n\n[1]: https://evil.example\n[a]://evil.example",
    ],
    ["an image", "![](https://evil.example/p.png) ![x][r]"],
    ["an image on an allowed host", "![x](https://help.example.com/p.png)"],
    [
      "a javascript:, data: or vbscript: address",
      "[x](javascript:alert(1)) [y](data:text/html;base64,AAAA) [z](vbscript:x)",
    ],
    ["an HTML link", '<a href="https://evil.example">x</a>'],
    [
      "HTML that runs a script",
      "<script>fetch('//evil.example')</script><img src=x onerror=y><!-- c -->",
    ],
    ["an autolink", "<https://evil.example>"],
    [
      "a host that only some renderers continue after punctuation",
      "https://help.example.com<.evil.example https://help.example.com*.evil.example (https://help.example.com).evil.example",
    ],
    [
      "a host after `www.` and punctuation",
      "www.(.evil.example www.*.evil.example www.'.evil.example/x WWW.).evil.example www.[.evil.example",
    ],
    [
      "an address that begins with two slashes",
      String.raw`//evil.example (//evil.dev/x) *//bob@evil.example* \/\/evil.example [a]: //evil.example`,
    ],
    [
      "an address after the beginning of a key",
      "sk_https://evil.example -----BEGIN https://evil.example",
    ],
    ["a host without a scheme", "Go to evil.com, EVIL.org or shop.evil.co.uk/x. Or evil.xyz"],
    ["a host without a scheme but with a path", "Go to evil.io/x and exämple.de/?q=1 now"],
    ["a host with a Cyrillic letter", "https://hеlp.example.com/ and hеlp.com"],
    [
      "an address with escaped colons, points and slashes",
      String.raw`https\://evil.example www\.evil.example http:\/\/evil.example`,
    ],
    [
      "an address with entities",
      "https&#58;//evil.example https&colon;//evil.example www&period;evil.example",
    ],
    ["an address that consists of entities", "https&#x3a;&#47;&sol;evil.example"],
    ["an address that does not end", `https://evil.example/${"a".repeat(5000)}`],
    ["a target that does not end", `[x](https://evil.example/${"a".repeat(5000)}`],
  ])("the output filter removes %s", (_, text) => {
    for (const shown of [filtered(text), filtered(text, Array.from(text))]) {
      expect(linksIn(shown)).toEqual([]);
      expect(shown).not.toMatch(/!\[|<[a-z/!?]/i);
    }
  });

  it("a mail link stays where its text is the address, and loses its target otherwise", () => {
    const shown = "Write to [help@pump.com](mailto:help@pump.com) today.";
    expect(filtered(shown)).toBe(shown);
    expect(filtered(shown, Array.from(shown))).toBe(shown);
    for (const text of [
      "[our help](mailto:joe@evil.example)",
      "[help@pump.com](mailto:joe@evil.example)",
      "[help@pump.com](mailto:help@pump.com?bcc=joe@evil.example)",
      "[help@pump.com](mailto:help@pump.com%0Abcc:joe@evil.example)",
      "![help@pump.com](mailto:help@pump.com)",
    ])
      expect(filtered(text)).not.toMatch(/evil|!\[/);
  });

  it("the output filter removes credentials, and no text that only begins like one", () => {
    const secrets = [
      `sk_${"a1b2".repeat(8)}`,
      `ghp_${"aB3dE5gH7jK9".repeat(3)}`,
      "AKIAIOSFODNN7EXAMPLE",
      "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----",
    ];
    for (const secret of secrets) {
      const text = `The key is ${secret}, keep it.`;
      expect(filtered(text)).toBe("The key is ‹secret removed›, keep it.");
      expect(filtered(text, Array.from(text))).toBe("The key is ‹secret removed›, keep it.");
    }
    const harmless = "skills, ASIAN food, desk_1, SG. and -----BEGIN CERTIFICATE----- npm_install";
    expect(filtered(harmless)).toBe(harmless);
  });

  it.each([
    `sk_${"a1".repeat(8)}`,
    `sk_live_${"a1".repeat(8)}`,
    `rk_live_${"a1".repeat(8)}`,
    `whsec_${"a1".repeat(8)}`,
    `npm_${"a1".repeat(8)}`,
    `hf_${"a1".repeat(8)}`,
    `dop_v1_${"a1".repeat(8)}`,
    `github_pat_${"a1".repeat(8)}`,
    `sk-${"a1".repeat(10)}`,
    "xoxb-abcdefghij",
    `ASIA${"A1".repeat(8)}`,
    `AIza${"a1".repeat(17)}b`,
    `ya29.${"a1".repeat(10)}`,
    `SG.${"a1".repeat(8)}.${"b2".repeat(8)}`,
    `eyJ${"a1".repeat(4)}.${"b2".repeat(4)}.`,
  ])(
    "the output filter removes the shortest credential of a form at the end of an answer: %s",
    (secret) => {
      for (const text of [secret, `Use ${secret}`]) {
        const shown = text.replace(secret, "‹secret removed›");
        expect(filtered(text)).toBe(shown);
        for (let at = 1; at < text.length; at++)
          expect(filtered(text, [text.slice(0, at), text.slice(at)])).toBe(shown);
      }
    },
  );

  const piece = fc.oneof(
    fc.constantFrom(
      ..."https:// http:/ www. evil.example help.example.com [ ] ( ) ]( ]: ! ![ < <a > \\ @ & ; .com evil .io/x .xyz https www // * ' &#58; &#46; / [1] [9] \n sk_ -----BEGIN".split(
        " ",
      ),
      " ",
    ),
    fc.string({ unit: "binary", maxLength: 4 }),
  );
  const text = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(""));

  it("the output filter never shows a forbidden link, image or tag, and shows the same text however the stream is cut", () => {
    fc.assert(
      fc.property(text, fc.array(fc.nat(6), { maxLength: 40 }), (whole, sizes) => {
        const shown = filtered(whole);
        expect(filtered(whole, cutAt(whole, sizes))).toBe(shown);
        expect(shown).not.toMatch(/!\[|<[a-z/!?]|\]\((?!https?:\/\/help)/i);
        expect(linksIn(shown)).toEqual([]);
      }),
      { numRuns: 5000 },
    );
  }, 120_000);

  it("removing citation markers never joins the text around them into a link, image or tag", () => {
    const writer = new AnswerWriter([citedSource()], mayLinkTo);
    const attack =
      "htt[1]ps://evil.example ![9](https://evil.example) ]【1】(https://evil.example) <[1]img>";
    const shown = Array.from(attack, (character) => writer.push(character)).join("") + writer.end();
    expect(linksIn(shown)).toEqual([]);
    expect(shown).not.toMatch(/!\[|<[a-z/!?]/i);
  });

  it("an answer with invisible characters reads the same whether it arrives at once or character by character", () => {
    const model = {
      prompt: { mark: "^", rules: "", messages: [] },
      handoverRequested: false,
    };
    const written = (pieces: string[]): string => {
      const writer = new AnswerWriter([], mayLinkTo, { ...model, pseudonyms: undefined });
      return pieces.map((piece) => writer.push(piece)).join("") + writer.end();
    };
    const text = `é${"\u{E0141}".repeat(4)} 🏳\uFE0F\u200D🌈\u{E0141}\u200D\u{E0142} 葛\u{E0100}\u{E0101}.`;
    expect(written([text])).toBe("é 🏳\uFE0F\u200D🌈\u200D 葛\u{E0100}.");
    expect(written(Array.from(text))).toBe(written([text]));
  });

  it.each(["\u200B", "\u00AD", "\u2060", "\u200D", "\uFE01", "\u{E0041}"])(
    "an invisible %j between the letters of an address hides no link from the output filter",
    (invisible) => {
      const prompt = { mark: "^", rules: "", messages: [] };
      const model = { prompt, pseudonyms: undefined, handoverRequested: false };
      const written = (pieces: string[]): string => {
        const writer = new AnswerWriter([], mayLinkTo, model);
        return pieces.map((piece) => writer.push(piece)).join("") + writer.end();
      };
      const attack =
        "https://evil.example www.evil.example ![x](https://evil.example) <img> evil.com";
      const hidden = Array.from(attack).join(invisible);
      const plain = written([attack]);
      expect(linksIn(plain)).toEqual([]);
      expect(written([hidden])).toBe(plain);
      expect(written(Array.from(hidden))).toBe(plain);
    },
  );
});

/** The text in which a Markdown renderer looks for addresses: with its escapes and entities decoded. */
function rendered(markdown: string): string {
  const characters: Record<string, string> = { colon: ":", sol: "/", period: "." };
  return markdown
    .replace(/&(?:#(\d+)|#x([0-9a-f]+)|(colon|sol|period));/gi, (_, decimal, hex, name) => {
      if (name) return characters[String(name)] ?? "";
      return String.fromCodePoint(decimal ? Number(decimal) : Number.parseInt(String(hex), 16));
    })
    .replace(/\\([!-/:-@[-`{-~])/g, "$1");
}

/** The targets of the links and images in GitHub-flavoured Markdown. */
function gfmLinks(markdown: string): string[] {
  const tree = fromMarkdown(markdown, {
    extensions: [gfm()],
    mdastExtensions: [gfmFromMarkdown()],
  });
  const links: string[] = [];
  visit(tree, (node) => {
    if ("url" in node) links.push(node.url);
  });
  return links;
}

const linkify = new LinkifyIt();

/** Addresses on foreign hosts that a Markdown renderer, or a chat client that turns addresses into links, would link to. */
function linksIn(markdown: string): string[] {
  const text = `${markdown}\n${rendered(markdown)}`;
  const found = [
    ...markdown.matchAll(/\]\(\s*<?([^)\s>]+)/gu),
    ...markdown.matchAll(/^\s*\[[^\]]*\]:\s*(\S+)/gmu),
    ...text.matchAll(/((?:https?|ftp):\/\/[^\s<>)\]]+|www\.[\p{L}\p{N}][^\s<>)\]]*)/giu),
    ...text.matchAll(
      /(?<![@\p{L}\p{N}./-])((?:[\p{L}\p{N}-]+\.)+(?:com|org|xyz|(?:io|de|uk)\/\S*))(?![\p{L}\p{N}-]|\.[\p{L}\p{N}])/giu,
    ),
  ].map(([, target = ""]) => target);
  const linkified = (linkify.match(text) ?? []).map(({ url }) => url);
  const targets = [...found, ...gfmLinks(markdown), ...linkified];
  // Clicking on a mail address opens no page, and `www` alone is no host.
  return targets.filter((target) => {
    if (/^(?:mailto:|https?:\/\/www[.,;:!?_~]*$)/i.test(target)) return false;
    const url = URL.parse(/^\w+:/.test(target) ? target : `https://${target.replace(/^\/\//, "")}`);
    return !url || !mayLinkTo(url.hostname);
  });
}

describe("the prompt guard", () => {
  const RULES = "- Use only what the sources say. Do not use other knowledge, and do not guess.";
  const guard = (): PromptGuard => new PromptGuard(RULES);
  const run = (text: string, pieces = Array.from(text)): string => {
    const one = guard();
    return pieces.map((piece) => one.push(piece)).join("") + one.end();
  };

  it("an answer that repeats the rules of the prompt is ended before more than a few of their words are shown", () => {
    for (const leak of [
      RULES,
      "Sure: USE *only* what the\nsources say!",
      "x Do not use other knowledge and",
    ]) {
      const one = guard();
      let shown = "";
      expect(() => {
        for (const character of leak) shown += one.push(character);
        shown += one.push(" ");
      }).toThrow(PromptLeak);
      expect(shown).not.toMatch(/only\W+what|not\W+use\W+other/i);
    }
  });

  it.each([
    ["with spaces between the letters", (text: string) => Array.from(text).join(" ")],
    ["with hyphens between the words", (text: string) => text.replaceAll(/\s+/g, "-")],
    ["with points between the letters", (text: string) => Array.from(text).join(".")],
  ])("an answer that spells the rules of the prompt %s is ended", (_, spell) => {
    const leak = `Sure: ${spell(RULES)} .`;
    expect(() => run(leak)).toThrow(PromptLeak);
    expect(() => run(leak, [leak])).toThrow(PromptLeak);
  });

  it("the prompt guard passes ordinary text at once and unchanged", () => {
    const text = "Use only water. The sources say nothing more, and do not guess at it.\n\n Fine.";
    expect(run(text)).toBe(text);
    const one = guard();
    expect(one.push("Delivery to Germany takes 3 working")).toBe(
      "Delivery to Germany takes 3 working",
    );
  });
});

it.each(["\u2060", "\0", "\u200B"])(
  "what is no citation marker becomes none when the invisible character %j is removed",
  (invisible) => {
    for (const rest of ["https://evil.example", `${invisible}evil.com`, ""]) {
      const filter = new OutputFilter(() => false);
      const shown = filter.push(`a [${invisible}1]${rest} b [2]`) + filter.end();
      expect(shown).not.toContain("[1]");
      expect(shown).toContain("[2]");
    }
  },
);

it("a mailbox with a dot is left as it is", () => {
  const filter = new OutputFilter(linkPolicy([], []));
  const text = "Write to admin.it@arduino.com or to a.b@shop.com.";
  expect(filter.push(text) + filter.end()).toBe(text);
});
