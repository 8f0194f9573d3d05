/** Runs the application's cron handler, which `wrangler dev` never does by itself. */
export async function runCron(url: string): Promise<void> {
  const response = await fetch(`${url}/cdn-cgi/handler/scheduled`, {
    signal: AbortSignal.timeout(30_000),
  });
  await response.body?.cancel();
}
