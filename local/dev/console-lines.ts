/**
 * Whether a line of the Workers' console says only what a unit of work took or did (`runtime/log-work.ts`, `worker.ts`). Such lines are for
 * logs that are searched; on a terminal they would hide warnings. `wrangler.log` has all lines.
 */
export function isRoutine(line: string): boolean {
  return /^\[edgewise\] (?:\{"work":"|cron, )/.test(line);
}
