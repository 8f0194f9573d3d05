import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 250;
const PROGRESS_EVERY_MS = 30_000;

/** Resolves once `GET /health` answers 200. `onWaiting` is called from time to time while it does not. */
export async function waitForHealth(
  url: string,
  timeoutMs: number,
  onWaiting: () => void,
): Promise<void> {
  const started = Date.now();
  let nextReport = started + PROGRESS_EVERY_MS;
  while (!(await isHealthy(url))) {
    const now = Date.now();
    if (now - started >= timeoutMs)
      throw new Error(`${url}/health did not answer within ${timeoutMs / 1000} s`);
    if (now >= nextReport) {
      onWaiting();
      nextReport = now + PROGRESS_EVERY_MS;
    }
    await sleep(POLL_MS);
  }
}

async function isHealthy(url: string): Promise<boolean> {
  const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(5_000) }).catch(
    () => undefined,
  );
  await response?.body?.cancel();
  return response?.ok === true;
}
