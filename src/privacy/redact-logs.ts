import { redact, redactValue } from "./redact.ts";

const METHODS = ["debug", "info", "log", "warn", "error"] as const;

/**
 * Makes a console print what is personal as its kind. Wrapped once for everything that logs, libraries included: a call
 * that somebody adds later cannot forget it. An exception that nobody catches is printed by the runtime itself; every entry
 * point catches (`app.ts`, the queue handlers).
 */
export function redactLogs(target: Pick<Console, (typeof METHODS)[number]>): void {
  for (const method of METHODS) {
    const print = target[method].bind(target);
    target[method] = (...values: unknown[]) => print(...values.map(toLog));
  }
}

function toLog(value: unknown): unknown {
  return typeof value === "string" ? redact(value) : redactValue(value);
}
