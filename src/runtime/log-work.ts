import type { Services } from "./services.ts";

/** What a unit of work took, as one line of JSON that a log can be searched and added up by. */
export function logWork(work: string, items: number, { calls }: Pick<Services, "calls">): void {
  const { d1, ai, vectorize } = calls.report();
  const { statements: d1_statements, subrequests } = calls;
  const entry = { work, items, d1, d1_statements, subrequests, ai, vectorize };
  console.log(JSON.stringify(entry));
}
