/** Asks again until `done` holds of the answer, or throws with the last one. Vectorize shows writes seconds later. */
export async function eventually<T>(
  ask: () => Promise<T>,
  done: (answer: T) => boolean,
  timeoutMs: number,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (done(answer)) return answer;
    if (Date.now() > deadline)
      throw new Error(`Not within ${timeoutMs} ms: ${JSON.stringify(answer)}`);
    await scheduler.wait(Math.min(1000, timeoutMs / 20));
  }
}
