import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { LANGUAGE_CODES } from "../../src/language/language.ts";
import { shippedRelease } from "../../src/releases/release.ts";
import { NO_NAMES, say, sentencesIn } from "../../src/releases/sentences.ts";
import { openAiStream, recordedChats } from "../support/chat-script.ts";
import { brokenDatabase } from "../support/broken-database.ts";
import { tick } from "../support/tick.ts";
import {
  ask,
  call,
  CHAT_MODEL,
  createWorkspace,
  HELP_CENTRE,
  publish,
  readConversation,
  tokenOf,
  type Workspace,
} from "../support/workspace.ts";

let workspace: Workspace;
beforeEach(() => env.CONTROL.reset());
beforeAll(async () => {
  workspace = await createWorkspace(HELP_CENTRE);
});

const UNKNOWN: Record<string, string> = {
  en: "Which planets have rings of ice around them?",
  de: "Welche Planeten haben Ringe aus Eis um sich herum?",
  fr: "Quelles planètes ont des anneaux de glace autour d’elles ?",
  es: "¿Qué planetas tienen anillos de hielo a su alrededor?",
  pt: "Quais são os planetas que têm anéis de gelo à sua volta?",
  it: "Quali sono i pianeti che hanno anelli di ghiaccio?",
  nl: "Welke planeten hebben ringen van ijs om zich heen?",
  pl: "Które planety mają wokół siebie pierścienie z lodu?",
  ja: "氷の輪がある惑星はどれですか。",
  ar: "ما هي الكواكب التي لها حلقات من الجليد؟",
};

describe("a reply", () => {
  it.each(LANGUAGE_CODES)("comes in the language of the message: %s", async (language) => {
    const answer = await ask(workspace, UNKNOWN[language] ?? "");
    const sentences = sentencesIn(shippedRelease, language);
    expect(answer).toMatchObject({
      outcome: "abstained",
      language,
      direction: language === "ar" ? "rtl" : "ltr",
    });
    expect(answer.text).toContain(say(sentences.abstention, sentences, NO_NAMES));
  });

  it("to a short message comes in the language of the conversation, however many there were", async () => {
    const { conversation_id } = await ask(workspace, UNKNOWN["de"] ?? "");
    for (let turn = 0; turn < 6; turn++)
      expect(await ask(workspace, { message: "ok danke", conversation_id })).toMatchObject({
        language: "de",
      });
    expect((await ask(workspace, { message: "E-07?", conversation_id })).language).toBe("de");
    const changed = await ask(workspace, { message: UNKNOWN["fr"] ?? "", conversation_id });
    expect(changed.language).toBe("fr");
    const { messages } = await readConversation(workspace, conversation_id);
    expect(messages.slice(-2).map(({ language }) => language)).toEqual(["fr", "fr"]);
  });
});

it("a workspace replaces a sentence in one language, and those of the others stay", async () => {
  const shop = await createWorkspace(HELP_CENTRE);
  await publish(shop, {
    sentences: { abstention: "Ask Ada." },
    translations: { de: { abstention: "Fragen Sie Ada." } },
  });
  expect((await ask(shop, UNKNOWN["en"] ?? "")).text).toContain("Ask Ada.");
  expect((await ask(shop, UNKNOWN["de"] ?? "")).text).toContain("Fragen Sie Ada.");
  const french = shippedRelease.translations.fr.abstention.slice(0, 40);
  expect((await ask(shop, UNKNOWN["fr"] ?? "")).text).toContain(french);
  const refused = await call(shop.secret, "PUT", "/v1/releases/live", {
    translations: { de: { unanswered: "Nichts gefunden." } },
  });
  expect(refused.status).toBe(422);
});

it("a sentence of ours that a workspace replaced by one in another language is said in that language", async () => {
  const shop = await createWorkspace(HELP_CENTRE);
  const abstention = "Das weiß ich leider nicht. Rufen Sie uns bitte unter der Nummer 0800 an.";
  await publish(shop, { sentences: { abstention } });
  for (const language of ["de", "en"])
    expect((await ask(shop, UNKNOWN[language] ?? "")).text).toContain(abstention);
  expect((await ask(shop, UNKNOWN["it"] ?? "")).text).not.toContain(abstention);
});

it("quoted text of another language than the reply says in which it is", async () => {
  const shop = await createWorkspace(HELP_CENTRE);
  await publish(shop, { decision: { thresholds: { answer: 0, clarify: 0 }, sure: 0 } });
  const german = await ask(shop, "Wie lange dauert die Lieferung nach Canada?");
  expect(german).toMatchObject({ outcome: "answered", rung: "extractive", language: "de" });
  expect(german.text).toMatch(/^Unser Hilfecenter beantwortet das nur auf Englisch:\n\n/);
  const english = await ask(shop, "How long does delivery to Canada take?");
  expect(english).toMatchObject({ outcome: "answered", language: "en" });
  expect(english.text).not.toMatch(/help centre/);
});

it("a model is told in which language to answer a message that tells none", async () => {
  const { conversation_id } = await ask(workspace, UNKNOWN["de"] ?? "");
  await env.CONTROL.scriptChat(openAiStream(["Die Lieferung dauert 3 Tage [1]."]));
  const overrides = { CHAT_MODEL };
  const message = "delivery Germany?";
  await ask(workspace, { message, conversation_id }, overrides);
  expect(JSON.stringify(await recordedChats())).toContain("answer in German");
});

it("a turn that fails is closed in its language, by the cron tick, too", async () => {
  const shop = await createWorkspace(HELP_CENTRE);
  const { conversation_id } = await ask(shop, "Guten Tag");
  await call(
    shop.publishable,
    "POST",
    "/v1/chat",
    { message: UNKNOWN["de"] ?? "", conversation_id },
    { overrides: brokenDatabase("'assistant'"), headers: tokenOf(conversation_id) },
  );
  await tick({ later: 120_000 });
  const { messages } = await readConversation(shop, conversation_id);
  expect(messages.at(-1)).toMatchObject({ language: "de", failure: expect.any(String) });
  expect(messages.at(-1)?.text).toContain("schiefgegangen");
});
