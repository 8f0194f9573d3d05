// `npm start`: the application on the local platform, with the demo's documents ingested.
import { DEMO_KEYS } from "./config.ts";
import { DEMO_QUESTION } from "./dev/demo.ts";
import { isRoutine } from "./dev/console-lines.ts";
import { chooseEmbedding, readVars } from "./dev/embedding-server.ts";
import { startInstance, type Instance } from "./dev/instance.ts";

const { env } = process;
const started = Date.now();
let instance: Instance | undefined;
let stopping = false;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => void shutDown(0));

try {
  instance = await startInstance({
    port: Number(env["PORT"] || 8787),
    state: env["EDGEWISE_STATE"] || ".edgewise/state",
    demo: !process.argv.includes("--no-demo"),
    // Only Ctrl-C or the end of wrangler ends it, however slow the machine is.
    startTimeoutMs: Infinity,
    chatModel: env["CHAT_MODEL"] || undefined,
    smallChatModel: env["SMALL_CHAT_MODEL"] || undefined,
    localChatUrl: env["LOCAL_CHAT_URL"] || undefined,
    localChatKey: env["LOCAL_CHAT_KEY"] || undefined,
    localChatModel: env["LOCAL_CHAT_MODEL"] || undefined,
    embedding: await chooseEmbedding(env),
    vars: await readVars(env),
    vectorizeDelayMs: number("VECTORIZE_DELAY_MS"),
    aiErrorRate: number("AI_ERROR_RATE"),
    vectorizeErrorRate: number("VECTORIZE_ERROR_RATE"),
    faultSeed: number("FAULT_SEED"),
    log: (line) => console.log(line),
    onConsole: (line) => {
      if (!isRoutine(line)) console.log(line);
    },
  });
  if (stopping) await instance.stop();
  else {
    console.log(summary(instance.url));
    await instance.failed;
  }
} catch (error) {
  if (!stopping) {
    console.error(`\n${error instanceof Error ? error.message : String(error)}`);
    await shutDown(1);
  }
}

async function shutDown(code: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  await instance?.stop();
  process.exit(code);
}

function number(name: string): number | undefined {
  const value = env[name];
  if (!value) return undefined;
  if (Number.isNaN(Number(value))) throw new Error(`${name} must be a number, got "${value}".`);
  return Number(value);
}

function summary(url: string): string {
  return `
Edgewise runs at ${url} (${((Date.now() - started) / 1000).toFixed(1)} s). Ctrl-C stops it.

  publishable key  ${DEMO_KEYS.publishable}
                   for web pages, may be public: only chats
  secret key       ${DEMO_KEYS.secret}
                   for servers and \`npm run ingest\`: documents, search, settings, other keys
  ADMIN_TOKEN      ${DEMO_KEYS.deployment}
                   for the operator: lists and creates workspaces (/v1/workspaces), nothing else

Example:

  curl ${url}/v1/chat -H 'authorization: Bearer ${DEMO_KEYS.publishable}' -H 'accept: application/json' \\
    -H 'content-type: application/json' -d '{"message": "${DEMO_QUESTION}"}'
`;
}
