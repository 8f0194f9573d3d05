import { afterEach, beforeEach, vi } from "vitest";

/**
 * For a test file: a clock that can be put ahead, from the real time in each test, and no warnings of what fails on purpose.
 * @returns `ahead`: by how many milliseconds the application's clock is ahead
 */
export function quietClock(): { ahead: number } {
  const clock = { ahead: 0 };
  const realNow = Date.now.bind(Date);
  beforeEach(() => {
    clock.ahead = 0;
    vi.spyOn(Date, "now").mockImplementation(() => realNow() + clock.ahead);
    for (const name of ["warn", "error"] as const)
      vi.spyOn(console, name).mockImplementation(() => undefined);
  });
  afterEach(() => vi.restoreAllMocks());
  return clock;
}
