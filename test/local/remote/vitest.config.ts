import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { cloudflareTest } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";
import { COMPATIBILITY_DATE } from "../../../local/config.ts";

// The contract suite against the real Workers AI and Vectorize. It needs an account, spends a few neurons and takes minutes:
//
//   export CLOUDFLARE_ACCOUNT_ID=… CLOUDFLARE_API_TOKEN=…        (token: Workers AI, Vectorize, Workers Scripts: edit)
//   npx wrangler vectorize create edgewise-contract --dimensions 384 --metric cosine
//   npx wrangler vectorize create-metadata-index edgewise-contract --property-name kind --type string
//   npx wrangler vectorize create-metadata-index edgewise-contract --property-name year --type number
//   npx vitest run -c test/local/remote/vitest.config.ts
//
// The metadata indexes come before the first vector: they are not retroactive. The index may be deleted afterwards.
if (!process.env["CLOUDFLARE_ACCOUNT_ID"] || !process.env["CLOUDFLARE_API_TOKEN"]) {
  throw new Error(
    "Set CLOUDFLARE_ACCOUNT_ID and CLOUDFLARE_API_TOKEN; see test/local/remote/vitest.config.ts.",
  );
}

const configPath = path.join(tmpdir(), "edgewise-contract.json");
writeFileSync(
  configPath,
  JSON.stringify({
    name: "edgewise-contract",
    main: path.join(import.meta.dirname, "../../support/fixture-app.ts"),
    compatibility_date: COMPATIBILITY_DATE,
    ai: { binding: "AI", remote: true },
    vectorize: [{ binding: "VECTORIZE", index_name: "edgewise-contract", remote: true }],
  }),
);

export default defineConfig({
  plugins: [cloudflareTest({ wrangler: { configPath }, remoteBindings: true })],
  test: {
    name: "remote",
    root: import.meta.dirname,
    include: ["*.test.ts"],
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
