import { existsSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { chromium, type Browser, type Page } from "playwright-core";
import { CommandError } from "../../cli/command.ts";
import type { Marks, RenderedPage } from "./block.ts";

export const CHROMIUM = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];
const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];
const TIMEOUT_MS = 20_000;
/** Scripts may build the page after it has loaded. */
const SETTLE_MS = 1_500;

/** Renders pages in Chromium, with their scripts. Nothing is requested from other hosts. */
export class Renderer implements AsyncDisposable {
  readonly #browser: Browser;
  readonly #script: string;
  /** Pages are used again: to open one takes longer than to render in it. */
  readonly #idle: Page[] = [];

  static async start(): Promise<Renderer> {
    const executablePath = CHROMIUM.find((candidate) => existsSync(candidate));
    if (!executablePath)
      throw new CommandError(`The measure needs Chromium at one of ${CHROMIUM.join(", ")}.`);
    const browser = await chromium.launch({ executablePath, args: ARGUMENTS });
    return new Renderer(browser, await inPageScript());
  }

  private constructor(browser: Browser, script: string) {
    this.#browser = browser;
    this.#script = script;
  }

  /** @param source an address, or a page's HTML */
  async render(source: { url: string } | { html: string }, marks: Marks): Promise<RenderedPage> {
    const page = this.#idle.pop() ?? (await this.#open());
    try {
      if ("url" in source) {
        await page.goto(source.url, { waitUntil: "load", timeout: TIMEOUT_MS });
        await page.waitForLoadState("networkidle", { timeout: SETTLE_MS }).catch(() => undefined);
        if (!page.url().startsWith("http")) throw new Error("It leads to another site");
      } else await page.setContent(source.html, { timeout: TIMEOUT_MS });
      return (await page.evaluate(
        `(() => { ${this.#script}; return collectText(${JSON.stringify(marks)}); })()`,
      )) as RenderedPage;
    } finally {
      this.#idle.push(page);
    }
  }

  async #open(): Promise<Page> {
    const page = await this.#browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.route("**/*", (route) => {
      const request = route.request();
      const host = request.isNavigationRequest() ? "" : new URL(page.url()).host;
      return !host || new URL(request.url()).host === host ? route.continue() : route.abort();
    });
    return page;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}

async function inPageScript(): Promise<string> {
  const folder = path.join(import.meta.dirname, "browser");
  const { outputFiles } = await build({
    entryPoints: [path.join(folder, "main.ts")],
    bundle: true,
    write: false,
    format: "iife",
    target: "es2022",
    tsconfig: path.join(folder, "tsconfig.json"),
  });
  return outputFiles[0]?.text ?? "";
}
