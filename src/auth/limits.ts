import { Problem } from "../http/problem.ts";

/** The window of the rate-limit bindings in `wrangler.toml`, in seconds: how long a refused caller should wait. */
const WINDOW_SECONDS = 60;

/** Refuses bursts. The binding counts per location and loosely: it stops floods, it is no quota. */
export async function limitBurst(limiter: RateLimit, key: string): Promise<void> {
  const { success } = await limiter.limit({ key });
  if (!success) {
    throw new Problem("rate_limited", "Slow down and try again shortly.", {
      headers: { "retry-after": String(WINDOW_SECONDS) },
    });
  }
}
