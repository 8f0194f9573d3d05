import { beforeAll, describe, expect, it } from "vitest";
import { Api } from "../../../cli/api.ts";
import type { Document } from "../../../cli/document.ts";
import { chat } from "../../../eval/ask.ts";
import { openModels } from "../../../eval/in-process/embeddings.ts";
import { startInProcess } from "../../../eval/in-process/instance.ts";
import { ingest } from "../../../eval/target.ts";

type Shop = Record<string, Omit<Document, "external_id" | "content_type">>;

/** A shop with documents of its own, and what its chat answers. */
async function openShop(documents: Shop): Promise<(message: string, id?: string) => Promise<Said>> {
  const instance = await startInProcess(openModels());
  const api = new Api({ ...instance, key: "sk_local_demo", tries: 1, timeoutMs: 60_000 });
  const all = Object.entries(documents).map(([external_id, document]) => {
    return { external_id, content_type: "text/markdown", ...document };
  });
  expect(await ingest(api, all, 1)).toEqual([]);
  return async (message, id) => {
    const { answer } = await chat(api, message, id);
    const cited = answer.citations.map(({ external_id }) => external_id);
    const { body } = await api.post<{ sources: { external_id: string }[] }>("/v1/chat", {
      message,
    });
    const offered = body.sources.map(({ external_id }) => external_id);
    return { text: answer.text, cited, offered, id: answer.conversation_id };
  };
}

interface Said {
  text: string;
  cited: string[];
  /** What the answer could draw on, or a clarifying question offered. */
  offered: string[];
  id: string;
}

describe("a tent hire", () => {
  let ask: Awaited<ReturnType<typeof openShop>>;
  beforeAll(async () => {
    ask = await openShop({
      "refunds-2025": {
        title: "Refund policy (before March 2025)",
        content:
          "# Refunds\n\nWe pay the refund for a tent within 21 days after it has come back. A handling fee of 8 euros is deducted from each refund.",
      },
      refunds: {
        title: "Refund policy",
        content:
          "# Refunds\n\nThe refund for your tent is on your account 4 days after we have received it. No fee is deducted.",
      },
      "prices-old": {
        title: "Old pricing",
        content: "Hiring a two-person tent for a week costs 90 euros. A stove costs 12 euros.",
      },
      prices: {
        title: "Pricing",
        content: "For a week, a two-person tent is 110 euros to hire. A stove is 15 euros.",
      },
      "cleaning-old": {
        title: "Archived: Cleaning a tent",
        content: "Clean the tent with soap and hot water, and dry it in a tumble dryer.",
      },
      cleaning: {
        title: "Cleaning a tent",
        content: "Clean the tent with cold water and a sponge. Never use a dryer.",
      },
      deposit: {
        title: "Deposit until 31 December 2024",
        content: "The deposit for each tent is 50 euros, in cash.",
      },
      "deposit-now": {
        title: "Deposit",
        content: "The deposit for each tent is 80 euros, by card only.",
      },
      delivery: {
        title: "Delivery to a campsite",
        content:
          "This page was replaced by “Tents brought to you”. We deliver tents to campsites within 20 km for 25 euros.",
      },
      "delivery-now": {
        title: "Tents brought to you",
        content: "We deliver tents to campsites within 60 km of our shop. It costs 39 euros.",
      },
      stakes: {
        title: "Lost stakes (legacy terms)",
        content: "Each stake that is lost or bent costs 3 euros.",
      },
    });
  }, 60_000);

  it.each([
    ["is a fee deducted from the refund?", "refunds"],
    ["how long does a refund for a tent take", "refunds"],
    ["how much is a two-person tent for a week", "prices"],
    ["what does hiring a stove cost", "prices"],
    ["how do I clean the tent", "cleaning"],
    ["may I dry the tent in a tumble dryer?", "cleaning"],
    ["how high is the deposit for a tent", "deposit-now"],
    ["do you deliver tents to campsites, and what does it cost?", "delivery-now"],
  ])("a question about the present is answered from what is in force: %s", async (question, id) => {
    expect((await ask(question)).cited).toEqual([id]);
  });

  it.each([
    ["what was the refund policy before march 2025?", "refunds-2025"],
    ["how long did a refund for a tent take in January 2025?", "refunds-2025"],
    ["I hired a tent in 2024. is a fee deducted from the refund?", "refunds-2025"],
    ["what were the old prices for a two-person tent?", "prices-old"],
    ["how high was the deposit for a tent in 2024?", "deposit"],
  ])(
    "a question that names a time is answered from what was in force then: %s",
    async (question, id) => {
      expect((await ask(question)).cited).toEqual([id]);
    },
  );

  it.each([
    ["WHY HAS MY REFUND NOT ARRIVED", "refunds-2025"],
    ["can I pay the deposit in cash?", "deposit"],
    ["refund???", "refunds-2025"],
  ])(
    "what is superseded is neither quoted nor offered where nothing in force answers: %s",
    async (question, id) => {
      const { cited, offered } = await ask(question);
      expect([...cited, ...offered]).not.toContain(id);
    },
  );

  it("what has no current counterpart is quoted, although it is outdated", async () => {
    expect((await ask("how much does a lost stake cost?")).cited).toEqual(["stakes"]);
  });

  it("the exact title of an outdated document names it", async () => {
    expect((await ask("Archived: Cleaning a tent")).cited).toEqual(["cleaning-old"]);
    expect((await ask("Cleaning a tent")).cited).toEqual(["cleaning"]);
  });

  it("each of several questions is about the time that the message names", async () => {
    const { cited, text } = await ask(
      "I hired a tent in 2024. Is a fee deducted from the refund for the tent? And how high is the deposit for each tent?",
    );
    expect(cited.toSorted()).toEqual(["deposit", "refunds-2025"]);
    expect(text).toContain("8 euros");
  });

  it("a follow-up keeps to the time of the question before, and changes it by naming another", async () => {
    const first = await ask("what was the refund policy before march 2025?");
    const second = await ask("and how high was the fee?", first.id);
    expect(second.cited).toEqual(["refunds-2025"]);
    const third = await ask("and is there a fee now?", first.id);
    expect(third.cited).toEqual(["refunds"]);
  });
});

describe("shops in other languages", () => {
  let ask: Awaited<ReturnType<typeof openShop>>;
  beforeAll(async () => {
    ask = await openShop({
      "de-alt": {
        title: "Rückgaberecht (bis 31.12.2024)",
        content:
          "Die Rückgabe einer Kaffeemühle ist innerhalb von 14 Tagen möglich. Das Porto trägt der Kunde.",
      },
      "de-neu": {
        title: "Rückgaberecht",
        content:
          "Die Rückgabe einer Kaffeemühle ist innerhalb von 60 Tagen möglich. Das Porto tragen wir.",
      },
      "de-preise-alt": {
        title: "Alte Preise für die Wartung",
        content: "Die Wartung einer Kaffeemühle kostet 19 Euro.",
      },
      "de-preise": {
        title: "Preise für die Wartung",
        content: "Die Wartung einer Kaffeemühle kostet 29 Euro.",
      },
      "fr-ancien": {
        title: "Garantie des vélos",
        content:
          "Cette page n’est plus à jour. La garantie du cadre du vélo est de 2 ans et ne couvre pas la rouille.",
      },
      "fr-nouveau": {
        title: "La garantie des vélos",
        content: "La garantie du cadre du vélo est de 10 ans et couvre aussi la rouille.",
      },
      "fr-frais-ancien": {
        title: "Frais de réparation avant le 1er mars 2025",
        content: "La réparation du frein de vélo coûte 15 euros.",
      },
      "fr-frais": {
        title: "Frais de réparation à partir du 1er mars 2025",
        content: "La réparation du frein de vélo coûte 25 euros.",
      },
      "es-antigua": {
        title: "Política de cancelación (antigua)",
        content: "La cancelación de una clase de cerámica es gratis hasta 24 horas antes.",
      },
      "es-nueva": {
        title: "Política de cancelación",
        content: "La cancelación de una clase de cerámica es gratis hasta 3 días antes.",
      },
      "es-horario-antiguo": {
        title: "Horario del taller hasta el 30 de junio de 2024",
        content: "El taller de cerámica abre a las nueve y cierra a las dos.",
      },
      "es-horario": {
        title: "Horario del taller",
        content: "El taller de cerámica abre a las once y cierra a las ocho.",
      },
    });
  }, 60_000);

  it.each([
    ["Wie lange ist die Rückgabe einer Kaffeemühle möglich?", "de-neu"],
    ["Was kostet die Wartung einer Kaffeemühle?", "de-preise"],
    ["La garantie du cadre du vélo, c'est combien de temps ?", "fr-nouveau"],
    ["Combien coûte la réparation du frein de vélo ?", "fr-frais"],
    ["¿Hasta cuándo es gratis la cancelación de una clase de cerámica?", "es-nueva"],
    ["¿A qué hora abre el taller de cerámica?", "es-horario"],
  ])("a question about the present is answered from what is in force: %s", async (question, id) => {
    expect((await ask(question)).cited).toEqual([id]);
  });

  it.each([
    ["Wie lange war die Rückgabe einer Kaffeemühle im Jahr 2024 möglich?", "de-alt"],
    ["Was kostete die Wartung einer Kaffeemühle nach den alten Preisen?", "de-preise-alt"],
    ["Combien coûtait la réparation du frein de vélo en janvier 2025 ?", "fr-frais-ancien"],
    ["¿Cuál era la política de cancelación antigua de una clase de cerámica?", "es-antigua"],
    ["¿A qué hora abría el taller de cerámica en 2023?", "es-horario-antiguo"],
  ])(
    "a question that names a time is answered from what was in force then: %s",
    async (question, id) => {
      expect((await ask(question)).cited).toEqual([id]);
    },
  );
});

describe("a workshop for accordions, with dated and numbered documents", () => {
  let ask: Awaited<ReturnType<typeof openShop>>;
  const year = new Date().getUTCFullYear();
  beforeAll(async () => {
    ask = await openShop({
      "terms-a": {
        title: "Repair terms 2021",
        content: "An estimate for an accordion repair costs 30 euros and takes two weeks.",
      },
      "terms-b": {
        title: "Repair terms 2024",
        content: "An estimate for an accordion repair costs 45 euros and takes one week.",
      },
      "prices-now": {
        title: `Tuning prices ${year}`,
        content: "Tuning an accordion costs 400 euros.",
      },
      "prices-next": {
        title: `Tuning prices ${year + 1}`,
        content: "Tuning an accordion costs 450 euros.",
      },
      "api-1": {
        title: "Booking API v1",
        content:
          "To book a repair by the API, send a POST request to /bookings with your key in the query.",
      },
      "api-2": {
        title: "Booking API v2",
        content:
          "To book a repair by the API, send a POST request to /repairs with your key in a header.",
      },
      "pickup-a": {
        title: "Pick-up of instruments",
        content: "Finished instruments are kept for 14 days, then storage costs 2 euros a day.",
        updated_at: "2022-05-01T00:00:00Z",
      },
      "pickup-b": {
        title: "Pick-up of instruments",
        content: "Finished instruments are kept for 30 days, then storage costs 5 euros a day.",
        updated_at: "2025-05-01T00:00:00Z",
      },
      "insurance-a": {
        title: "Insurance during a repair",
        content: "Your instrument is insured for up to 3000 euros while it is with us.",
        valid_from: "2020-01-01",
      },
      "insurance-b": {
        title: "Insurance during a repair",
        content: "Your instrument is insured for up to 9000 euros while it is with us.",
        valid_from: "2024-01-01",
      },
      "news-2022": {
        title: "Newsletter 2022",
        content:
          "We welcome Ilse Brandt, who repairs concertinas, and say goodbye to the old lathe.",
      },
      "news-2024": {
        title: "Newsletter 2024",
        content:
          "We have moved to the harbour. The workshop now has a lift and two parking places.",
      },
      "care-piano": {
        title: "Care",
        content: "Keep a piano accordion upright, and wipe its keys with a dry cloth.",
        updated_at: "2021-01-01T00:00:00Z",
      },
      "care-button": {
        title: "Care",
        content: "Keep a button accordion lying on its feet, and brush its buttons.",
        updated_at: "2025-01-01T00:00:00Z",
      },
    });
  }, 60_000);

  it.each([
    ["How much is an estimate for an accordion repair?", "terms-b"],
    ["How much did an estimate for an accordion repair cost in 2021?", "terms-a"],
    ["What does tuning an accordion cost?", "prices-now"],
    [`What will tuning an accordion cost in ${year + 1}?`, "prices-next"],
    ["How do I book a repair by the API?", "api-2"],
    ["How do I book a repair by the API v1?", "api-1"],
    ["How long are finished instruments kept?", "pickup-b"],
    ["For how much is my instrument insured during a repair?", "insurance-b"],
  ])(
    "of documents with the same title, the one of the asked time or the newest is quoted: %s",
    async (question, id) => {
      expect((await ask(question)).cited).toEqual([id]);
    },
  );

  it.each([
    ["Who repairs concertinas?", "news-2022"],
    ["How do I keep a piano accordion?", "care-piano"],
    ["How do I keep a button accordion?", "care-button"],
  ])(
    "an older document of the same title is quoted if only it says what is asked: %s",
    async (question, id) => {
      expect((await ask(question)).cited).toEqual([id]);
    },
  );
});

describe("a pottery school, whose documents hold rules of several times", () => {
  let ask: Awaited<ReturnType<typeof openShop>>;
  const filler = (topic: string): string =>
    Array.from(
      { length: 6 },
      (_, index) =>
        `Paragraph ${index + 1} on ${topic} tells who looks after it, which tools belong to it, where it is kept over the winter and whom to call when something breaks.`,
    ).join("\n\n");
  beforeAll(async () => {
    ask = await openShop({
      cancel: {
        title: "Cancel a course",
        content: [
          "## Courses booked before 1 March 2025",
          "You can cancel a course until the day before it begins. The course fee is refunded in full.",
          "## Courses booked from 1 March 2025",
          "You can cancel a course until two weeks before it begins. Half of the course fee is refunded.",
        ].join("\n\n"),
      },
      firing: {
        title: "Firing your pieces",
        content: [
          "| Brought to the kiln | Price for firing | Ready after |",
          "|---|---|---|",
          "| until 31 December 2024 | 4 euros a kilo | 3 days |",
          "| from 1 January 2025 | 7 euros a kilo | 10 days |",
        ].join("\n"),
      },
      clay: {
        title: "Clay and glazes",
        content: [
          "| Clay | Bought | Price |",
          "|---|---|---|",
          ...[
            "Stoneware",
            "Porcelain",
            "Earthenware",
            "Raku clay",
            "Paper clay",
            "Terracotta",
            "Casting slip",
            "Black clay",
          ].flatMap((clay, index) => [
            `| ${clay} | before May 2024 | ${11 + index} euros |`,
            `| ${clay} | since May 2024 | ${31 + index} euros |`,
          ]),
        ].join("\n"),
      },
      delivery: {
        title: "Delivery",
        content: [
          "| What | Ordered | Price |",
          "|---|---|---|",
          "| Delivery of clay to an island | before May 2024 | 6 euros |",
          "| Island | since May 2024 | 14 euros |",
          "| Mainland | since May 2024 | 9 euros |",
        ].join("\n"),
      },
      wheel: {
        title: "Rent a wheel",
        content: [
          filler("the wheel"),
          "Contracts signed before July 2024: the rent for a wheel is 20 euros a month, and the notice period is one week.",
          filler("its motor"),
          "Contracts signed since July 2024: the rent for a wheel is 35 euros a month, and the notice period is three months.",
        ].join("\n\n"),
      },
      locker: {
        title: "Lockers",
        content: [
          "**Until the end of 2023:**",
          "- A locker costs 10 euros a term.\n- The key deposit is 5 euros.",
          "**From 2024:**",
          "- A locker costs 18 euros a term.\n- The key deposit is 20 euros.",
        ].join("\n\n"),
      },
      old: {
        title: "Studio rules",
        content: [
          "## Old rules",
          "The studio may be used until ten in the evening. Dogs may come along.",
          "## Current rules",
          "The studio may be used until midnight. Dogs stay at home.",
        ].join("\n\n"),
      },
    });
  }, 60_000);

  it.each([
    ["Until when can I cancel a course?", "two weeks before"],
    ["Is the course fee refunded if I cancel?", "Half of the course fee"],
    ["What is the price for firing?", "7 euros a kilo"],
    ["After how many days is a piece ready that I brought to the kiln?", "10 days"],
    ["How much is porcelain?", "32 euros"],
    ["What does raku clay cost?", "34 euros"],
    ["What does the delivery of clay to an island cost?", "14 euros"],
    ["How much is the rent for a wheel?", "35 euros a month"],
    ["What is the notice period for a wheel?", "three months"],
    ["What does a locker cost?", "18 euros"],
    ["How high is the deposit for the key of a locker?", "20 euros"],
    ["May dogs come along to the studio?", "Dogs stay at home"],
  ])("what is in force is quoted, alone or beside what was: %s", async (question, words) => {
    expect((await ask(question)).text).toContain(words);
  });

  it.each([
    ["Until when could I cancel a course in January 2025?", "the day before"],
    ["What was the price for firing in 2023?", "4 euros a kilo"],
    ["How much was porcelain in 2022?", "12 euros"],
    ["How high was the rent for a wheel in 2023?", "20 euros a month"],
    ["What did a locker cost in 2022?", "10 euros"],
    ["Under the old rules, may dogs come along to the studio?", "Dogs may come along"],
  ])("for a past time, what was in force then is quoted: %s", async (question, words) => {
    expect((await ask(question)).text).toContain(words);
  });
});
