import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, expect, it, vi } from "vitest";
import type { AnswerEvent } from "../../src/answering/answer.ts";
import { answerQuestion } from "../../src/answering/answer-question.ts";
import type { EmitPolicy } from "../../src/answering/engine-input.ts";
import { ModelUnavailable, type ChatModel } from "../../src/models/ports.ts";
import { NO_HISTORY } from "../../src/answering/history.ts";
import { firstGeneration } from "../../src/generations/generation.ts";
import { shippedRelease, withOverlays, type Release } from "../../src/releases/release.ts";
import { NO_NAMES } from "../../src/releases/sentences.ts";
import { createServices } from "../../src/services.ts";
import { brokenAfter, openAiStream } from "../support/chat-script.ts";
import { countRows } from "../support/expect-problem.ts";
import { CHAT_MODEL, createWorkspace, HELP_CENTRE, type Workspace } from "../support/workspace.ts";

const QUESTION = "How long does delivery to Germany take?";
let workspace: Workspace;
beforeAll(async () => {
  workspace = await createWorkspace(HELP_CENTRE);
});
beforeEach(() => env.CONTROL.reset());

/** Asks the engine itself: no key, no conversation, nothing stored. */
async function ask(
  release: Release,
  policy: EmitPolicy,
  models: (string | ChatModel)[] = [],
  timeLeft = (): number => 20_000,
  stop = new AbortController().signal,
) {
  const services = createServices(env, createExecutionContext());
  const generation = firstGeneration(workspace.id, services.config.embeddingModel);
  const [vector = null] = await services.embedderOf(generation.model).embed([QUESTION], "query");
  const events: AnswerEvent[] = [];
  const answer = await answerQuestion(
    {
      reader: { workspaceId: workspace.id, audience: [], now: Date.now() },
      history: NO_HISTORY,
      questions: {
        message: QUESTION,
        asked: QUESTION,
        contact: undefined,
        intent: undefined,
        isGuessed: false,
        context: undefined,
        subQueries: [[{ text: QUESTION, vector }]],
        corrections: new Map(),
        synonyms: new Map(),
        generation,
      },
      release,
      language: "en",
      policy,
      deps: {
        db: services.db,
        vectors: services.vectors,
        chatModels: models.map((model) =>
          typeof model === "string" ? services.chatModelOf(model, "model") : model,
        ),
        reranker: undefined,
        newId: services.newId,
        linkHosts: [],
        hidePersonalData: false,
        timeLeft,
        stop,
        names: NO_NAMES,
        beforeEvents: async () => undefined,
      },
    },
    (event) => events.push(event),
  );
  const text = events.map((event) => (event.type === "text" ? event.delta : "")).join("");
  return { answer, text, restarts: events.filter(({ type }) => type === "restart").length };
}

it("the engine answers by the release that it is given, and stores nothing", async () => {
  const before = await countRows();
  const { answer } = await ask(shippedRelease, "stream");
  expect(answer).toMatchObject({ outcome: "answered", rung: "extractive" });
  expect(answer.citations.map(({ externalId }) => externalId)).toEqual(["shipping"]);
  const silent = withOverlays(shippedRelease, {
    decision: { thresholds: { answer: 1, clarify: 1 } },
    sentences: { abstention: "Ask {contact}.", contact: "Ada" },
  });
  expect((await ask(silent, "stream")).answer).toMatchObject({
    outcome: "abstained",
    text: "Ask Ada.",
  });
  expect(await countRows()).toEqual(before);
});

it("a silent model leaves the model after it its share of the time", async () => {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const silent: ChatModel = {
    id: "silent",
    rung: "model",
    stream: () => ({
      [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }),
    }),
  };
  const small: ChatModel = {
    id: "small",
    rung: "small_model",
    async *stream() {
      yield { type: "text", delta: HOLDS };
    },
  };
  const began = Date.now();
  const { answer } = await ask(shippedRelease, "stream", [silent, small], () => 5200);
  expect(answer).toMatchObject({ rung: "small_model", text: HOLDS });
  expect(Date.now() - began).toBeGreaterThan(2500);
  warned.mockRestore();
});

const HOLDS = "Delivery to Germany takes 3 working days [1].";
const PIECES = [
  "Delivery to Germany ",
  "takes 3 working days [1]",
  ". It is ",
  "delivered by whales.",
];

it("under the policy `stream`, text is shown before it is certain and taken back when the model fails", async () => {
  const begun = ["Delivery is slow. ", "It ", "takes"];
  await env.CONTROL.scriptChat(brokenAfter(openAiStream(begun), 2));
  const { answer, restarts } = await ask(shippedRelease, "stream", [CHAT_MODEL]);
  expect(restarts).toBe(1);
  expect(answer.rung).toBe("extractive");
});

it("under the policy `hold`, only cited text is shown, and it stays when the model fails", async () => {
  await env.CONTROL.scriptChat(openAiStream(PIECES));
  const whole = await ask(shippedRelease, "hold", [CHAT_MODEL]);
  await env.CONTROL.scriptChat(brokenAfter(openAiStream(PIECES), 3));
  const broken = await ask(shippedRelease, "hold", [CHAT_MODEL]);
  for (const { answer, text, restarts } of [whole, broken]) {
    expect(restarts).toBe(0);
    expect(text).toBe(answer.text);
    expect(answer).toMatchObject({ outcome: "answered", rung: "model" });
  }
  expect(`${whole.answer.text}.`).toBe(HOLDS);
  const { cut } = shippedRelease.sentences;
  expect(broken.answer.text).toBe(`${whole.answer.text}\n\n${cut}`);
});

it("under the policy `hold`, a model's text without citations is never shown: the abstention is", async () => {
  await env.CONTROL.scriptChat(openAiStream(["Delivery is made ", "by whales."]));
  const { answer, text, restarts } = await ask(shippedRelease, "hold", [CHAT_MODEL]);
  expect(restarts).toBe(0);
  expect(answer.outcome).toBe("abstained");
  expect(text).toBe(answer.text);
  expect(text).not.toContain("whales");
});

it("a stop between two rungs ends the ladder: no other rung writes in the place of what was stopped", async () => {
  const before = await ask(shippedRelease, "stream", [], undefined, AbortSignal.abort());
  expect(before.answer).toMatchObject({ text: "", rung: "none", stopped: true });
  expect(before.text).toBe("");

  const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const stop = new AbortController();
  const failing: ChatModel = {
    id: "failing",
    rung: "model",
    async *stream() {
      yield { type: "text", delta: HOLDS };
      stop.abort();
      throw new ModelUnavailable("cut", { transient: true });
    },
  };
  const next = vi.fn(failing.stream);
  const models = [failing, { ...failing, id: "next", stream: next }];
  const { answer, text } = await ask(shippedRelease, "stream", models, undefined, stop.signal);
  expect(next).not.toHaveBeenCalled();
  expect(answer.stopped).toBe(true);
  expect(text.startsWith(answer.text)).toBe(true);
  warned.mockRestore();
});

it("under the policy `hold`, a stop leaves only what was shown", async () => {
  const stop = new AbortController();
  const model: ChatModel = {
    id: "slow",
    rung: "model",
    async *stream() {
      for (const delta of PIECES) yield { type: "text", delta };
      stop.abort();
      await new Promise(() => {});
    },
  };
  const { answer, text } = await ask(shippedRelease, "hold", [model], undefined, stop.signal);
  expect(answer).toMatchObject({ outcome: "answered", rung: "model", stopped: true });
  expect(text).toBe(answer.text);
  expect(`${text}.`).toBe(HOLDS);
});

it("lets an answer say what the workspace's own rules say", async () => {
  const rule =
    "Delivery to Germany takes 3 working days, and you may say exactly that to everybody.";
  const own = withOverlays(shippedRelease, { prompt: { rules: [rule] } });
  await env.CONTROL.scriptChat(openAiStream(["Delivery to Germany takes 3 working days [1]."]));
  const { answer, restarts } = await ask(own, "stream", [CHAT_MODEL]);
  expect(restarts).toBe(0);
  expect(answer).toMatchObject({ outcome: "answered", rung: "model" });
});

it("sends no restart where nothing was shown", async () => {
  const unsure = withOverlays(shippedRelease, {
    decision: { thresholds: { answer: 1, clarify: 0 } },
  });
  await env.CONTROL.failNext({ binding: "ai", kind: "capacity", model: CHAT_MODEL, times: 9 });
  const { answer, restarts } = await ask(unsure, "stream", [CHAT_MODEL]);
  expect(answer.outcome).toBe("clarified");
  expect(restarts).toBe(0);
});
