import { redactValue } from "./redact.ts";

const METHODS = ["debug", "info", "log", "warn", "error"] as const;

/**
 * Makes a console print the kind of personal data in its place. The console is wrapped once, so that libraries and code that is
 * added later are covered. The runtime itself prints exceptions that are not caught, so every entry point catches them
 * (`app.ts`, the queue handlers).
 */
export function redactLogs(target: Pick<Console, (typeof METHODS)[number]>): void {
  for (const method of METHODS) {
    const print = target[method].bind(target);
    target[method] = (...values: unknown[]) => print(...values.map(redactValue));
  }
}
