import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { askedTime, isPresent } from "../../src/language/times/asked-time.ts";
import {
  periodsOfLine,
  scopeOfLabel,
  scopeOfOpening,
  withoutTimes,
} from "../../src/language/times/scope.ts";
import { timeExpressionsIn, type Period } from "../../src/language/times/time-expressions.ts";

const NOW = Date.parse("2026-11-20T12:00:00Z");

/** `2025-03-01..2025-03-31`: both days are inside; a missing one is no bound. */
function shown({ from, until }: Period): string {
  const day = (at: number): string =>
    Number.isFinite(at) ? new Date(at).toISOString().slice(0, 10) : "";
  return `${day(from)}..${day(until - 1)}`;
}

describe("dates", () => {
  it.each([
    ["2025-03-01", "at 2025-03-01..2025-03-01"],
    ["2025-03", "at 2025-03-01..2025-03-31"],
    ["1 March 2025", "at 2025-03-01..2025-03-01"],
    ["the 1st of March, 2025", "at 2025-03-01..2025-03-01"],
    ["March 1, 2025", "at 2025-03-01..2025-03-01"],
    ["Mar 2025", "at 2025-03-01..2025-03-31"],
    ["1. März 2025", "at 2025-03-01..2025-03-01"],
    ["01.03.2025", "at 2025-03-01..2025-03-01"],
    ["01/03/2025", "at 2025-01-03..2025-03-01"],
    ["31.12.24", "at 2024-12-31..2024-12-31"],
    ["31/12/2024", "at 2024-12-31..2024-12-31"],
    ["12/31/2024", "at 2024-12-31..2024-12-31"],
    ["03/2025", "at 2025-03-01..2025-03-31"],
    ["1er août 2025", "at 2025-08-01..2025-08-01"],
    ["15 de octubre de 2025", "at 2025-10-15..2025-10-15"],
    ["Q2 2025", "at 2025-04-01..2025-06-30"],
    ["2024/25", "at 2024-01-01..2025-12-31"],
    ["2023–2025", "at 2023-01-01..2025-12-31"],
    ["2025", "at 2025-01-01..2025-12-31"],
    ["before March 2025", "before ..2025-02-28"],
    ["prior to the 1st of March 2025", "before ..2025-02-28"],
    ["until 31 December 2024", "until ..2024-12-31"],
    ["up to the end of 2024", "until ..2024-12-31"],
    ["Valid until: 31 Dec 2024", "until ..2024-12-31"],
    ["on or after 1 March 2025", "since 2025-03-01.."],
    ["from 1 March 2025", "from 2025-03-01.."],
    ["after 28 February 2025", "after 2025-03-01.."],
    ["before the change in March 2025", "before ..2025-02-28"],
    ["vor der Umstellung im März 2025", "before ..2025-02-28"],
    ["2024 and earlier", "until ..2024-12-31"],
    ["1 March 2025 or later", "since 2025-03-01.."],
    ["from 1 Jan 2024 to 30 June 2024", "within 2024-01-01..2024-06-30"],
    ["1 January 2024 – 30 June 2024", "within 2024-01-01..2024-06-30"],
    ["vor dem 1. März 2025", "before ..2025-02-28"],
    ["bis zum 31.12.2024", "until ..2024-12-31"],
    ["bis Ende 2024", "until ..2024-12-31"],
    ["ab März 2025", "since 2025-03-01.."],
    ["2024 und früher", "until ..2024-12-31"],
    ["avant le 1er mars 2025", "before ..2025-02-28"],
    ["jusqu’au 31 décembre 2024", "until ..2024-12-31"],
    ["à partir du 1er mars 2025", "since 2025-03-01.."],
    ["du 1er janvier 2024 au 30 juin 2024", "within 2024-01-01..2024-06-30"],
    ["antes del 1 de marzo de 2025", "before ..2025-02-28"],
    ["hasta finales de 2024", "until ..2024-12-31"],
    ["desde marzo de 2025", "since 2025-03-01.."],
  ])("the text %j holds the date %s", (text, expected) => {
    const found = timeExpressionsIn(text).map(({ kind, period }) => `${kind} ${shown(period)}`);
    expect(found).toEqual([expected]);
  });

  it.each([
    "order FH-2024-118",
    "€2025",
    "2025 €",
    "2025%",
    "#2024",
    "model A2019",
    "2019x",
    "version 1.2024.3",
    "30 February 2025",
    "1,2024",
    "you may 5 times",
    "call 0202024",
    "",
  ])("the text %j holds no date", (text) => {
    expect(timeExpressionsIn(text)).toEqual([]);
  });

  it("no text makes the reading of dates fail, and each date stands where it says", () => {
    const word = fc.constantFrom(
      ..."before until from 2024 2025-03-01 31 march mai 1er . / – ( : ’ é bis ab de Q1 99 \n".split(
        " ",
      ),
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(word, fc.string())), (words) => {
        const text = words.join(" ");
        for (const { start, end, date, period } of timeExpressionsIn(text)) {
          expect(start).toBeLessThan(end);
          expect(date.from).toBeLessThan(date.until);
          expect(period.from).toBeLessThan(period.until);
        }
        scopeOfLabel(text);
        scopeOfOpening(text);
        periodsOfLine(text);
        withoutTimes(text);
        askedTime([text], NOW);
      }),
    );
  });
});

describe("titles", () => {
  it.each([
    "Old pricing",
    "Old refund policy",
    "Our previous terms and conditions",
    "Archived: Shipping",
    "[Deprecated] Export",
    "Returns – archived",
    "Returns (old)",
    "Price list (no longer valid)",
    "Alte Preise",
    "Frühere AGB",
    "Veraltet: Rückgabe",
    "Rückgaberichtlinie (alte Fassung)",
    "Anciens tarifs",
    "Tarifs anciens",
    "Archivé : livraison",
    "Conditions de vente (obsolètes)",
    "Precios anteriores",
    "Política de devoluciones (antigua)",
    "Archivado: envíos",
    "Discontinued: Plan Basic",
    "Expired offer: free delivery",
    "Returns (replaced)",
  ])("the title %j says that it is superseded", (title) => {
    expect(scopeOfLabel(title).isSuperseded).toBe(true);
  });

  it.each([
    "Return your old device",
    "Old phone trade-in",
    "Restore archived e-mails",
    "Expired cards",
    "Previous orders",
    "Former employees",
    "Recycle old batteries",
    "Alte Geräte entsorgen",
    "Frühere Bestellungen",
    "Rendre un ancien appareil",
    "Pedidos anteriores",
    "Returns policy",
    "Returns policy 2023",
  ])("the title %j does not", (title) => {
    expect(scopeOfLabel(title).isSuperseded).toBe(false);
  });

  it.each([
    ["Refund policy (before March 2025)", "Refund policy"],
    ["Returns policy for orders before 1 March 2025", "Returns policy (orders from 1 March 2025)"],
    ["Old pricing", "Pricing"],
    ["Price list 2023", "Price list 2025"],
    ["API v1", "API v2"],
    ["Archived: Cleaning a tent", "Cleaning a tent"],
    ["Tarifs (jusqu’au 31 décembre 2024)", "Nouveaux tarifs"],
    ["Alte Preise", "Aktuelle Preise"],
    ["Hire prices (summer 2023)", "Hire prices"],
    ["Return policy – pre-2025", "Return policy"],
  ])("the titles %j and %j are the same but for their time", (left, right) => {
    const words = (title: string): string[] => withoutTimes(title).match(/\p{L}+/gu) ?? [];
    expect(words(left)).toEqual(words(right));
  });
});

it.each([
  ["Returns (obsolete since March 2025)", "..2025-02-28"],
  ["Returns (replaced 1 March 2025)", "..2025-02-28"],
  ["Old prices until June 2023", "..2023-06-30"],
  ["Winter tyres 2023", undefined],
  ["Old prices 2023", undefined],
])("the title %j says %s of its time", (title, expected) => {
  const { bounds } = scopeOfLabel(title);
  expect(bounds && shown(bounds)).toBe(expected);
});

describe("openings", () => {
  it.each([
    "This policy was replaced by the terms of 2025.",
    "Please note: this page is outdated.",
    "These prices no longer apply.",
    "This guide is no longer maintained.",
    "Archived: see the new page.",
    "Superseded by: the terms of 2025.",
    "No longer valid!",
    "Nicht mehr gültig.",
    "Ersetzt durch die neue Seite.",
    "Remplacé par la nouvelle page.",
    "Sustituido por la nueva página.",
    "Diese Richtlinie wurde durch die neue ersetzt.",
    "Diese Preisliste ist veraltet.",
    "Diese AGB gelten nicht mehr.",
    "Cette politique a été remplacée par une autre.",
    "Cette page n’est plus à jour.",
    "Ces conditions ne s’appliquent plus.",
    "Esta política ha sido sustituida por otra.",
    "Estas condiciones ya no se aplican.",
    "Esta página ya no está vigente.",
  ])("the opening %j says that the document is superseded", (opening) => {
    expect(scopeOfOpening(`${opening} More about it follows.`).isSuperseded).toBe(true);
  });

  it.each([
    "This policy replaces the one of 2023.",
    "This page explains how a battery can be replaced.",
    "This guide shows how to restore archived messages.",
    "An expired card is replaced by your bank.",
    "The old filter was replaced with a finer one.",
    "Diese Seite erklärt, wie der Filter ersetzt wird.",
    "Cette page explique comment remplacer la batterie.",
    "Esta guía explica cómo se sustituye el filtro.",
  ])("the opening %j does not", (opening) => {
    expect(scopeOfOpening(opening).isSuperseded ?? false).toBe(false);
  });

  it.each([
    [
      "Note\nThis applies to orders placed before 1 March 2025. For newer orders see “Returns (from 1 March 2025)”.",
      "..2025-02-28",
    ],
    ["Valid until 31 December 2024.", "..2024-12-31"],
    ["The prices below applied until 31 March 2024.", "..2024-03-31"],
    ["Diese Preise gelten bis 31.12.2024.", "..2024-12-31"],
    ["Gültig ab 1. Januar 2025", "2025-01-01.."],
    ["Ces tarifs sont valables jusqu’au 31 décembre 2024.", "..2024-12-31"],
    ["Estas tarifas son válidas hasta el 31 de diciembre de 2024.", "..2024-12-31"],
  ])("the opening %j says for which time the document holds", (opening, expected) => {
    const { bounds } = scopeOfOpening(opening);
    expect(bounds && shown(bounds)).toBe(expected);
  });

  it("an opening that only mentions a date says nothing of the document", () => {
    for (const opening of [
      "We have been repairing accordions since 1987.",
      "Vouchers that were bought before 2020 are still accepted.",
      "Our shop opened in March 2024.",
    ])
      expect(scopeOfOpening(opening).bounds).toBeUndefined();
  });
});

describe("lines", () => {
  it.each([
    ["Orders placed before 1 March 2025: 14 days", ["..2025-02-28"]],
    ["- Until 31 December 2024: 5 euros", ["..2024-12-31"]],
    ["1. If you bought it before 2020, send it in.", ["..2019-12-31"]],
    ["Item: Kettle; Bought: before March 2025; Return within: 30 days", ["..2025-02-28"]],
    ["Plan: Basic; Valid from: 1 Jan 2024; Valid until: 31 Dec 2024", ["2024-01-01..2024-12-31"]],
    ["Before March 2025: 14 days. From March 2025: 30 days.", ["..2025-02-28", "2025-03-01.."]],
    ["Refunds take 5 days (orders before March 2025: 14 days).", []],
    ["For older orders see the policy before 1 March 2025.", []],
    ["It costs 5 euros. Before 2020 it was free.", []],
    ["Made since 1987 in the same house", ["1987-01-01.."]],
  ])("the line %j holds for these times", (line, expected) => {
    expect(periodsOfLine(line).map(shown)).toEqual(expected);
  });
});

describe("questions", () => {
  const periods = (...texts: (string | undefined)[]): string[] =>
    askedTime(texts, NOW).periods.map(shown);

  it.each([
    ["what was the policy before march 2025", ["..2025-02-28"]],
    ["orders from 2024", ["2024-01-01..2024-12-31"]],
    ["I ordered on 3 January 2025", ["2025-01-03..2025-01-03"]],
    ["what did it cost last year?", ["2025-01-01..2025-12-31"]],
    ["I bought it two years ago", ["2024-01-01..2024-12-31"]],
    ["last month's rules", ["2026-10-01..2026-10-31"]],
    ["Bestellung aus dem Jahr 2024", ["2024-01-01..2024-12-31"]],
    ["vor drei Jahren gekauft", ["2023-01-01..2023-12-31"]],
    ["acheté il y a deux ans", ["2024-01-01..2024-12-31"]],
    ["¿cuánto costaba el año pasado?", ["2025-01-01..2025-12-31"]],
    ["prices in 2027", ["2027-01-01..2027-12-31"]],
  ])("the question %j is about that time", (text, expected) => {
    expect(periods(text)).toEqual(expected);
  });

  it.each([
    "how do I return it",
    "I have been a customer since 2020, how do I return it",
    "Kunde seit 2019, wie kündige ich",
    "ordered in 2026, where is it",
    "how do I return my old phone",
    "did you get my previous message",
    "my order 2024-118 is late",
  ])("the question %j is about the present", (text) => {
    expect(isPresent(askedTime([text], NOW))).toBe(true);
  });

  it.each([
    "what were the old prices?",
    "what did it use to be like, it used to be free",
    "nach den alten Bedingungen",
    "was hat das damals gekostet",
    "selon les anciens tarifs",
    "la política de cancelación antigua",
  ])("the question %j is about the past, without a date", (text) => {
    const asked = askedTime([text], NOW);
    expect([asked.isPast, asked.periods]).toEqual([true, []]);
  });

  it("a follow-up is about the time of the question before, unless it names another one or the present", () => {
    const before = "what did it cost in 2024?";
    const all = (added: string): string[] => periods(added, `${before}\n${added}`);
    expect(all("and shipping?")).toEqual(["2024-01-01..2024-12-31"]);
    expect(all("and in 2025?")).toEqual(["2025-01-01..2025-12-31"]);
    expect(all("and now?")).toEqual([]);
  });
});
