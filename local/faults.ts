import type { PlatformEnv } from "./env.ts";

/**
 * Injected faults and counts of calls. They live in module scope, because a workerd process runs this Worker in one isolate that
 * all its entrypoints and objects share. A restart clears them, as tests expect.
 */
export type FaultBinding = "ai" | "vectorize";
export type FaultKind = "capacity" | "timeout" | "cut-stream" | "wrong-dimensions" | "unavailable";

export interface FaultPlan {
  binding: FaultBinding;
  kind: FaultKind;
  /** How many of the next calls fail; default: 1. */
  times?: number;
  /** Only calls for this model; default: any. */
  model?: string;
}

export interface ScriptedChunk {
  raw?: string;
  delayMs?: number;
  /** Breaks the connection instead of sending bytes. */
  fail?: boolean;
}

/** The next text generation's result: bytes for `stream: true`, otherwise an object. */
export interface ChatScript {
  chunks?: ScriptedChunk[];
  reply?: object;
  model?: string;
}

export interface RecordedChat {
  model: string;
  inputs: Record<string, unknown>;
}

const KEPT_CHATS = 50;

export const stats = {
  aiCalls: 0,
  chatCalls: 0,
  textsRequested: 0,
  textsComputed: 0,
  cacheHits: 0,
  vectorizeCalls: 0,
  faults: 0,
};

let plans: (FaultPlan & { times: number })[] = [];
let scripts: ChatScript[] = [];
let chats: RecordedChat[] = [];
let vectorizeDelayMs: number | undefined;
let random: (() => number) | undefined;

export function failNext(plan: FaultPlan): void {
  plans.push({ ...plan, times: plan.times ?? 1 });
}

export function scriptChat(script: ChatScript): void {
  scripts.push(script);
}

/** @param named whether only a script that names the model counts */
export function takeScript(model: string, named = false): ChatScript | undefined {
  const index = scripts.findIndex((script) =>
    script.model === undefined ? !named : script.model === model,
  );
  return index < 0 ? undefined : scripts.splice(index, 1)[0];
}

export function recordChat(model: string, inputs: Record<string, unknown>): void {
  chats = [...chats, { model, inputs }].slice(-KEPT_CHATS);
}

export function recordedChats(): RecordedChat[] {
  return chats;
}

export function overrideVectorizeDelay(ms: number): void {
  vectorizeDelayMs = ms;
}

export function vectorizeDelay(env: Pick<PlatformEnv, "VECTORIZE_DELAY_MS">): number {
  return vectorizeDelayMs ?? Number(env.VECTORIZE_DELAY_MS);
}

export function resetFaults(): void {
  plans = [];
  scripts = [];
  chats = [];
  vectorizeDelayMs = undefined;
  random = undefined;
  for (const name of Object.keys(stats) as (keyof typeof stats)[]) stats[name] = 0;
}

type Rates = Pick<PlatformEnv, "AI_ERROR_RATE" | "VECTORIZE_ERROR_RATE" | "FAULT_SEED">;

/** The failure to inject into this call, if any: a planned one first, otherwise a random one at the configured rate. */
export function takeFault(
  env: Rates,
  binding: FaultBinding,
  model?: string,
): FaultKind | undefined {
  const kind = takePlanned(binding, model) ?? draw(env, binding);
  if (kind) stats.faults += 1;
  return kind;
}

function takePlanned(binding: FaultBinding, model: string | undefined): FaultKind | undefined {
  const plan = plans.find(
    (candidate) => candidate.binding === binding && (!candidate.model || candidate.model === model),
  );
  if (!plan) return undefined;
  plan.times -= 1;
  if (plan.times <= 0) plans = plans.filter((candidate) => candidate !== plan);
  return plan.kind;
}

function draw(env: Rates, binding: FaultBinding): FaultKind | undefined {
  const rate = Number((binding === "ai" ? env.AI_ERROR_RATE : env.VECTORIZE_ERROR_RATE) ?? 0);
  if (!(rate > 0)) return undefined;
  random ??= mulberry32(Number(env.FAULT_SEED ?? 1));
  if (random() >= rate) return undefined;
  return random() < 0.7 ? "capacity" : "unavailable";
}

/** A small seeded generator (Tommy Ettinger's mulberry32), so that a failing run can be repeated. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
