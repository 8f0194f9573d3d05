import { env } from "cloudflare:workers";
import { expect } from "vitest";

/** Expects RFC 9457 problem details with this status and code, the id of the request, and nothing internal. */
export async function expectProblem(
  response: Response,
  status: number,
  code: string,
): Promise<void> {
  const text = await response.text();
  expect([response.status, text]).toEqual([status, expect.stringContaining(`"code":"${code}"`)]);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(response.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  const problem = JSON.parse(text) as Record<string, unknown>;
  expect(problem).toMatchObject({
    type: expect.any(String),
    title: expect.any(String),
    status,
    code,
    request_id: response.headers.get("x-request-id"),
  });
  expectNothingInternal(text);
}

/** Expects that a text contains no stack trace, SQL, library name or file name. */
export function expectNothingInternal(text: string): void {
  expect(text).not.toMatch(
    / {4}at |SQLITE|D1_ERROR|ZodError|SELECT |INSERT |no such table|\.ts:\d/i,
  );
}

/** The number of rows of every table, so that a test can check that nothing was stored. */
export async function countRows(): Promise<Record<string, number>> {
  const { results } = await env.DB.prepare(
    `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
       AND name NOT LIKE '\\_cf%' ESCAPE '\\' AND name NOT LIKE 'chunk_terms_%' AND name NOT LIKE 'document_words_%' AND name <> 'd1_migrations'`,
  ).all<{ name: string }>();
  const counts = await env.DB.batch<{ n: number }>(
    results.map(({ name }) => env.DB.prepare(`SELECT count(*) AS n FROM "${name}"`)),
  );
  return Object.fromEntries(
    results.map(({ name }, index) => [name, counts[index]?.results[0]?.n ?? -1]),
  );
}
