import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { Api } from "../../cli/api.ts";
import { appConfig, DEMO_KEYS, platformConfig, type LocalOptions } from "../config.ts";
import { bundlePlatform } from "./bundle-platform.ts";
import { noteEmbeddingModel } from "./note-embedding-model.ts";
import { runCron } from "./cron.ts";
import { prepareDatabase } from "./database.ts";
import { loadDemo } from "./demo.ts";
import { readArticles } from "./demo-articles.ts";
import { shareEmbeddingCache } from "./embedding-cache.ts";
import { OWN_EMBEDDING } from "./embedding-server.ts";
import { waitForHealth } from "./health.ts";
import { claimPort } from "./ports.ts";
import { ROOT } from "./root.ts";
import { lockState } from "./state-lock.ts";
import { runNode } from "./run-node.ts";
import { startWrangler, type RunningWrangler } from "./wrangler.ts";

export interface InstanceOptions extends Omit<LocalOptions, "root" | "platform"> {
  /** 0 or absent: any free port. */
  port?: number;
  /** Where the Workers can be debugged. 0 or absent: any free port. */
  inspectorPort?: number;
  /** The folder of all stored data. Running instances cannot share one. */
  state: string;
  /** Loads the articles of `demo/`. */
  demo?: boolean;
  /** The folder in which instances share computed embeddings; default: `.edgewise/embeddings`. */
  embeddings?: string;
  /** How long the application may take to answer; default: 90 s. */
  startTimeoutMs?: number;
  log?: (line: string) => void;
  /** The most that V8 may hold for JavaScript objects of one Worker, in megabytes. Default: V8's own limit. */
  heapMb?: number;
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
const DEMO_REQUEST_TIMEOUT_MS = 60_000;
const CRON_EVERY_MS = 60_000;

/** Starts the application on the local platform and resolves once it answers. Every failure to start is a thrown Error. */
export async function startInstance(options: InstanceOptions): Promise<Instance> {
  const state = path.resolve(options.state);
  const port = await claimPort(options.port ?? 0);
  const server = options.embedding?.server;
  if (server) options.log?.(`Embeddings are computed by ${server.model} at ${server.url}.`);
  await noteEmbeddingModel(state, options.embedding ?? OWN_EMBEDDING);
  const release = lockState(state);
  try {
    return await startOn(state, port, options, release);
  } catch (error) {
    release();
    throw error;
  }
}

/** @param release called once the instance has ended */
async function startOn(
  state: string,
  port: number,
  options: InstanceOptions,
  release: () => void,
): Promise<Instance> {
  const log = options.log ?? (() => undefined);
  log("Bundling the Workers …");
  const [configs] = await Promise.all([
    writeConfigs(state, options),
    prepareDatabase(state, log),
    shareEmbeddingCache(state, options.embeddings ?? DEFAULT_EMBEDDINGS),
  ]);

  log("Starting wrangler dev, which takes some seconds …");
  const wrangler = startWrangler(
    devArguments(configs, state, port, options.inspectorPort ?? 0),
    path.join(state, "wrangler.log"),
    (line) => line.startsWith("[edgewise]") && options.onConsole?.(line),
    options.heapMb,
  );
  const url = `http://127.0.0.1:${port}`;
  try {
    await Promise.race([wrangler.failed, makeReady(url, state, options, log)]);
  } catch (error) {
    await wrangler.stop();
    throw error;
  }
  return running(url, wrangler, release);
}

function devArguments(
  configs: { app: string; platform: string },
  state: string,
  port: number,
  inspectorPort: number,
): string[] {
  const options = {
    "--persist-to": state,
    "--ip": "127.0.0.1",
    "--port": String(port),
    "--inspector-port": String(inspectorPort),
    "--show-interactive-dev-session": "false",
  };
  return ["dev", "-c", configs.app, "-c", configs.platform, ...Object.entries(options).flat()];
}

/** Queue messages live in memory and are lost with wrangler. A cron tick wakes what is pending. */
function running(url: string, wrangler: RunningWrangler, release: () => void): Instance {
  const cron = setInterval(() => void runCron(url).catch(() => undefined), CRON_EVERY_MS);
  cron.unref();
  return {
    url,
    failed: wrangler.failed,
    stop() {
      clearInterval(cron);
      return wrangler.stop().finally(release);
    },
    kill() {
      clearInterval(cron);
      return wrangler.kill().finally(release);
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

async function makeReady(
  url: string,
  state: string,
  { demo, startTimeoutMs = START_TIMEOUT_MS }: InstanceOptions,
  log: (line: string) => void,
): Promise<void> {
  const waiting = `The application does not answer yet. wrangler's log: ${path.join(state, "wrangler.log")}`;
  await waitForHealth(url, startTimeoutMs, () => log(waiting));
  await runCron(url).catch((error: unknown) =>
    log(`Warning: the cron tick failed: ${String(error)}`),
  );
  if (!demo) return;
  const api = new Api({
    url,
    key: DEMO_KEYS.secret,
    tries: 3,
    timeoutMs: DEMO_REQUEST_TIMEOUT_MS,
  });
  await loadDemo(api, await readArticles(path.join(ROOT, "demo/articles")), log);
}
