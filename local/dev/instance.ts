import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { appConfig, platformConfig, type LocalOptions } from "../config.ts";
import { runCron, uploadArticles, waitForAnswer, waitForDocuments, waitForHealth } from "./api.ts";
import { bundlePlatform } from "./bundle-platform.ts";
import { prepareDatabase } from "./database.ts";
import { readArticles } from "./demo-articles.ts";
import { shareEmbeddingCache } from "./embedding-cache.ts";
import { claimPort } from "./ports.ts";
import { ROOT } from "./root.ts";
import { runNode } from "./run-node.ts";
import { startWrangler, type RunningWrangler } from "./wrangler.ts";

export interface InstanceOptions extends Omit<LocalOptions, "root" | "platform"> {
  /** 0 or absent: any free port. */
  port?: number;
  /** The folder of all stored data. Running instances cannot share one. */
  state: string;
  /** Loads the articles of `demo/`. */
  demo?: boolean;
  /** The folder in which instances share computed embeddings; default: `.edgewise/embeddings`. */
  embeddings?: string;
  log?: (line: string) => void;
  /** Called with each line of the Workers' console. */
  onConsole?: (line: string) => void;
}

export interface Instance {
  url: string;
  /** Rejects when the instance ends without having been stopped. */
  failed: Promise<never>;
  stop(): Promise<void>;
  /** Sends SIGKILL to all its processes. Its folder is then as after a crash. */
  kill(): Promise<void>;
}

const DEFAULT_EMBEDDINGS = path.join(ROOT, ".edgewise/embeddings");

const START_TIMEOUT_MS = 90_000;
const DOCUMENTS_TIMEOUT_MS = 600_000;
/** How long a search may take to find a document beyond the delay of the local Vectorize. */
const ANSWER_TIMEOUT_MS = 30_000;
const CRON_EVERY_MS = 60_000;

/** Starts the application on the local platform and resolves once it answers. Every failure to start is a thrown Error. */
export async function startInstance(options: InstanceOptions): Promise<Instance> {
  const log = options.log ?? (() => undefined);
  const state = path.resolve(options.state);
  const port = await claimPort(options.port ?? 0);
  const configs = await writeConfigs(state, options);
  await shareEmbeddingCache(state, options.embeddings ?? DEFAULT_EMBEDDINGS);
  await prepareDatabase(state, configs.app, log);

  log("Starting wrangler dev …");
  const wrangler = startWrangler(
    devArguments(configs, state, port),
    path.join(state, "wrangler.log"),
    (line) => line.startsWith("[edgewise]") && options.onConsole?.(line),
  );
  const url = `http://127.0.0.1:${port}`;
  try {
    await Promise.race([wrangler.failed, makeReady(url, options.demo ?? false, log)]);
  } catch (error) {
    await wrangler.stop();
    throw error;
  }
  return running(url, wrangler);
}

function devArguments(
  configs: { app: string; platform: string },
  state: string,
  port: number,
): string[] {
  const options = {
    "--persist-to": state,
    "--ip": "127.0.0.1",
    "--port": String(port),
    // Any free one: several instances may run at a time.
    "--inspector-port": "0",
    "--show-interactive-dev-session": "false",
  };
  return ["dev", "-c", configs.app, "-c", configs.platform, ...Object.entries(options).flat()];
}

/** Queued messages live in memory and are lost with wrangler. The cron handler resends those of pending documents. */
function running(url: string, wrangler: RunningWrangler): Instance {
  const cron = setInterval(() => void runCron(url).catch(() => undefined), CRON_EVERY_MS);
  cron.unref();
  return {
    url,
    failed: wrangler.failed,
    stop() {
      clearInterval(cron);
      return wrangler.stop();
    },
    kill() {
      clearInterval(cron);
      return wrangler.kill();
    },
  };
}

async function writeConfigs(
  state: string,
  options: InstanceOptions,
): Promise<{ app: string; platform: string }> {
  await Promise.all(
    [state, path.join(ROOT, "dist/web")].map((folder) => mkdir(folder, { recursive: true })),
  );
  const [platform] = await Promise.all([bundlePlatform(path.join(state, "platform")), buildWeb()]);
  const complete = { ...options, root: ROOT, platform };
  const files = { app: path.join(state, "app.json"), platform: path.join(state, "platform.json") };
  await writeFile(files.app, JSON.stringify(appConfig(complete), null, 2));
  await writeFile(files.platform, JSON.stringify(platformConfig(complete), null, 2));
  return files;
}

async function buildWeb(): Promise<void> {
  const script = path.join(ROOT, "web/build.mjs");
  if (existsSync(script)) await runNode(script);
}

async function makeReady(url: string, demo: boolean, log: (line: string) => void): Promise<void> {
  await waitForHealth(url, START_TIMEOUT_MS);
  await runCron(url);
  if (demo) await loadDemo(url, log);
}

async function loadDemo(url: string, log: (line: string) => void): Promise<void> {
  const articles = await readArticles(path.join(ROOT, "demo/articles"));
  const [first] = articles;
  if (!first) return;
  const changed = await uploadArticles(url, articles);
  log(`${articles.length} demo articles, ${changed} new or changed.`);
  if (changed > 0)
    log("Ingesting them (the first time takes a while; computed embeddings are kept) …");
  await waitForDocuments(url, DOCUMENTS_TIMEOUT_MS);
  if (!(await waitForAnswer(url, first.title, ANSWER_TIMEOUT_MS))) {
    log(`Warning: "${first.title}" is not answered from the demo articles.`);
  }
}
