import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { z } from "zod";

/** Every `code` of the API, with its status and title. Clients switch on `code`, so a code never changes. */
const catalogue = {
  malformed_json: [400, "The body is not valid JSON"],
  duplicate_field: [400, "The body contains a field twice"],
  invalid_utf8: [400, "The body is not valid UTF-8"],
  invalid_cursor: [400, "The cursor does not belong to this list"],
  unauthorized: [401, "A valid credential is required"],
  invalid_visitor_token: [401, "The visitor token is not valid"],
  invalid_signature: [401, "The signature of the delivery is not valid"],
  forbidden: [403, "The key lacks the right to do this"],
  origin_not_allowed: [403, "The key may not be used from this web site"],
  not_found: [404, "There is no such resource"],
  limit_reached: [409, "The maximum number of these is reached"],
  conversation_too_long: [409, "The conversation has reached its maximum length"],
  turn_running: [409, "A message of the conversation is being answered"],
  generation_conflict: [409, "The state of the index generations does not allow this"],
  tool_in_use: [409, "A procedure calls the tool"],
  source_exists: [409, "A source of this name exists"],
  body_too_large: [413, "The body is too large"],
  document_too_large: [413, "The document is too large"],
  unsupported_media_type: [415, "The body must be application/json"],
  unsupported_content_type: [415, "Documents of this content type cannot be read"],
  validation_failed: [422, "The request is not valid"],
  invalid_external_id: [422, "The external id is not valid"],
  idempotency_key_reused: [422, "The idempotency key names another request"],
  empty_message: [422, "The message is empty"],
  message_too_long: [422, "The message is too long"],
  rate_limited: [429, "Too many requests"],
  quota_exceeded: [429, "The workspace has used up a quota"],
  internal: [500, "Something went wrong on our side"],
  not_configured: [503, "The deployment lacks a setting that this request needs"],
} as const satisfies Record<string, readonly [ContentfulStatusCode, string]>;

export type ProblemCode = keyof typeof catalogue;

/** An error response. Any function below a route may throw it. `detail` is shown to the caller. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly detail: string | undefined;
  readonly errors: FieldErrors;
  readonly headers: Record<string, string>;

  constructor(
    code: ProblemCode,
    detail?: string,
    more: { errors?: FieldErrors; headers?: Record<string, string> } = {},
  ) {
    super(detail ?? catalogue[code][1]);
    this.code = code;
    this.detail = detail;
    this.errors = more.errors;
    this.headers = more.headers ?? {};
  }

  /** The same problem with another sentence in its detail. */
  adding(sentence: string): Problem {
    const { errors, headers } = this;
    const detail = [this.detail, sentence].filter(Boolean).join(" ");
    return new Problem(this.code, detail, { ...(errors && { errors }), headers });
  }
}

export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    code: z.enum(Object.keys(catalogue) as [ProblemCode, ...ProblemCode[]]),
    request_id: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: "Problem", description: "RFC 9457 problem details" });

type FieldErrors = z.infer<typeof problemSchema>["errors"];

/** Renders RFC 9457 problem details. */
export function problemResponse(c: Context, problem: Problem): Response {
  const [status, title] = catalogue[problem.code];
  const body: z.infer<typeof problemSchema> = {
    type: `urn:edgewise:problem:${problem.code}`,
    title,
    status,
    detail: problem.detail,
    code: problem.code,
    request_id: c.get("requestId") ?? "",
    errors: problem.errors,
  };
  return c.body(JSON.stringify(body), status, {
    "content-type": "application/problem+json",
    ...problem.headers,
  });
}

/** The problem that names each field that zod refuses. */
export function validationProblem(error: z.ZodError): Problem {
  const errors = error.issues.slice(0, 20).map((issue) => ({
    path: issue.path.map(String).join("."),
    message: issue.message,
  }));
  const first = errors[0];
  const detail = first
    ? first.path
      ? `${first.path}: ${first.message}`
      : first.message
    : undefined;
  return new Problem("validation_failed", detail, { errors });
}
