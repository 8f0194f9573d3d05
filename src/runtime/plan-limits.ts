/**
 * What one invocation of a Worker may do on the paid plan. Subrequests: developers.cloudflare.com/workers/platform/limits.
 * Statements: developers.cloudflare.com/d1/platform/limits, "Queries per Worker invocation". The page does not say whether each
 * statement of a batch counts as a query, so each is counted.
 */
export const PLAN = { statements: 1000, subrequests: 10_000 };

export type Limited = keyof typeof PLAN;

/** What one invocation plans to use at most: half of the plan. What does not fit continues in a new message or request. */
export const BUDGET: Record<Limited, number> = {
  statements: PLAN.statements / 2,
  subrequests: PLAN.subrequests / 2,
};

/** The invocation would use more than the plan allows. It is a bug: the work should have been divided. */
export class OverPlan extends Error {
  constructor(limited: Limited) {
    super(`One invocation used more than the plan's ${PLAN[limited]} ${limited}.`);
  }
}
