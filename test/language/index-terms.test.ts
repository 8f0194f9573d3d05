import fc from "fast-check";
import { expect, it } from "vitest";
import { indexTerms, toIndex } from "../../src/language/index-terms.ts";
import { lightStems } from "../../src/language/light-stems.ts";
import { foldWord } from "../../src/text/fold.ts";
import { wordsOf } from "../../src/text/words.ts";

const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({ unit: "grapheme", maxLength: 60 }),
  fc
    .array(
      fc.constantFrom(
        ...Array.from("aäßıİŞłđéΣςёйґ٣०ＡｶﾞがカﬁⅧ½²ـأةیह़ँा्นพำ가한-'’.,:_/\u00AD\u200B\u200C 1000"),
      ),
      { maxLength: 40 },
    )
    .map((letters) => letters.join("")),
);

it("folding a folded word changes nothing", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      for (const word of wordsOf(text)) expect(foldWord(foldWord(word))).toBe(foldWord(word));
    }),
  );
});

it("a text has the same words whether its letters are composed or not, in capitals or not", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const words = indexTerms(text, "en").words;
      expect(indexTerms(text.normalize("NFD"), "en").words).toEqual(words);
      expect(indexTerms(text.normalize("NFC"), "en").words).toEqual(words);
    }),
  );
  expect(indexTerms("STRASSE İADE ΛΟΓΑΡΙΑΣΜΟΣ ПРИЁМ", "en")).toEqual(
    indexTerms("straße iade λογαριασμός прием", "en"),
  );
});

it("each term of the index is one word to FTS5's tokenizer, or several with spaces between", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const { words, others } = indexTerms(text, null);
      for (const term of [...words, ...others])
        expect(toIndex(term)).toMatch(/^[\p{L}\p{N}\p{Co}]+$/u);
    }),
  );
});

it.each([
  ["wi-fi", ["wifi"]],
  ["FH-PUMP-02", ["fhpump", "fhpump02", "pump02"]],
  ["O’Brien", ["obrien"]],
  ["you're user's", []],
  ["3-5 days, v1.2, 4.1.1.1", []],
  ["0800-123-456", ["0800123", "0800123456", "123456"]],
  ["0800 123 456", ["0800123456"]],
  ["and/or", []],
  ["Größe", ["groesse"]],
  ["a-b-c-d-e", ["ab", "abcde", "bc", "cd", "de"]],
])("%s is also found by %j", (text, others) => {
  expect(indexTerms(text, "en").others.toSorted()).toEqual(others);
});

it.each([
  ["de", "haus", "hauses", "hauser"],
  ["de", "bestellung", "bestellungen"],
  ["fr", "cheval", "chevaux"],
  ["fr", "commande", "commandes", "commander", "commandee"],
  ["es", "devolucion", "devoluciones"],
  ["es", "luz", "luces"],
  ["it", "ordine", "ordini"],
  ["pt", "instalacao", "instalacoes"],
  ["nl", "bestelling", "bestellingen"],
  ["pl", "zamowienie", "zamowienia", "zamowieniami", "zamowieniach"],
  ["sv", "bestallning", "bestallningar", "bestallningen"],
  ["da", "ordre", "ordrer", "ordren"],
  ["ru", "заказ", "заказы", "заказов", "заказам"],
  ["ar", "منتج", "المنتج", "والمنتجات"],
])("the words of one %s stem have it in common: %s", (language, ...words) => {
  expect(new Set(words.flatMap((word) => lightStems(word, language))).size).toBe(1);
});

it("English words, codes and words of languages without a stemmer have no light stem", () => {
  expect(lightStems("customers", "en")).toEqual([]);
  expect(lightStems("e07", "de")).toEqual([]);
  expect(lightStems("talossa", "fi")).toEqual([]);
  expect(lightStems("المنتج", "fa")).toEqual([]);
});

it("a text of unclear language has the stems of all languages, unless it looks English", () => {
  expect(indexTerms("Häuser", null).others).toContain("haus\uF8F0");
  expect(indexTerms("The houses of the customer", null).others).toEqual([]);
});
