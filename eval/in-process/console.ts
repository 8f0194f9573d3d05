import { AsyncLocalStorage } from "node:async_hooks";

const inside = new AsyncLocalStorage<true>();

/** Runs the application's code without its logs, which do not belong into the harness's output. */
export function asApplication<T>(work: () => T): T {
  return inside.run(true, work);
}

for (const method of ["log", "info", "debug"] as const) {
  const print = console[method].bind(console);
  console[method] = (...parts: unknown[]) => {
    if (!inside.getStore()) print(...parts);
  };
}
