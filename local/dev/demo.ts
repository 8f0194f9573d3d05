import { ApiError, type Api } from "../../cli/api.ts";
import { reasonOf } from "../../cli/command.ts";
import { importLine } from "../../cli/document.ts";
import { waitUntilIngested } from "../../cli/wait.ts";
import type { Article } from "./demo-articles.ts";

/** The question of the printed example. Its embedding is kept in the repository with those of the articles. */
export const DEMO_QUESTION = "How do I cancel my subscription?";

const INGESTION_MS = 600_000;

/**
 * Uploads the demo's articles, waits until they are ingested and asks a question about them. Other documents of the instance are not
 * waited for. The instance runs on whatever happens here, so a failure is only logged.
 * @param timeoutMs how long a start waits for the articles
 */
export async function loadDemo(
  api: Api,
  articles: Article[],
  log: (line: string) => void,
  timeoutMs = INGESTION_MS,
): Promise<void> {
  try {
    log(`Loading the ${articles.length} articles of the demo help centre …`);
    const lines = articles.map(importLine).join("\n");
    const { body } = await api.postLines<{
      created: number;
      changed: number;
      errors: { line: number; detail: string }[];
    }>("/v1/documents/import", lines);
    for (const { line, detail } of body.errors)
      log(`Warning: line ${line} of the demo articles was refused: ${detail}`);
    const changed = body.created + body.changed;
    if (changed > 0) log(`Ingesting the ${changed} that are new or changed …`);
    const { failed, unfinished } = await waitUntilIngested(api, articles, {
      timeoutMs,
      output: { isTTY: false, columns: 80, write: (line) => (log(String(line).trimEnd()), true) },
    });
    for (const { external_id, reason } of failed)
      log(`Warning: the demo article ${external_id} was not ingested: ${reason}`);
    if (unfinished.length > 0) {
      log(
        `Warning: ${unfinished.length} of ${articles.length} demo articles are still pending. Their ingestion goes on.`,
      );
    } else await checkAnswer(api, log);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    log(`Warning: the demo articles could not be loaded: ${reasonOf(error)}`);
  }
}

async function checkAnswer(api: Api, log: (line: string) => void): Promise<void> {
  const { body } = await api.post<{ outcome: string }>("/v1/chat", { message: DEMO_QUESTION });
  if (body.outcome === "answered") return;
  log(
    `Warning: "${DEMO_QUESTION}" is not answered from the demo articles. With another embedding model, fit the decision to it: npm run eval:fit -- --embedding (local/README.md).`,
  );
}
