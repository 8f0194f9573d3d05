import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { startInstance } from "../local/dev/instance.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the instance with the demo's articles answers. */
    url: string;
    /** The folder where it keeps everything. */
    state: string;
  }
}

/** One instance with the demo loaded for all end-to-end tests, in a state folder of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const state = await mkdtemp(path.join(tmpdir(), "edgewise-e2e-"));
  const instance = await startInstance({
    state,
    demo: true,
    log: (line) => console.log(`[e2e] ${line}`),
  });
  project.provide("url", instance.url);
  project.provide("state", state);
  return async () => {
    await instance.stop();
    await rm(state, { recursive: true, force: true });
  };
}
