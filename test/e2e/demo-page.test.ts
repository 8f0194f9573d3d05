import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { launchBrowser, skipsBrowser } from "../support/browser.ts";

const SCREENSHOTS = path.resolve(import.meta.dirname, "../../.edgewise/screenshots");
const url = inject("url");

const MARKDOWN = `Do the **whole** procedure:

1. Open \`Settings\`. [1]
2. Type this:

   \`\`\`sh
   reset --all
   \`\`\`

| Part | Price |
| - | -: |
| [Spoke](https://a.example/spoke) | 14 € |

[1]

Write to <help@a.example> or [call](tel:+49123).
`;

const HOSTILE = `
<img src="https://evil.example/i.png" onerror="document.title='run'"> ![](https://evil.example/p.png)
[run](javascript:document.title='run') [data](data:text/html,run) [own](/v1/keys) <b onclick="run()">b</b>

<script>document.title = "run"</script>

${"> ".repeat(500)}deep

${"- ".repeat(500)}deep

${"*".repeat(20_000)}

${"*a _b ".repeat(3000)}

${"| a ".repeat(100)}|
${"| - ".repeat(100)}|
${`${"| wide ".repeat(100)}|\n`.repeat(20)}`;

const QUOTE = "**Spoke** [order](https://evil.example) https://evil.example";

/** The stream of an answer in these parts. */
function answerStream(...parts: string[]): string {
  const data = {
    outcome: "answered",
    confidence: 0.7,
    text: parts.join(""),
    citations: [{ n: 1, title: "Repairs", url: "https://a.example/repairs", quote: QUOTE }],
  };
  const metadata = { conversation_id: "c", conversation_token: "t" };
  return [
    { type: "start", messageId: "m", messageMetadata: metadata },
    { type: "text-start", id: "0" },
    ...parts.map((delta) => ({ type: "text-delta", id: "0", delta })),
    { type: "data-outcome", data },
    { type: "finish" },
  ]
    .map((event) => `data: ${JSON.stringify(event)}\n\n`)
    .join("");
}

it("the demo page is served with headers that forbid foreign scripts and frames", async () => {
  const { status, headers } = await fetch(url);
  expect(status).toBe(200);
  expect(headers.get("content-security-policy")).toMatch(
    /default-src 'none'.*script-src 'self'.*frame-ancestors 'none'/,
  );
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  expect(headers.get("referrer-policy")).toBe("same-origin");
});

describe.skipIf(skipsBrowser)("the demo page", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
    await mkdir(SCREENSHOTS, { recursive: true });
  });
  afterAll(() => browser?.close());

  async function open(
    width: number,
    height: number,
    search = "",
    config?: object,
  ): Promise<{ page: Page; complaints: string[] }> {
    const page = await browser.newPage({ viewport: { width, height } });
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(message.text());
    });
    page.on("requestfailed", (request) => {
      complaints.push(`${request.url()}: ${request.failure()?.errorText}`);
    });
    if (config) await page.route("**/v1/config", (route) => route.fulfill({ json: config }));
    await page.goto(`${url}/${search}`);
    await page.locator("#send:enabled").waitFor();
    return { page, complaints };
  }

  async function ask(page: Page, question: string): Promise<ReturnType<Page["locator"]>> {
    await page.locator("#message").fill(question);
    await page.keyboard.press("Enter");
    return settled(page);
  }

  /** The newest answer, once it is no longer being written. */
  async function settled(page: Page): Promise<ReturnType<Page["locator"]>> {
    await page.locator(".turn[aria-busy=false]").last().waitFor();
    await page.locator("#send:visible").waitFor();
    return page.locator(".turn").last().locator(".answer");
  }

  const state = (answer: ReturnType<Page["locator"]>): Promise<string | null> =>
    answer.getAttribute("data-state");

  it("the demo page answers with links to the sources, and says so when there is no answer", async () => {
    const { page, complaints } = await open(1000, 900);
    await page.screenshot({ path: path.join(SCREENSHOTS, "welcome.png") });
    await page.getByRole("button", { name: /Germany/ }).click();
    const answer = await settled(page);
    expect(await state(answer)).toBe("answered");
    expect((await answer.locator(".text").innerText()).length).toBeGreaterThan(20);
    const link = answer.locator(".citations a").first();
    expect(await link.getAttribute("href")).toMatch(/^https:\/\//);
    expect(await link.getAttribute("rel")).toContain("noopener");

    await answer.locator(".text a.marker").first().click();
    const quote = answer.locator(".citations blockquote").first();
    expect(await quote.isVisible()).toBe(true);
    // A row of a table is shown as a sentence, with other punctuation than the stored text has.
    const words = (text: string): string => text.replace(/[^\p{L}\p{N}]+/gu, " ");
    const said = words(await answer.locator(".text").innerText());
    expect(said).toContain(words(await quote.innerText()).slice(0, 40));
    await page.screenshot({ path: path.join(SCREENSHOTS, "answered.png") });

    await page.getByRole("button", { name: "New conversation" }).click();
    await page.getByRole("button", { name: /World Cup/ }).click();
    const unknown = await settled(page);
    expect(await state(unknown)).toBe("abstained");
    expect(await unknown.locator(".citations, .marker").count()).toBe(0);
    await page.screenshot({ path: path.join(SCREENSHOTS, "abstained.png") });

    const unclear = await ask(page, "my refund");
    expect(await state(unclear)).toBe("clarified");
    await page.screenshot({ path: path.join(SCREENSHOTS, "clarified.png") });
    const buttons = await unclear.locator(".options button").allInnerTexts();
    await page.reload();
    const kept = page.locator(".turn").last();
    const option = kept.locator(".options button").first();
    await option.waitFor();
    expect(await kept.locator(".options button").allInnerTexts()).toEqual(buttons);
    const title = await option.innerText();
    await option.click();
    await settled(page);
    expect(await page.locator(".question").last().innerText()).toBe(title);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("the demo page holds a conversation on a narrow screen, and shows a visitor's markup as text", async () => {
    const { page, complaints } = await open(320, 640);
    const conversations = new Set<string>();
    page.on("request", (request) => {
      if (request.url().endsWith("/v1/chat"))
        conversations.add(request.postDataJSON().conversation_id ?? "new");
    });
    const fits = (): Promise<boolean> =>
      page.evaluate("document.documentElement.scrollWidth <= window.innerWidth");
    expect(await fits()).toBe(true);
    expect(await state(await ask(page, "How do I cancel my subscription?"))).toBe("answered");
    await ask(page, `<img src=x onerror="document.title='x'"> ${"long".repeat(60)}`);
    expect(await page.locator(".turn img").count()).toBe(0);
    expect(await page.locator(".turn").count()).toBe(2);
    expect(conversations.size).toBe(2);
    expect(await fits()).toBe(true);

    const answers = (): Promise<string[]> => page.locator(".answer").allInnerTexts();
    const before = await answers();
    await page.reload();
    await page.locator("#send:enabled").waitFor();
    expect(await answers()).toEqual(before);
    await ask(page, "How long does shipping to Germany take?");
    expect(conversations.size).toBe(2);
    expect(await page.locator("body").innerText()).not.toMatch(/confidence|developers/i);
    await page.locator(".turn").first().scrollIntoViewIfNeeded();
    await page.screenshot({ path: path.join(SCREENSHOTS, "narrow.png") });
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("the demo page shows the company's own answer, and a form whose entries are the next message", async () => {
    const put = async (item: string, body: object): Promise<void> => {
      const headers = {
        authorization: "Bearer sk_local_demo",
        "content-type": "application/json",
      };
      const init = { method: "PUT", headers, body: JSON.stringify(body) };
      expect((await fetch(`${url}/v1/${item}`, init)).status).toBe(200);
    };
    await put("answers/giraffes", {
      wordings: ["Do you sell giraffes?", "Can I buy a giraffe?"],
      text: "No. We sell gardens **only**.",
    });
    await put("guidance/eaten", {
      when: { topics: ["A giraffe ate my garden", "My garden was eaten by a giraffe"] },
      action: "show_form",
      text: "I'm sorry to hear that.",
      form: {
        title: "Eaten garden",
        fields: [
          { name: "order", label: "Order number" },
          { name: "day", label: "Day", type: "date", required: false },
        ],
      },
    });
    const { page, complaints } = await open(375, 700);
    const answer = await ask(page, "do you sell giraffes");
    expect(await answer.innerText()).toContain("Answered by the company");
    expect(await answer.locator(".text strong").innerText()).toBe("only");
    const asking = await ask(page, "a giraffe ate my garden!");
    await asking.getByLabel("Order number").fill("G-1234");
    await asking.locator("form").scrollIntoViewIfNeeded();
    await page.screenshot({ path: path.join(SCREENSHOTS, "form.png") });
    await asking.getByRole("button", { name: "Send" }).click();
    await settled(page);
    expect(await page.locator(".question").last().innerText()).toBe(
      "Eaten garden\nOrder number: G-1234",
    );
    await page.reload();
    await page.locator(".form").first().waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("the demo page says at once that a key is not valid", async () => {
    const page = await browser.newPage();
    await page.goto(`${url}/?key=pk_nobody_has_this`);
    await page.getByText("not connected to a help centre").waitFor();
    expect(await page.locator("#send").isDisabled()).toBe(true);
    await page.screenshot({ path: path.join(SCREENSHOTS, "wrong-key.png") });
    await page.close();
  });

  it("the demo page shows an answer's Markdown, and nothing of it runs, loads or hangs", async () => {
    const { page, complaints } = await open(390, 844, "?key=pk_other&debug", {
      company_name: "Ot<b>her",
      assistant_name: "Moss",
      starter_questions: ["What does a spoke cost?"],
    });
    expect(await page.locator(".brand:visible").innerText()).toMatch(/^Ot<b>her\s+Help centre$/);
    expect(await page.locator("h1").innerText()).toBe("Ask Moss");
    expect(await page.locator(".examples button:visible").allInnerTexts()).toEqual([
      "What does a spoke cost?",
    ]);
    await page.screenshot({ path: path.join(SCREENSHOTS, "workspace.png") });
    expect(await page.locator("body").innerText()).not.toMatch(/Fernhill|garden/);
    const foreign: string[] = [];
    page.on("request", (request) => {
      if (!request.url().startsWith(url)) foreign.push(request.url());
    });
    await page.route("**/v1/chat", (route) =>
      route.fulfill({ contentType: "text/event-stream", body: answerStream(MARKDOWN, HOSTILE) }),
    );
    const began = Date.now();
    const answer = await ask(page, "Anything");
    expect(Date.now() - began).toBeLessThan(10_000);

    const text = answer.locator(".text");
    expect(await text.locator("ol > li").count()).toBe(2);
    expect(await text.locator("ol > li pre").innerText()).toBe("reset --all");
    expect(await text.locator("strong").first().innerText()).toBe("whole");
    const table = text.locator(".table").first();
    expect(await table.locator("th").allInnerTexts()).toEqual(["Part", "Price"]);
    expect(await table.locator("td a").getAttribute("rel")).toBe("noopener nofollow");
    expect(await text.locator(".belongs-above a.marker").first().innerText()).toBe("[1]");
    expect(await answer.locator(".status").innerText()).toContain("confidence 70");

    const quote = answer.locator(".citations blockquote");
    expect(await quote.locator("strong").textContent()).toBe("Spoke");
    expect(await quote.locator("a").count()).toBe(0);

    expect(await text.locator("img, script, iframe, [onclick]").count()).toBe(0);
    const targets = await text
      .locator("a:not(.marker)")
      .evaluateAll((links) => links.map((link) => link.getAttribute("href")));
    expect(targets).toEqual(["https://a.example/spoke", "mailto:help@a.example", "tel:+49123"]);
    expect(await page.title()).toBe("Ot<b>her help centre");
    expect(await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")).toBe(
      true,
    );
    await text.locator("ol").scrollIntoViewIfNeeded();
    await page.screenshot({ path: path.join(SCREENSHOTS, "markdown.png") });
    expect(foreign).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("the demo page tells the visitor when the service cannot be reached, and lets them try again", async () => {
    const { page } = await open(600, 800);
    await page.route("**/v1/chat", (route) => route.abort(), { times: 1 });
    expect(await state(await ask(page, "How do I cancel my subscription?"))).toBe("broken");
    await page.getByRole("button", { name: "Try again" }).click();
    expect(await state(await settled(page))).toBe("answered");
    await page.close();
  });
});
