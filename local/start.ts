// `npm start`: the application on the local platform, with the demo's documents ingested.
import { DEMO_KEYS } from "./config.ts";
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
    chatModel: env["CHAT_MODEL"] || undefined,
    smallChatModel: env["SMALL_CHAT_MODEL"] || undefined,
    localChatUrl: env["LOCAL_CHAT_URL"] || undefined,
    localChatKey: env["LOCAL_CHAT_KEY"] || undefined,
    localChatModel: env["LOCAL_CHAT_MODEL"] || undefined,
    vectorizeDelayMs: number("VECTORIZE_DELAY_MS"),
    aiErrorRate: number("AI_ERROR_RATE"),
    vectorizeErrorRate: number("VECTORIZE_ERROR_RATE"),
    faultSeed: number("FAULT_SEED"),
    log: (line) => console.log(line),
    onConsole: (line) => console.log(line),
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
  secret key       ${DEMO_KEYS.secret}
  ADMIN_TOKEN      ${DEMO_KEYS.deployment}

  curl ${url}/v1/chat -H 'authorization: Bearer ${DEMO_KEYS.publishable}' -H 'accept: application/json' \\
    -H 'content-type: application/json' -d '{"message": "How do I cancel my subscription?"}'
`;
}
