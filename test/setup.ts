import { applyD1Migrations, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { forgetCallers } from "../src/conversations/early-embedding.ts";
import { beforeEach } from "vitest";
import { forgetFailures } from "../src/models/circuit-breaker.ts";
import seed from "../local/seed.sql?raw";

// What one file's refused callers did to this isolate is nothing to the next.
forgetCallers();
// Nor what one test's models failed at.
beforeEach(forgetFailures);

// Test files share a workerd, because starting one costs seconds. Each begins with everything stored gone (D1, queued
// messages, vectors), the real migrations applied, the development keys in place and no fault planned.
await reset();
await env.CONTROL.reset();
await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
await env.DB.batch(
  seed
    .split(/;\s*$/m)
    .filter((statement) => /^\s*[^-\s]/m.test(statement))
    .map((statement) => env.DB.prepare(statement)),
);
