import type { Source } from "../../src/citations/source.ts";
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

describe("what an answer may show", () => {
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
  ])("passes %j", (text) => {
    const expected = text.replace("[2]:", "[2] :");
    expect(filtered(text)).toBe(expected);
  });

  it.each<[what: string, text: string]>([
    ["a bare address", "Go to https://evil.example/x?q=secret now"],
    ["one without a scheme", "Go to www.evil.example now"],
    ["one glued to a word", "Goxhttps://evil.example"],
    ["one in capitals", "HTTPS://EVIL.EXAMPLE"],
    ["a Markdown link", "[here](https://evil.example)"],
    ["one with a title", '[here](https://evil.example "help.example.com")'],
    ["one in angle brackets", "[here](<https://evil.example/a b>)"],
    ["one on the next line", "[here](\n https://evil.example)"],
    ["one without a scheme", "[here](//evil.example)"],
    ["backslashes for slashes", String.raw`[here](https:\\evil.example)`],
    ["Markdown escapes", String.raw`[here](https\://evil.example)`],
    ["entities", "[here](https&colon;//evil.example) [x](&#104;ttps://evil.example)"],
    [
      "a host before an at sign",
      "[x](https://help.example.com@evil.example) https://help.example.com@evil.example/",
    ],
    ["a host as a prefix", "https://help.example.com.evil.example https://evilexample.net"],
    ["a backslash before the host", String.raw`https://evil.example\@help.example.com`],
    ["a second target behind the first", "[x](https://evil.example)(https://evil.example)"],
    ["a reference", "[here][1]\n\n[1]: https://evil.example\n[a]://evil.example"],
    ["an image", "![](https://evil.example/p.png) ![x][r]"],
    ["an image on an allowed host", "![x](https://help.example.com/p.png)"],
    [
      "a script address",
      "[x](javascript:alert(1)) [y](data:text/html;base64,AAAA) [z](vbscript:x)",
    ],
    ["an HTML link", '<a href="https://evil.example">x</a>'],
    ["HTML that runs", "<script>fetch('//evil.example')</script><img src=x onerror=y><!-- c -->"],
    ["an autolink", "<https://evil.example>"],
    [
      "a host that goes on behind a character that ends no address for every reader",
      "https://help.example.com<.evil.example https://help.example.com*.evil.example (https://help.example.com).evil.example",
    ],
    [
      "a host that goes on behind `www.` and punctuation",
      "www.(.evil.example www.*.evil.example www.'.evil.example/x WWW.).evil.example www.[.evil.example",
    ],
    [
      "two slashes without a scheme",
      String.raw`//evil.example (//evil.dev/x) *//bob@evil.example* \/\/evil.example [a]: //evil.example`,
    ],
    [
      "one behind the beginning of a key",
      "sk_https://evil.example -----BEGIN https://evil.example",
    ],
    ["a bare host", "Go to evil.com, EVIL.org or shop.evil.co.uk/x. Or evil.xyz"],
    ["a bare host with a path", "Go to evil.io/x and exämple.de/?q=1 now"],
    ["letters of another script", "https://hеlp.example.com/ and hеlp.com"],
    [
      "escapes before colons, points and slashes",
      String.raw`https\://evil.example www\.evil.example http:\/\/evil.example`,
    ],
    [
      "entities in bare ones",
      "https&#58;//evil.example https&colon;//evil.example www&period;evil.example",
    ],
    ["entities without end", "https&#x3a;&#47;&sol;evil.example"],
    ["an address that does not end", `https://evil.example/${"a".repeat(5000)}`],
    ["a target that does not end", `[x](https://evil.example/${"a".repeat(5000)}`],
  ])("takes out %s", (_, text) => {
    for (const shown of [filtered(text), filtered(text, Array.from(text))]) {
      expect(linksIn(shown)).toEqual([]);
      expect(shown).not.toMatch(/!\[|<[a-z/!?]/i);
    }
  });

  it("takes out credentials, and nothing that only begins like one", () => {
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

  it("never shows a forbidden link, image or tag, and shows the same however the stream is cut", () => {
    fc.assert(
      fc.property(text, fc.array(fc.nat(6), { maxLength: 40 }), (whole, cuts) => {
        let rest = whole;
        const pieces = cuts.map((cut) => {
          const head = rest.slice(0, cut);
          rest = rest.slice(cut);
          return head;
        });
        const shown = filtered(whole);
        expect(filtered(whole, [...pieces, rest])).toBe(shown);
        expect(shown).not.toMatch(/!\[|<[a-z/!?]|\]\((?!https?:\/\/help)/i);
        expect(linksIn(shown)).toEqual([]);
      }),
      { numRuns: 5000 },
    );
  });

  it("is the same behind the citation check: what that takes out joins nothing", () => {
    const source: Source = {
      n: 1,
      externalId: "a",
      title: "A",
      url: null,
      version: 1,
      passages: [],
    };
    const writer = new AnswerWriter([source], mayLinkTo);
    const attack =
      "htt[1]ps://evil.example ![9](https://evil.example) ]【1】(https://evil.example) <[1]img>";
    const shown = Array.from(attack, (character) => writer.push(character)).join("") + writer.end();
    expect(linksIn(shown)).toEqual([]);
    expect(shown).not.toMatch(/!\[|<[a-z/!?]/i);
  });

  it("is the same whether a model writes it at once or character by character", () => {
    const model = {
      prompt: { mark: "^", rules: "", messages: [] },
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
    "is read without %j between a model's letters, which is never shown",
    (invisible) => {
      const prompt = { mark: "^", rules: "", messages: [] };
      const model = { prompt, pseudonyms: undefined };
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

/** A Markdown renderer finds addresses once it has read escapes and entities. */
function rendered(markdown: string): string {
  const characters: Record<string, string> = { colon: ":", sol: "/", period: "." };
  return markdown
    .replace(/&(?:#(\d+)|#x([0-9a-f]+)|(colon|sol|period));/gi, (_, decimal, hex, name) => {
      if (name) return characters[String(name)] ?? "";
      return String.fromCodePoint(decimal ? Number(decimal) : Number.parseInt(String(hex), 16));
    })
    .replace(/\\([!-/:-@[-`{-~])/g, "$1");
}

/** What GitHub's Markdown makes links and images of. */
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
  // A mail address opens no page, and `www` alone is no host.
  return targets.filter((target) => {
    if (/^(?:mailto:|https?:\/\/www[.,;:!?_~]*$)/i.test(target)) return false;
    const url = URL.parse(/^\w+:/.test(target) ? target : `https://${target.replace(/^\/\//, "")}`);
    return !url || !mayLinkTo(url.hostname);
  });
}

describe("the prompt", () => {
  const RULES = "- Use only what the sources say. Do not use other knowledge, and do not guess.";
  const guard = (): PromptGuard => new PromptGuard(RULES);
  const run = (text: string, pieces = Array.from(text)): string => {
    const one = guard();
    return pieces.map((piece) => one.push(piece)).join("") + one.end();
  };

  it("ends an answer that repeats it, before more than two of its words are shown", () => {
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
    ["apart", (text: string) => Array.from(text).join(" ")],
    ["with hyphens", (text: string) => text.replaceAll(/\s+/g, "-")],
    ["with points", (text: string) => Array.from(text).join(".")],
  ])("ends an answer that spells it %s", (_, spell) => {
    const leak = `Sure: ${spell(RULES)} .`;
    expect(() => run(leak)).toThrow(PromptLeak);
    expect(() => run(leak, [leak])).toThrow(PromptLeak);
  });

  it("lets ordinary text through, unchanged and at once", () => {
    const text = "Use only water. The sources say nothing more, and do not guess at it.\n\n Fine.";
    expect(run(text)).toBe(text);
    const one = guard();
    expect(one.push("Delivery to Germany takes 3 working")).toBe(
      "Delivery to Germany takes 3 working",
    );
  });
});
