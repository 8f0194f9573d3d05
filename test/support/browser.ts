import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";

const CANDIDATES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executablePath = CANDIDATES.find((candidate) => existsSync(candidate));

/** Without a browser its tests are skipped, unless in CI, where they fail. */
export const skipsBrowser = !executablePath && !process.env["CI"];
if (skipsBrowser) console.warn(`Pages are not tested: no Chromium at ${CANDIDATES.join(", ")}.`);

const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export async function launchBrowser(): Promise<Browser> {
  if (!executablePath) throw new Error(`CI needs Chromium at one of ${CANDIDATES.join(", ")}.`);
  return chromium.launch({ executablePath, args: ARGUMENTS });
}
