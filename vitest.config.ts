import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";
import { appConfig, type LocalOptions } from "./local/config.ts";
import { bundlePlatform } from "./local/dev/bundle-platform.ts";
import { platformWorker } from "./test/support/platform-worker.ts";

const ROOT = import.meta.dirname;
const CACHE = path.join(ROOT, "node_modules/.cache/edgewise");
const EMBEDDINGS = path.join(CACHE, "embeddings");
/** What needs processes, files or code made at run time. */
const IN_NODE = ["test/**/node/**/*.test.ts"];
mkdirSync(EMBEDDINGS, { recursive: true });
mkdirSync(path.join(ROOT, "dist/web"), { recursive: true });

const platform = await bundlePlatform(path.join(CACHE, "platform"));
const options: LocalOptions = {
  root: ROOT,
  platform,
  queueTimeout: 0,
  vectorizeDelayMs: 50,
  metadataIndexes: { kind: "string", year: "number", "nested.flag": "boolean" },
};
const appConfigPath = path.join(CACHE, "app.json");
writeFileSync(appConfigPath, JSON.stringify(appConfig(options)));

export default defineConfig({
  test: {
    // Each worker is a workerd and a vite-node of its own; more than two fight over a small machine's cores.
    maxWorkers: 2,
    // What the application logs is worth reading where a test fails.
    silent: "passed-only",
    projects: [
      {
        plugins: [
          cloudflareTest({
            main: path.join(ROOT, "src/index.ts"),
            wrangler: { configPath: appConfigPath },
            remoteBindings: false,
            // Else workerd prints a stack for every error that the platform is made to throw.
            verbose: false,
            miniflare: {
              bindings: { TEST_MIGRATIONS: await readD1Migrations(path.join(ROOT, "migrations")) },
              serviceBindings: { CONTROL: { name: "edgewise-platform", entrypoint: "Control" } },
              workers: [platformWorker(platform, options, EMBEDDINGS)],
            },
          }),
        ],
        test: {
          name: "worker",
          // The application logs after a test has ended, from queues; a log line on its way to vitest then held up its end.
          disableConsoleIntercept: true,
          // Ten files took 4 s instead of 13. test/setup.ts empties what one leaves for the next.
          isolate: false,
          include: ["test/**/*.test.ts"],
          testTimeout: 20_000,
          // The default of a second is too little for a queue on a busy machine.
          expect: { poll: { timeout: 10_000 } },
          exclude: ["test/e2e/**", ...IN_NODE, "test/local/remote/**"],
          setupFiles: ["test/seed.ts", "test/setup.ts"],
          globalSetup: ["test/shop-setup.ts"],
        },
      },
      {
        test: {
          name: "node",
          include: IN_NODE,
          setupFiles: ["test/seed.ts"],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          globalSetup: ["test/e2e-setup.ts"],
          testTimeout: 60_000,
        },
      },
    ],
  },
});
