import { expect, it, vi } from "vitest";
import { withTimeout, withIdleTimeout } from "../../src/models/deadline.ts";
import { ModelUnavailable } from "../../src/models/ports.ts";

const never = (): Promise<never> => new Promise(() => {});
const LIMITS = (): number => 30;

async function* words(pause: () => Promise<unknown>, count: number): AsyncGenerator<number> {
  for (let word = 0; word < count; word++) yield word;
  await pause();
}

it("passes on results that come in time", async () => {
  expect(await withTimeout(Promise.resolve(7), 1000, "it")).toBe(7);
  const heard: number[] = [];
  for await (const word of withIdleTimeout(
    words(async () => {}, 3),
    "it",
    LIMITS,
  ))
    heard.push(word);
  expect(heard).toEqual([0, 1, 2]);
});

it("rejects work that never ends as a transient failure", async () => {
  const late = await withTimeout(never(), 10, "it").catch((error: unknown) => error);
  expect(late).toBeInstanceOf(ModelUnavailable);
  expect(late).toMatchObject({ transient: true });
});

it.each([0, 2])("gives up on a stream that falls silent after %i words", async (count) => {
  const heard: number[] = [];
  const listen = async (): Promise<void> => {
    for await (const word of withIdleTimeout(words(never, count), "it", LIMITS)) heard.push(word);
  };
  await expect(listen()).rejects.toBeInstanceOf(ModelUnavailable);
  expect(heard).toHaveLength(count);
});

it("ends a stream that never falls silent once the time is up", async () => {
  let left = 5;
  const heard: number[] = [];
  const listen = async (): Promise<void> => {
    for await (const word of withIdleTimeout(words(never, 100), "it", () => left--))
      heard.push(word);
  };
  await expect(listen()).rejects.toBeInstanceOf(ModelUnavailable);
  expect(heard).toHaveLength(5);
});

it("closes the source when its reader stops", async () => {
  const closed = vi.fn();
  const source = (async function* () {
    try {
      for (;;) yield 1;
    } finally {
      closed();
    }
  })();
  for await (const _ of withIdleTimeout(source, "it", LIMITS)) break;
  await vi.waitFor(() => expect(closed).toHaveBeenCalled());
});
