import type { ZodType } from "zod";
import { jsonBody } from "./body.ts";
import { problemSchema } from "./problem.ts";

export function jsonContent<T extends ZodType>(schema: T, description: string) {
  return { description, content: { "application/json": { schema } } };
}

/**
 * The parts of a route's definition that read, check and describe a JSON body.
 * @param rest what else of the request is read: `params`, `query`
 */
export function jsonRequest<T extends ZodType, R extends object>(
  schema: T,
  description: string,
  rest: R = {} as R,
) {
  const body = { ...jsonContent(schema, description), required: true as const };
  return { middleware: jsonBody(), request: { ...rest, body } };
}

export const PROBLEM_DESCRIPTION = "Problem details (RFC 9457); `code` says which";

const problemContent = {
  description: PROBLEM_DESCRIPTION,
  content: { "application/problem+json": { schema: problemSchema } },
};

type ProblemStatus = 400 | 401 | 403 | 404 | 409 | 413 | 415 | 422 | 429 | 503;

/**
 * The failures that a route's own work can end in, for its OpenAPI description. What follows from its access, body and
 * parameters is added by `auth/openapi.ts`.
 */
export function problems(
  ...statuses: ProblemStatus[]
): Record<ProblemStatus, typeof problemContent> {
  return Object.fromEntries(statuses.map((status) => [status, problemContent])) as Record<
    ProblemStatus,
    typeof problemContent
  >;
}
