import type { D1Migration } from "cloudflare:test";
import type { Control } from "../local/control.ts";
import type { Env as AppEnv } from "../src/env.ts";

declare global {
  namespace Cloudflare {
    interface Env extends AppEnv {
      CONTROL: Service<Control>;
      TEST_MIGRATIONS: D1Migration[];
    }
  }

  /** Vite's, as far as the tests use it. */
  interface ImportMeta {
    glob<Module>(
      pattern: string,
      options: { query: string; import: string; eager: true },
    ): Record<string, Module>;
  }
}
