import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DEMO_KEYS } from "../../local/config.ts";
import { startInstance } from "../../local/dev/instance.ts";
import { grammarNamed, type Kind } from "./grammars.ts";
import { asText, readHeldOut } from "./held-out.ts";
import { KNOWN } from "./known.ts";
import { textOf } from "./recipe.ts";

/** Each input has a few kilobytes. */
const SIZE = 8000;
/** Longest synchronous stretch that others may wait for. */
const MOST_MS = 250;
const IDLE_MS = 3000;
/** Ingestion is done in the background: /health is watched for so long after a document was accepted. */
const WATCHED_MS = 8000;

interface Sent {
  name: string;
  kind: Kind;
  text: string;
}

/** Sends each input to a local instance by its route and prints the longest answer time of /health meanwhile. @returns the exit code */
export async function watchStalls(file: string): Promise<number> {
  const inputs = await inputsOf(file);
  const state = await mkdtemp(path.join(os.tmpdir(), "edgewise-stall-"));
  process.once("exit", () => rmSync(state, { recursive: true, force: true, maxRetries: 5 }));
  const instance = await startInstance({ state, log: (line) => console.error(line) });
  let stalled = 0;
  try {
    const idle = await longestHealth(instance.url, sleep(IDLE_MS));
    console.log(`idle: /health answers within ${idle.toFixed(0)} ms`);
    for (const [index, input] of inputs.entries()) {
      const longest = await longestHealth(instance.url, send(instance.url, input, index));
      const stalls = longest > idle + MOST_MS;
      if (stalls) stalled += 1;
      console.log(
        `${stalls ? "✗" : " "} ${longest.toFixed(0).padStart(7)} ms  ${input.kind}: ${input.name}`,
      );
    }
  } finally {
    await instance.stop();
  }
  console.log(`${stalled} of ${inputs.length} inputs stall /health by more than ${MOST_MS} ms.`);
  return stalled === 0 ? 0 : 1;
}

/** Held-out inputs where there is a file of them, and what the search has found. */
async function inputsOf(file: string): Promise<Sent[]> {
  const { inputs } = await readHeldOut(file).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    return { inputs: [] };
  });
  const heldOut = inputs.map(({ name, kind, make, largest }): Sent => {
    return { name, kind, text: asText(make(Math.min(SIZE, largest))) };
  });
  const found = KNOWN.flatMap(({ name, grammar: of, recipe }): Sent[] => {
    const grammar = grammarNamed(of);
    if (!grammar) return [];
    const text = grammar.wrap(textOf(recipe, Math.min(SIZE, grammar.largest), grammar.join));
    return [{ name, kind: grammar.kind, text }];
  });
  return [...heldOut, ...found].filter(({ kind }) => ROUTES[kind] !== undefined);
}

/** The longest time that /health took to answer until the work was done. */
async function longestHealth(url: string, work: Promise<unknown>): Promise<number> {
  const state = { done: false };
  const finished = work.finally(() => (state.done = true));
  let longest = 0;
  while (!state.done) {
    const started = performance.now();
    await fetch(`${url}/health`).then((response) => response.arrayBuffer());
    longest = Math.max(longest, performance.now() - started);
    await Promise.race([sleep(20), finished]);
  }
  await finished;
  return longest;
}

type Send = (url: string, text: string, index: number) => Promise<unknown>;

const TYPES: Partial<Record<Kind, string>> = {
  markdown: "text/markdown",
  html: "text/html",
  csv: "text/csv",
  text: "text/plain",
  json: "application/json",
};

const ROUTES: Partial<Record<Kind, Send>> = {
  message: (url, message) => call(`${url}/v1/chat`, "POST", DEMO_KEYS.publishable, { message }),
  query: (url, query) => call(`${url}/v1/search`, "POST", DEMO_KEYS.secret, { query }),
  ...Object.fromEntries(
    Object.entries(TYPES).map(([kind, content_type]): [string, Send] => [
      kind,
      async (url, content, index) => {
        const body = { title: "Stall", content, content_type };
        await call(`${url}/v1/documents/stall-${index}`, "PUT", DEMO_KEYS.secret, body);
        await sleep(WATCHED_MS);
      },
    ]),
  ),
};

async function send(url: string, { kind, text }: Sent, index: number): Promise<void> {
  await ROUTES[kind]?.(url, text, index);
}

async function call(url: string, method: string, key: string, body: object): Promise<void> {
  const response = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  await response.arrayBuffer();
  if (response.status >= 400) console.log(`  ${url} answered ${response.status}`);
}
