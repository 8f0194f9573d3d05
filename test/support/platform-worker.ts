import path from "node:path";
import {
  COMPATIBILITY_DATE,
  PLATFORM_OBJECTS,
  platformVars,
  RPC_FLAGS,
  type LocalOptions,
} from "../../local/config.ts";
import type { PlatformBundle } from "../../local/dev/bundle-platform.ts";

/**
 * The platform as an auxiliary Worker of a vitest project, which takes Miniflare's options and not wrangler's. Embeddings
 * are kept in a folder of files, because storage under vitest is thrown away with every run.
 */
export function platformWorker(bundle: PlatformBundle, options: LocalOptions, embeddings: string) {
  return {
    name: "edgewise-platform",
    compatibilityDate: COMPATIBILITY_DATE,
    compatibilityFlags: RPC_FLAGS,
    modulesRoot: path.dirname(bundle.main),
    modules: [
      { type: "ESModule" as const, path: bundle.main },
      ...bundle.wasm.map((file) => ({ type: "CompiledWasm" as const, path: file })),
    ],
    durableObjects: Object.fromEntries(
      Object.entries(PLATFORM_OBJECTS).map(([name, className]) => [
        name,
        { className, useSQLite: true },
      ]),
    ),
    bindings: platformVars(options),
    serviceBindings: {
      MODEL: { disk: { path: bundle.model, writable: false } },
      EMBEDDING_FILES: { disk: { path: embeddings, writable: true } },
    },
  };
}
