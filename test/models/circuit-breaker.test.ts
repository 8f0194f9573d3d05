import { beforeEach, expect, it, vi } from "vitest";
import { forgetFailures, withCircuitBreaker } from "../../src/models/circuit-breaker.ts";
import { askedOnceMore } from "../../src/models/retry.ts";
import { Stopped, withIdleTimeout } from "../../src/models/deadline.ts";
import { ModelUnavailable, type ChatModel, type ChatPart } from "../../src/models/ports.ts";

type Behaviour = () => AsyncIterable<ChatPart>;

/** A model that does one thing at each call, the last one ever after. */
function modelThat(...does: Behaviour[]): { model: ChatModel; calls: () => number } {
  let calls = 0;
  const stream = (): AsyncIterable<ChatPart> => {
    const behaviour = does[Math.min(calls, does.length - 1)];
    calls++;
    return behaviour?.() ?? answers();
  };
  return { model: { id: "model", rung: "model", stream }, calls: () => calls };
}

async function* answers(): AsyncGenerator<ChatPart> {
  yield { type: "text", delta: "yes" };
}
const failing = (
  options: ConstructorParameters<typeof ModelUnavailable>[1],
  after = 0,
): Behaviour =>
  async function* (): AsyncGenerator<ChatPart> {
    for (let part = 0; part < after; part++) yield { type: "text", delta: "y" };
    throw new ModelUnavailable("no", options);
  };
const fails = failing({ transient: true });
const busy = failing({ transient: true, isOutOfCapacity: true });
/** Never says anything, and cannot be told to end. */
const hangs: Behaviour = () => ({
  [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }),
});

async function textOf(parts: AsyncIterable<ChatPart>): Promise<string> {
  let text = "";
  for await (const part of parts) if (part.type === "text") text += part.delta;
  return text;
}

let time = 0;
const now = (): number => time;
/** What a guarded model says, or `failed`. */
const ask = (model: ChatModel): Promise<string> =>
  textOf(withCircuitBreaker(model, now).stream([], 10)).catch((error: unknown) => {
    expect(error).toBeInstanceOf(ModelUnavailable);
    return "failed";
  });

beforeEach(() => {
  time = 1_000_000;
  forgetFailures();
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
});

it("after five failures in a row a model is not asked for half a minute; then one answer is tried, and closes the circuit", async () => {
  const { model, calls } = modelThat(fails, fails, fails, fails, fails, fails, answers);
  for (let failure = 0; failure < 7; failure++) expect(await ask(model)).toBe("failed");
  expect(calls()).toBe(5);
  time += 30_000;
  // The one that is tried fails; the next one has to wait again.
  expect([await ask(model), await ask(model)]).toEqual(["failed", "failed"]);
  expect(calls()).toBe(6);
  time += 30_000;
  expect([await ask(model), await ask(model)]).toEqual(["yes", "yes"]);
});

it("while one answer is tried, others do not wait for the model", async () => {
  const { model, calls } = modelThat(fails, fails, fails, fails, fails, hangs);
  for (let failure = 0; failure < 5; failure++) await ask(model);
  time += 30_000;
  void ask(model);
  expect(await ask(model)).toBe("failed");
  expect(calls()).toBe(6);
});

it("an answer between failures, or a minute between them, keeps the circuit closed", async () => {
  const some = modelThat(fails, fails, fails, fails, answers, fails, fails, fails, fails, answers);
  for (let call = 0; call < 10; call++) await ask(some.model);
  expect(some.calls()).toBe(10);
  forgetFailures();
  const rare = modelThat(fails);
  for (let call = 0; call < 10; call++) {
    await ask(rare.model);
    time += 20_000;
  }
  expect(rare.calls()).toBe(10);
});

it("a stream that is cut and a model that is retired are failures, a wrong input is none", async () => {
  const cut = modelThat(failing({ transient: true }, 3));
  for (let call = 0; call < 6; call++) await ask(cut.model);
  expect(cut.calls()).toBe(5);
  forgetFailures();
  const retired = modelThat(failing({ transient: false, isUnusable: true }));
  for (let call = 0; call < 6; call++) await ask(retired.model);
  expect(retired.calls()).toBe(5);
  forgetFailures();
  const wrong = modelThat(failing({ transient: false }));
  for (let call = 0; call < 6; call++) await ask(wrong.model);
  expect(wrong.calls()).toBe(6);
});

it("a model that was silent until its reader gave up has failed; one whose reader stops it has not", async () => {
  const { model, calls } = modelThat(hangs);
  const giveUp = (after: number, stop?: AbortSignal): Promise<unknown> => {
    const parts = withCircuitBreaker(model, now).stream([], 10);
    const left = (): number => {
      time += after;
      return 5;
    };
    return textOf(withIdleTimeout(parts, "it", left, stop)).catch((error: unknown) => error);
  };
  const stopped = AbortSignal.abort();
  for (let call = 0; call < 6; call++) expect(await giveUp(0, stopped)).toBeInstanceOf(Stopped);
  expect(calls()).toBe(6);
  for (let call = 0; call < 6; call++) await giveUp(6000);
  expect(calls()).toBe(11);
});

it("a model that is out of capacity is asked once more after a pause, and only before its first word", async () => {
  const pause = vi.fn(async () => {});
  const once = modelThat(busy, answers);
  expect(await textOf(askedOnceMore(once.model, pause).stream([], 10))).toBe("yes");
  expect(pause).toHaveBeenCalledTimes(1);
  const others = [
    [modelThat(busy), 2],
    [modelThat(fails, answers), 1],
    [modelThat(failing({ transient: true, isOutOfCapacity: true }, 2), answers), 1],
  ] as const;
  for (const [{ model, calls }, times] of others) {
    await expect(textOf(askedOnceMore(model, pause).stream([], 10))).rejects.toThrow("no");
    expect(calls()).toBe(times);
  }
});
