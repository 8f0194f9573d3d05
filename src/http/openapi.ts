import type { ZodType } from "zod";
import { problemSchema } from "./problem.ts";

export function jsonContent<T extends ZodType>(schema: T, description: string) {
  return { description, content: { "application/json": { schema } } };
}

const problemContent = {
  description: "Problem details (RFC 9457); `code` says which",
  content: { "application/problem+json": { schema: problemSchema } },
};

type ProblemStatus = 400 | 401 | 403 | 404 | 409 | 413 | 415 | 422 | 429 | 503;

/** The failures a route can answer with, for its OpenAPI description. */
export function problems(
  ...statuses: ProblemStatus[]
): Record<ProblemStatus, typeof problemContent> {
  return Object.fromEntries(statuses.map((status) => [status, problemContent])) as Record<
    ProblemStatus,
    typeof problemContent
  >;
}
