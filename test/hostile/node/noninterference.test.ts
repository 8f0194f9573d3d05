import fc from "fast-check";
import { expect, it } from "vitest";
import { DEMO_KEYS } from "../../../local/config.ts";
import {
  request,
  visitorHeaders,
  worldOf,
  type Step,
  type World,
  type WorldDocument,
} from "../../support/worlds.ts";

/**
 * Pairs of worlds that differ only in what a reader may not see answer the reader alike, on every route that the reader has.
 * `NONINTERFERENCE_RUNS=100` compares that many pairs of each kind.
 */
const RUNS = Number(process.env["NONINTERFERENCE_RUNS"] ?? 3);
const SEED = process.env["NONINTERFERENCE_RUNS"] ? {} : { seed: 55 };

/** Inflections, near spellings and compounds: texts have them in common or nearly so. */
const WORDS =
  `pump pumps pumped reservoir reservoirs vinegar vinegars limescale garden gardens gift card giftcard wifi wi-fi sign up signup
  delivery deliveries delivered parcel parcels warranty warranties refund refunds E-07 E-08 payment payments filter filters lamp`.split(
    /\s+/,
  );
const QUESTION_WORDS = [...WORDS, "pumqs", "vinegr", "limescael", "delivry", "paymnet", "reservoirr", "warrantys", "e07"]; // prettier-ignore

const words = (from: string[], min: number, max: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...from), { minLength: min, maxLength: max })
    .map((some) => some.join(" "));

const text = fc
  .record({
    title: words(WORDS, 1, 4),
    sentences: fc.array(words(WORDS, 3, 9), { minLength: 1, maxLength: 4 }),
  }) // prettier-ignore
  .map(({ title, sentences }) => ({ title, content: `${sentences.join(". ")}.` }));

interface Corpus {
  shown: WorldDocument[];
  unseen: WorldDocument[];
  /** Where the unseen documents come among the shown ones. */
  at: number[];
  questions: string[];
}

const corpus: fc.Arbitrary<Corpus> = fc
  .record({
    shown: fc.array(text, { minLength: 3, maxLength: 7 }),
    unseen: fc.array(text, { minLength: 1, maxLength: 6 }),
    at: fc.array(fc.nat(7), { minLength: 6, maxLength: 6 }),
    questions: fc.array(words(QUESTION_WORDS, 1, 6), { minLength: 3, maxLength: 3 }),
  })
  .map(({ shown, unseen, at, questions }) => ({
    shown: shown.map((one, n) => ({ ...one, id: `shown-${n}` })),
    unseen: unseen.map((one, n) => ({ ...one, id: `unseen-${n}` })),
    at,
    questions: questions.map((question) => `How does the ${question} work?`),
  }));

/** The steps of both worlds: without and with the unseen documents. */
function stepsOf({ shown, unseen, at }: Corpus, unseenSteps: (one: WorldDocument) => Step[]) {
  const without: Step[] = [];
  const within: Step[] = [];
  for (const [n, one] of shown.entries()) {
    for (const [m, other] of unseen.entries())
      if ((at[m] ?? 0) % shown.length === n) within.push(...unseenSteps(other));
    within.push({ put: [one] });
    without.push({ put: [one] });
  }
  return { without, within };
}

const EXCLUDED = new Set([
  "conversation_id", "conversation_token", "message_id", "messageId", "id", "request_id", "timings_ms", "binding_calls",
  "created_at", "updated_at",
  "state_at", "stages", "version",
]); // prettier-ignore

function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !EXCLUDED.has(name))
      .map(([name, one]) => [name, comparable(one)]),
  );
}

/** What a response shows: its body without what is new each time, and its status. */
async function shownBy(response: Response): Promise<unknown> {
  const body = await response.text();
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
  const parts = isStream
    ? body
        .split("\n")
        .filter((line) => line.startsWith("data: {"))
        .map((line) => JSON.parse(line.slice(6)) as unknown)
    : [JSON.parse(body) as unknown];
  return { status: response.status, parts: comparable(parts) };
}

/** Everything that a reader can ask, with the publishable key and through a backend that searches for the reader. */
async function observe(world: World, audience: string[], questions: string[]): Promise<unknown[]> {
  const visitor = await visitorHeaders(audience);
  const seen: unknown[] = [];
  const see = async (what: string, response: Promise<Response>): Promise<void> =>
    void seen.push([what, await shownBy(await response)]);
  const chat = (message: object, accept: string, headers = {}): Promise<Response> =>
    request(world, "POST", "/v1/chat", message, DEMO_KEYS.publishable, { accept, ...visitor, ...headers }); // prettier-ignore
  for (const question of questions) {
    await see(`stream: ${question}`, chat({ message: question }, "text/event-stream"));
    const first = await chat({ message: question }, "application/json");
    const { conversation_id, conversation_token } = (await first.clone().json()) as Record<string, string>; // prettier-ignore
    await see(`chat: ${question}`, Promise.resolve(first));
    const opened = { ...visitor, ...(conversation_token && { "x-conversation-token": conversation_token }) }; // prettier-ignore
    await see(
      "follow-up",
      chat({ message: "And the filter?", conversation_id }, "application/json", opened),
    );
    const path = `/v1/conversations/${conversation_id}`;
    await see("conversation", request(world, "GET", path, undefined, DEMO_KEYS.publishable, opened)); // prettier-ignore
    for (const legs of [["keywords", "vectors"], ["keywords"], ["vectors"]])
      await see(
        `search in ${legs.join(" and ")}: ${question}`,
        request(world, "POST", "/v1/search", { query: question, legs, audience, explain: true, limit: 50 }), // prettier-ignore
      );
  }
  if (audience.length > 0)
    await see("conversations", request(world, "GET", "/v1/conversations", undefined, DEMO_KEYS.publishable, visitor)); // prettier-ignore
  return seen;
}

const KINDS: Record<string, (one: WorldDocument) => Step[]> = {
  "of another workspace": (one) => [{ putElsewhere: [one] }],
  "for another audience": (one) => [{ put: [{ ...one, audience: ["staff"] }] }],
  deleted: (one) => [{ put: [one] }, { delete: one.id }],
  unpublished: (one) => [{ put: [one] }, { unpublish: one.id }],
  "that were restricted to another audience since": (one) => [
    { put: [one] },
    { put: [{ ...one, audience: ["staff"] }] },
  ],
};

for (const [kind, unseenSteps] of Object.entries(KINDS)) {
  it(`documents ${kind} change no response`, async () => {
    await fc.assert(
      fc.asyncProperty(
        corpus,
        fc.constantFrom<string[]>([], ["customers"]),
        async (one, audience) => {
          const { without, within } = stepsOf(one, unseenSteps);
          const before = await observe(await worldOf(without), audience, one.questions);
          const after = await observe(await worldOf(within), audience, one.questions);
          expect(after).toEqual(before);
        },
      ),
      { numRuns: RUNS, endOnFailure: true, ...SEED },
    );
  });
}

it("what another workspace stores changes no list that an owner reads", async () => {
  const [one] = fc.sample(corpus, { numRuns: 1, seed: 1 }) as [Corpus];
  const { without, within } = stepsOf(one, KINDS["of another workspace"] as never);
  const lists = async (steps: Step[]): Promise<unknown[]> => {
    const world = await worldOf(steps);
    const paths = ["/v1/documents", "/v1/synonyms", "/v1/audit", "/v1/generations", "/v1/settings"];
    return Promise.all(
      paths.map(async (path) => [path, await shownBy(await request(world, "GET", path))]),
    );
  };
  expect(await lists(within)).toEqual(await lists(without));
});

interface Hit {
  external_id: string;
}

const QUESTION = "How is the pump of the garden cleaned with vinegar?";

/** The results of a search in a world where hidden documents are nearer to the question than the shown ones. */
async function hitsBeside(hidden: number, limit: number): Promise<{ body: string; hits: Hit[] }> {
  const shown = Array.from({ length: 70 }, (_, n) => ({
    id: `shown-${n}`,
    title: `Part ${n}`,
    content: `The pump ${n % 3 ? "of the garden" : ""} ${n % 5 ? "is cleaned" : "hums"} ${n % 7 ? "" : "with vinegar"} ${`and part${n} `.repeat(1 + (n % 6))}.`,
  }));
  const nearer = Array.from({ length: hidden }, (_, n) => ({
    id: `hidden-${n}`,
    title: "The pump of the garden",
    content: `How is the pump of the garden cleaned with vinegar? Answer${n}.`,
    audience: ["staff"],
  }));
  const world = await worldOf([{ put: shown.slice(0, 35) }, { put: nearer }, { put: shown.slice(35) }].filter(({ put }) => put.length > 0)); // prettier-ignore
  const response = await request(world, "POST", "/v1/search", {
    query: QUESTION,
    explain: true,
    limit,
    audience: [],
  });
  const body = await response.text();
  return { body, hits: (JSON.parse(body) as { results: Hit[] }).results };
}

it("a search is answered alike while enough of the nearest vectors are visible", async () => {
  const alone = await hitsBeside(0, 50);
  expect(alone.hits.length).toBe(50);
  expect((await hitsBeside(45, 50)).body).toBe(alone.body);
});

it("where more of the nearest vectors are hidden, hits may be missing, but no number of a hit changes", async () => {
  const alone = new Map((await hitsBeside(0, 50)).hits.map((hit) => [hit.external_id, hit]));
  for (const hidden of [70, 95, 130]) {
    const { hits } = await hitsBeside(hidden, 50);
    const compared = hits.filter((hit) => alone.has(hit.external_id));
    expect(compared.length).toBeGreaterThan(0);
    for (const hit of compared) expect(hit).toEqual(alone.get(hit.external_id));
  }
});
