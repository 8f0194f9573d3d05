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
}
