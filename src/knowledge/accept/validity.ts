import { z } from "@hono/zod-openapi";
import { Problem } from "../../http/problem.ts";

const DAY_MS = 24 * 3600_000;
const DATE = z.iso.date();
const TIME = z.iso.datetime({ offset: true });

/** When a document is valid, as its owner writes it. */
export interface Validity {
  valid_from?: string | undefined;
  valid_until?: string | undefined;
}

/** A date, or a time with its zone. A time may have any number of decimals; see `sourceTimestamp` for the length. */
const bound = z
  .string()
  .max(64)
  .refine(
    isBound,
    "is neither a date such as 2025-03-01 nor a time with its zone such as 2025-03-01T09:00:00+01:00",
  );

const WHEN =
  "A date (2025-03-01) is a day in UTC; a time needs its zone (2025-03-01T09:00:00+01:00). ";

export const validFrom = bound.meta({
  description:
    `From when on the document is valid. ${WHEN}The bound is inclusive: a date means the beginning of that day. Until then nothing is ` +
    "cited from the document. It becomes valid by itself.",
  example: "2025-03-01",
});
export const validUntil = bound.meta({
  description:
    `Until when the document is valid. ${WHEN}A date is inclusive: the document is valid until the end of that day. A time is exclusive. ` +
    "Afterwards nothing is cited from the document, except for a question that names a past time at which it was valid.",
  example: "2025-12-31",
});

/** Whether a text is a date of the calendar, or a time with its zone. */
export function isBound(text: string): boolean {
  return DATE.safeParse(text).success || TIME.safeParse(text).success;
}

/**
 * The bounds as an interval in milliseconds since the epoch: its first instant, and the first one after it.
 * @returns null for a bound that is not given
 */
export function toInterval({ valid_from, valid_until }: Validity): {
  valid_since: number | null;
  valid_before: number | null;
} {
  const untilIsDate = valid_until !== undefined && DATE.safeParse(valid_until).success;
  return {
    valid_since: valid_from === undefined ? null : Date.parse(valid_from),
    valid_before:
      valid_until === undefined ? null : Date.parse(valid_until) + (untilIsDate ? DAY_MS : 0),
  };
}

/** @throws Problem `validation_failed` for a document that would never be valid */
export function checkValidity(validity: Validity): void {
  const { valid_since, valid_before } = toInterval(validity);
  if (valid_since === null || valid_before === null || valid_since < valid_before) return;
  const message = `is not after valid_from (${validity.valid_from}): the document would never be valid.`;
  throw new Problem("validation_failed", `valid_until: ${message}`, {
    errors: [{ path: "valid_until", message }],
  });
}
