import { expect, it } from "vitest";
import { messageLanguage } from "../../src/language/message-language.ts";
import type { LanguageCode } from "../../src/language/language.ts";

it.each<[LanguageCode, string]>([
  ["en", "Where is my order?"],
  ["de", "Wo ist meine Bestellung?"],
  ["fr", "Où est ma commande ?"],
  ["es", "¿Dónde está mi pedido?"],
  ["pt", "Onde está a minha encomenda?"],
  ["it", "Dov’è il mio ordine?"],
  ["nl", "Waar is mijn bestelling?"],
  ["pl", "Gdzie jest moje zamówienie?"],
  ["ja", "注文した商品はどこですか。"],
  ["ar", "أين طلبي؟"],
  ["de", "danke schön"],
  ["fr", "Bonjour"],
  ["ja", "はい"],
])("%s is told by the first message %s", (language, message) => {
  expect(messageLanguage(message, undefined)).toBe(language);
});

it.each(["ok", "E-07?", "123", "?!", "Grove", "👍", "", "Grove Wall", "thanks", "x".repeat(4000)])(
  "a short message tells no language within a conversation: %s",
  (message) => {
    expect(messageLanguage(message, "de")).toBeUndefined();
  },
);

it.each(["ok", "E-07?", "123", "👍", "Verdure Grove Pro", "Сколько стоит доставка?", "你好"])(
  "a first message that tells none of our languages is answered in English: %s",
  (message) => {
    expect(messageLanguage(message, undefined)).toBeUndefined();
  },
);

it.each<[LanguageCode, LanguageCode, string]>([
  ["en", "de", "Kann ich die Bestellung noch stornieren?"],
  ["de", "en", "And how long does delivery to Canada take?"],
  ["es", "fr", "Et combien coûte la livraison ?"],
  ["fr", "ar", "كم تستغرق عملية الشحن؟"],
])(
  "a whole sentence changes the language of a conversation in %s to %s",
  (before, now, message) => {
    expect(messageLanguage(message, before)).toBe(now);
  },
);
