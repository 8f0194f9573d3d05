import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { checkValidity, isBound, toInterval } from "../../src/knowledge/accept/validity.ts";
import type { DocumentSummary } from "../../src/knowledge/accept/document-summaries.ts";
import type { ImportResult } from "../../src/knowledge/accept/schema.ts";
import { openAiStream, recordedChats } from "../support/chat-script.ts";
import {
  foundBy,
  ingestPending,
  read,
  remove,
  search,
  SILENT,
  store,
  type Leg,
} from "../support/pipeline.ts";
import { ask, call, CHAT_MODEL, createWorkspace, type Workspace } from "../support/workspace.ts";

const DAY = 86_400_000;
const LEGS: Leg[] = ["keywords", "vectors"];
const QUESTION = "How late is the boathouse open?";
const BOATHOUSE = {
  title: "Boathouse opening hours",
  content: "The boathouse is open until nine in the evening, on every day of the week.",
};

beforeEach(() => env.DB.prepare("DELETE FROM outbox").run());
afterEach(() => void vi.useRealTimers());

/** Sets the application's clock. */
function setTime(time: string): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.parse(time) });
}

async function put(workspace: Workspace, document: object): Promise<Response> {
  return call(workspace.secret, "PUT", "/v1/documents/boathouse", document, { overrides: SILENT });
}

async function storeAndIngest(workspace: Workspace, id: string, document: object): Promise<void> {
  await store(workspace, id, document);
  await ingestPending();
  await env.CONTROL.settleVectorize();
}

async function isFound(workspace: Workspace): Promise<boolean> {
  const found = await Promise.all(LEGS.map((leg) => foundBy(leg, workspace, QUESTION)));
  const both = (await search(workspace, QUESTION)).results.map(({ external_id }) => external_id);
  const all = [...found.flat(), ...both];
  expect([0, 3]).toContain(all.length);
  return all.length > 0;
}

describe("the bounds of a validity", () => {
  it("are days in UTC, of which the last one counts, or instants, of which the last one does not", () => {
    const interval = (valid_from?: string, valid_until?: string): (string | null)[] =>
      Object.values(toInterval({ valid_from, valid_until })).map((at) =>
        at === null ? null : new Date(at).toISOString(),
      );
    expect(interval("2025-03-01", "2025-03-31")).toEqual([
      "2025-03-01T00:00:00.000Z",
      "2025-04-01T00:00:00.000Z",
    ]);
    expect(interval("2025-03-01T09:00:00+01:00", "2025-03-31T18:00:00.5Z")).toEqual([
      "2025-03-01T08:00:00.000Z",
      "2025-03-31T18:00:00.500Z",
    ]);
    expect(interval(undefined, "2024-02-29")).toEqual([null, "2024-03-01T00:00:00.000Z"]);
    expect(interval("1969-12-31")).toEqual(["1969-12-31T00:00:00.000Z", null]);
    expect(interval()).toEqual([null, null]);
  });

  it.each([
    ["2025-02-29", false],
    ["2024-02-29", true],
    ["2025-13-01", false],
    ["2025-04-31", false],
    ["2025-3-1", false],
    ["01.03.2025", false],
    ["2025-03-01T09:00:00", false],
    ["2025-03-01T25:00:00Z", false],
    ["2025-02-30T09:00:00Z", false],
    ["2025-03-01T09:00:00.123456789-05:30", true],
    ["2025-03-01\n", false],
    ["soon", false],
    ["", false],
  ])("the text %j is one: %s", (text, isOne) => {
    expect(isBound(text)).toBe(isOne);
  });

  it("may be the same day, but leave at least an instant", () => {
    const problem = expect.objectContaining({ code: "validation_failed" });
    expect(() =>
      checkValidity({ valid_from: "2025-03-01", valid_until: "2025-03-01" }),
    ).not.toThrow();
    for (const [valid_from, valid_until] of [
      ["2025-03-02", "2025-03-01"],
      ["2025-03-01T10:00:00Z", "2025-03-01T10:00:00Z"],
      ["2025-03-02T00:00:00Z", "2025-03-01"],
      ["2025-03-01T10:00:00+02:00", "2025-03-01T08:00:00Z"],
    ])
      expect(() => checkValidity({ valid_from, valid_until })).toThrow(problem);
  });
});

it("a document's validity is accepted by every way in, shown as it was sent, and refused with the field's name where it is none", async () => {
  const workspace = await createWorkspace();
  const validity = { valid_from: "2025-03-01", valid_until: "2025-12-31T18:00:00+01:00" };
  expect((await put(workspace, { ...BOATHOUSE, ...validity })).status).toBe(202);
  expect(await read(workspace, "boathouse")).toMatchObject(validity);

  const file = `/v1/documents/menu?${new URLSearchParams({ title: "Menu", ...validity }).toString()}`;
  const pdf = { overrides: SILENT, headers: { "content-type": "application/pdf" } };
  const bytes = new TextEncoder().encode("%PDF-1.4");
  expect((await call(workspace.secret, "PUT", file, bytes, pdf)).status).toBe(202);
  expect(await read(workspace, "menu")).toMatchObject(validity);
  const wrong = await call(
    workspace.secret,
    "PUT",
    file.replace("2025-03-01", "2026-01-01"),
    bytes,
    pdf,
  );
  expect(wrong.status).toBe(422);

  const lines = [
    { ...BOATHOUSE, ...validity, external_id: "pier" },
    { ...BOATHOUSE, valid_until: "2025-02-30", external_id: "quay" },
    { ...BOATHOUSE, valid_from: "2025-03-02", valid_until: "2025-03-01", external_id: "dock" },
  ];
  const body = new TextEncoder().encode(lines.map((line) => JSON.stringify(line)).join("\n"));
  const imported = await call(workspace.secret, "POST", "/v1/documents/import", body, {
    headers: { "content-type": "application/x-ndjson" },
    overrides: SILENT,
  });
  const { accepted, errors } = await imported.json<ImportResult>();
  expect([accepted, errors.map(({ line, detail }) => [line, detail])]).toEqual([
    1,
    [
      [2, expect.stringContaining("valid_until: is neither a date")],
      [3, expect.stringContaining("valid_until: is not after valid_from (2025-03-02)")],
    ],
  ]);
  const list = await call(workspace.secret, "GET", "/v1/documents");
  const { documents } = await list.json<{ documents: DocumentSummary[] }>();
  expect(documents.map(({ external_id, valid_from }) => [external_id, valid_from])).toEqual([
    ["boathouse", "2025-03-01"],
    ["menu", "2025-03-01"],
    ["pier", "2025-03-01"],
  ]);

  const refused = await put(workspace, { ...BOATHOUSE, valid_from: "2025-02-30" });
  expect([refused.status, await refused.json()]).toEqual([
    422,
    expect.objectContaining({
      code: "validation_failed",
      errors: [
        { path: "valid_from", message: expect.stringContaining("2025-03-01T09:00:00+01:00") },
      ],
    }),
  ]);
  const described = await call(workspace.secret, "GET", "/openapi.json");
  const text = await described.text();
  for (const words of ["A date is inclusive", "a day in UTC", "A time is exclusive"])
    expect(text).toContain(words);
});

it("a document is found and cited from its first day on to the end of its last one, without being ingested again", async () => {
  const workspace = await createWorkspace();
  setTime("2025-02-20T12:00:00Z");
  const validity = { valid_from: "2025-03-01", valid_until: "2025-03-31" };
  await storeAndIngest(workspace, "boathouse", { ...BOATHOUSE, ...validity });
  const { version, live_version } = await read(workspace, "boathouse");
  for (const [time, isCited] of [
    ["2025-02-28T23:59:59.999Z", false],
    ["2025-03-01T00:00:00.000Z", true],
    ["2025-03-31T23:59:59.999Z", true],
    ["2025-04-01T00:00:00.000Z", false],
  ] as const) {
    setTime(time);
    expect(await isFound(workspace), time).toBe(isCited);
    const { outcome, sources, text } = await ask(workspace, QUESTION);
    expect([outcome, sources.length > 0, text.includes("nine")], time).toEqual(
      isCited ? ["answered", true, true] : ["abstained", false, false],
    );
  }
  expect(await read(workspace, "boathouse")).toMatchObject({ version, live_version });
});

it("a question that names a past time is answered from what was valid then, but from nothing that is not valid yet", async () => {
  const workspace = await createWorkspace();
  setTime("2026-06-01T12:00:00Z");
  const until = { ...BOATHOUSE, valid_until: "2024-12-31" };
  await storeAndIngest(workspace, "boathouse", until);
  await storeAndIngest(workspace, "pier", {
    title: "Boathouse opening hours",
    content: "The boathouse is open until midnight.",
    valid_from: "2027-01-01",
  });
  const past = await ask(workspace, "How late was the boathouse open in 2024?");
  expect(past.citations.map(({ external_id }) => external_id)).toEqual(["boathouse"]);
  expect((await ask(workspace, "How late was the boathouse open in 2025?")).citations).toEqual([]);
  expect((await ask(workspace, "How late is the boathouse open in 2027?")).citations).toEqual([]);
  expect(await isFound(workspace)).toBe(false);
});

it("a change of the validity alone embeds nothing, and no change at all is no new version", async () => {
  const workspace = await createWorkspace();
  await storeAndIngest(workspace, "boathouse", BOATHOUSE);
  expect(await read(workspace, "boathouse")).toMatchObject({ version: 1, embedded_chunks: 1 });
  const limited = { ...BOATHOUSE, valid_until: "2020-12-31" };
  expect(await store(workspace, "boathouse", limited)).toMatchObject({ version: 2 });
  // At once, although the version that says so is not served yet.
  expect(await isFound(workspace)).toBe(false);
  await ingestPending();
  expect(await read(workspace, "boathouse")).toMatchObject({
    live_version: 2,
    chunks: 1,
    embedded_chunks: 0,
  });
  expect(await store(workspace, "boathouse", limited)).toMatchObject({ unchanged: true });
  expect(await store(workspace, "boathouse", BOATHOUSE)).toMatchObject({ version: 3 });
  expect(await read(workspace, "boathouse")).toMatchObject({ valid_until: null });
  // The text that is served until then is that of the expired version.
  expect(await isFound(workspace)).toBe(false);
  await ingestPending();
  expect(await isFound(workspace)).toBe(true);
  expect(await read(workspace, "boathouse")).toMatchObject({ embedded_chunks: 0 });
});

it("a document that is deleted and stored again has no validity of before", async () => {
  const workspace = await createWorkspace();
  await storeAndIngest(workspace, "boathouse", { ...BOATHOUSE, valid_until: "2020-12-31" });
  await remove(workspace, "boathouse");
  await storeAndIngest(workspace, "boathouse", BOATHOUSE);
  expect(await isFound(workspace)).toBe(true);
});

it("neither a cached answer nor the history quotes a document that is no longer valid, and the conversation still shows what was said", async () => {
  const workspace = await createWorkspace();
  setTime("2025-03-20T12:00:00Z");
  await storeAndIngest(workspace, "boathouse", { ...BOATHOUSE, valid_until: "2025-03-31" });
  await storeAndIngest(workspace, "cafe", {
    title: "Café in the boathouse",
    content: "The café in the boathouse serves waffles and coffee. It is open to everybody.",
  });
  const words = "The boathouse is open until nine in the evening. [1]";
  await env.CONTROL.scriptChat(openAiStream([words]));
  const first = await ask(workspace, QUESTION, { CHAT_MODEL });
  expect(first).toMatchObject({ rung: "model", text: words });
  expect(await ask(workspace, QUESTION, { CHAT_MODEL })).toMatchObject({ rung: "cached" });

  setTime("2025-04-01T12:00:00Z");
  const later = await ask(workspace, QUESTION, { CHAT_MODEL });
  expect(JSON.stringify(later)).not.toContain("nine in the evening");

  const reply = "The café serves waffles. [1]";
  await env.CONTROL.scriptChat(openAiStream([reply]));
  const message = "And what does the café in the boathouse serve?";
  await ask(workspace, { message, conversation_id: first.conversation_id }, { CHAT_MODEL });
  const prompt = JSON.stringify((await recordedChats()).at(-1));
  expect(prompt).toContain("café");
  expect(prompt).not.toContain("nine in the evening");
  const { messages } = await (
    await call(workspace.secret, "GET", `/v1/conversations/${first.conversation_id}`)
  ).json<{ messages: { text: string }[] }>();
  expect(messages[1]?.text).toContain("nine in the evening");
});

it("a clarifying question offers no document that is not valid", async () => {
  const workspace = await createWorkspace();
  const topics = ["red", "blue", "green"];
  for (const topic of topics)
    await storeAndIngest(workspace, topic, {
      title: `The ${topic} canoe`,
      content: `The ${topic} canoe has two seats and a paddle.`,
      ...(topic === "green" && { valid_until: new Date(Date.now() - DAY).toISOString() }),
    });
  const { outcome, sources } = await ask(workspace, "the canoe");
  expect(outcome).toBe("clarified");
  expect(sources.map(({ external_id }) => external_id).toSorted()).toEqual(["blue", "red"]);
});
