import { env } from "cloudflare:workers";
import fc from "fast-check";
import { beforeEach, expect, it } from "vitest";
import { BindingCalls } from "../../src/runtime/binding-calls.ts";
import { readAnswer } from "../../src/knowledge/ingest/describe.ts";
import { embedDocuments } from "../../src/knowledge/ingest/ingest-documents.ts";
import { claimSlice } from "../../src/knowledge/ingest/outbox.ts";
import { workersAiChat } from "../../src/models/workers-ai-chat.ts";
import { CHAT_MODEL, createWorkspace, type Workspace } from "../support/workspace.ts";
import { openAiStream, recordedChats } from "../support/chat-script.ts";
import { ingestPending, read, search, store, wake, withServices } from "../support/pipeline.ts";

beforeEach(() => env.CONTROL.reset());

const CONTENT = "## Delivery\n\nIt takes two weeks.\n\n## Colours\n\nThere are three of them.";

/** Stores a document and ingests it with a model that writes contexts. */
async function ingestWithModel(workspace: Workspace, content = CONTENT): Promise<void> {
  const contextModel = workersAiChat(env.AI, CHAT_MODEL, "model", new BindingCalls());
  await store(workspace, "doc", { title: "Article 7", content });
  await wake("serve");
  await withServices(
    (services) =>
      embedDocuments(services, claimSlice(services.db, "embed", "m0", services.now()), "m0"),
    { contextModel },
  );
  expect((await read(workspace, "doc")).status).toBe("live");
}

async function contextsOf(workspace: Workspace): Promise<(string | null)[]> {
  const { results } = await env.DB.prepare(
    `SELECT context FROM chunks WHERE workspace_id = ?1 ORDER BY ordinal`,
  )
    .bind(workspace.id)
    .all<{ context: string | null }>();
  return results.map(({ context }) => context);
}

async function nearness(workspace: Workspace, query: string): Promise<number> {
  await env.CONTROL.settleVectorize();
  const { results } = await search(workspace, query, ["vectors"]);
  return results.find(({ text }) => text.includes("two weeks"))?.legs?.vectors?.score ?? 0;
}

it("a chunk's context from a model is embedded with the chunk, shown to nobody, and its cost is counted", async () => {
  const [plain, helped] = [await createWorkspace(), await createWorkspace()];
  await store(plain, "doc", { title: "Article 7", content: CONTENT });
  await ingestPending();
  await env.CONTROL.scriptChat(
    openAiStream([
      "1: How long the moonstone",
      " lamp takes to reach Canada.\n2: The lamp's colours.",
    ]),
  );
  await ingestWithModel(helped);

  expect(await contextsOf(helped)).toEqual([
    "How long the moonstone lamp takes to reach Canada.",
    "The lamp's colours.",
  ]);
  const question = "How long does the moonstone lamp take to Canada?";
  expect(await nearness(helped, question)).toBeGreaterThan((await nearness(plain, question)) + 0.2);
  const found = JSON.stringify((await search(helped, question)).results);
  expect(found).not.toMatch(/moonstone|Canada/);
  const asked = JSON.stringify((await recordedChats()).at(-1)?.inputs["messages"]);
  expect(asked).toContain("It takes two weeks.");
  const usage = await env.DB.prepare(`SELECT neurons FROM daily_usage WHERE workspace_id = ?1`)
    .bind(helped.id)
    .first<{ neurons: number }>();
  expect(usage?.neurons).toBeGreaterThan(0);
});

it("an unchanged chunk keeps its context, and the model is not asked about it again", async () => {
  const workspace = await createWorkspace();
  await env.CONTROL.scriptChat(openAiStream(["1: Delivery.\n2: Colours."]));
  await ingestWithModel(workspace);
  await env.CONTROL.scriptChat(openAiStream(["1: Colours of late."]));
  await ingestWithModel(workspace, CONTENT.replace("three", "four"));
  expect(await contextsOf(workspace)).toEqual(["Delivery.", "Colours of late."]);
  const asked = JSON.stringify((await recordedChats()).at(-1)?.inputs["messages"]);
  expect(asked.match(/<passage/g)).toHaveLength(1);
});

it.each([
  ["gives no usable reply", openAiStream(["I'm sorry, I can't do that."])],
  ["is unavailable", undefined],
])("with a context model that %s, the document is ingested without contexts", async (_, script) => {
  const workspace = await createWorkspace();
  if (script) await env.CONTROL.scriptChat(script);
  else await env.CONTROL.failNext({ binding: "ai", kind: "capacity", model: CHAT_MODEL, times: 9 });
  await ingestWithModel(workspace);
  expect(await contextsOf(workspace)).toEqual([null, null]);
});

it("the reply of the context model is read line by line: the first line of each passage counts, other text is ignored", () => {
  const answer = [
    "Here you are:",
    "1: First.",
    " 2) Second\u200B one.",
    "2: Again.",
    "3: " + "word ".repeat(200),
    "9: Of no passage.",
    "4:",
  ].join("\n");
  expect([...readAnswer(answer, 4)]).toEqual([
    [0, "First."],
    [1, "Second one."],
  ]);
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), fc.nat({ max: 20 }), (text, n) => {
      for (const [at, sentence] of readAnswer(`1: ${text}\n${text}`, n)) {
        expect(at).toBeLessThan(n);
        expect(sentence).not.toMatch(/[\n\u200B]/);
      }
    }),
  );
});
