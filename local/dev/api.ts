import { setTimeout as sleep } from "node:timers/promises";
import { DEMO_KEYS } from "../config.ts";
import type { Article } from "./demo-articles.ts";

type Json = Record<string, unknown>;

/** The launcher's calls to the instance that it started, with the development keys. */
async function call(url: string, path: string, init: RequestInit = {}): Promise<Json> {
  const response = await fetch(`${url}${path}`, {
    ...init,
    headers: {
      authorization: `Bearer ${DEMO_KEYS.secret}`,
      accept: "application/json",
      "content-type": "application/json",
    },
    signal: AbortSignal.timeout(60_000),
  });
  const text = await response.text();
  if (!response.ok)
    throw new Error(
      `${init.method ?? "GET"} ${path} answered ${response.status}: ${text.slice(0, 500)}`,
    );
  return JSON.parse(text);
}

/** Resolves once `GET /health` answers 200. */
export async function waitForHealth(url: string, timeoutMs: number): Promise<void> {
  await until(timeoutMs, `${url}/health did not answer`, async () => {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(5_000) }).catch(
      () => undefined,
    );
    await response?.body?.cancel();
    return response?.ok === true;
  });
}

const UPLOADS_AT_ONCE = 8;

/** Uploads articles and returns how many were new or changed. */
export async function uploadArticles(url: string, articles: Article[]): Promise<number> {
  const waiting = [...articles];
  let changed = 0;
  const worker = async (): Promise<void> => {
    for (let article = waiting.shift(); article; article = waiting.shift()) {
      const { external_id, ...document } = article;
      const answer = await call(url, `/v1/documents/${encodeURIComponent(external_id)}`, {
        method: "PUT",
        body: JSON.stringify(document),
      });
      if (answer["unchanged"] !== true) changed += 1;
    }
  };
  await Promise.all(Array.from({ length: UPLOADS_AT_ONCE }, worker));
  return changed;
}

/** Resolves once no document is pending. */
export async function waitForDocuments(url: string, timeoutMs: number): Promise<void> {
  await until(timeoutMs, "Documents are still pending", async () => {
    const { documents } = await call(url, "/v1/documents?status=pending&limit=1");
    return Array.isArray(documents) && documents.length === 0;
  });
}

/** Resolves to true once a question is answered from the documents, or to false after the time limit. */
export async function waitForAnswer(
  url: string,
  question: string,
  timeoutMs: number,
): Promise<boolean> {
  const answered = until(timeoutMs, "No answer", async () => {
    const body = JSON.stringify({ message: question });
    const { outcome } = await call(url, "/v1/chat", { method: "POST", body });
    return outcome === "answered";
  });
  return answered.then(
    () => true,
    () => false,
  );
}

/** Runs the application's cron handler, which `wrangler dev` never does by itself. */
export async function runCron(url: string): Promise<void> {
  const response = await fetch(`${url}/cdn-cgi/handler/scheduled`, {
    signal: AbortSignal.timeout(30_000),
  });
  await response.body?.cancel();
}

async function until(
  timeoutMs: number,
  complaint: string,
  done: () => Promise<boolean>,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown;
  while (Date.now() < deadline) {
    try {
      if (await done()) return;
    } catch (error) {
      last = error;
    }
    await sleep(250);
  }
  throw new Error(`${complaint} within ${timeoutMs / 1000} s`, { cause: last });
}
