/**
 * Long work in steps of some tens of milliseconds each, which are not counted by time: a Worker's clock stands still while it computes. A
 * generator yields between its steps and returns its result.
 */
export type Steps<Result> = Generator<void, Result>;

/** Takes all steps without a pause. */
export function runAtOnce<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Lets whatever else the isolate has to do go on after each step. */
export async function runYielding<Result>(steps: Steps<Result>): Promise<Result> {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

/** In a generator of texts that are joined, an empty text says no more than that a step has ended. */
export const PAUSE = "";

/** Steps within a generator of texts. */
export function* withPauses<Result>(steps: Steps<Result>): Generator<string, Result> {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    yield PAUSE;
  }
}
