import type { Env } from "../../src/env.ts";
import { d1Over, type Execute } from "../in-process/database.ts";
import { nearestReplica, roundTrip, type City } from "./cities.ts";
import { isRead, type ReplicatedDatabase } from "./replicated-database.ts";
import { timedModels, type ModelTimes } from "./timed-models.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/**
 * How a request reads: every call at the primary; or in a session whose first call goes to the nearest replica, or to the primary.
 * Source: https://developers.cloudflare.com/d1/worker-api/d1-database/#withsession
 */
export type Reading = "primary" | "first-unconstrained" | "first-primary";

/** Where everything is while a request is handled. */
export interface Placement {
  worker: City;
  primary: City;
  reading: Reading;
  /** Continues the session of an earlier request. */
  bookmark?: number | undefined;
}

/** Milliseconds that the services themselves take. */
export interface ServiceTimes extends ModelTimes {
  d1: number;
  vectorize: number;
}

export interface DistantBindings {
  env: Env;
  /** What the request's session has seen of the database; undefined without a session. */
  bookmark(): number | undefined;
  /** Earlier answers of the conversation that the chat model was told; undefined if it was not asked. */
  recalled(): number | undefined;
}

/**
 * The bindings of one request: each call takes the way to where it is answered, and back. Workers AI and Vectorize answer near the
 * Worker, because their documentation names no home region. A queue takes messages near the Worker.
 */
export function distantBindings(
  env: Env,
  database: ReplicatedDatabase,
  clock: VirtualClock,
  times: ServiceTimes,
  placement: Placement,
): DistantBindings {
  const { worker } = placement;
  const near = roundTrip(worker, worker);
  const session = openSession(database, clock, times.d1, placement);
  let recalled: number | undefined;
  const models = timedModels(env.AI, clock, times, (prompt) => {
    recalled = prompt.filter(({ role }) => role === "assistant").length;
  });
  return {
    env: {
      ...env,
      DB: d1Over(session.execute),
      AI: delayed(models, clock, near),
      VECTORIZE: delayed(env.VECTORIZE, clock, near + times.vectorize),
      EVENTS_QUEUE: delayed(env.EVENTS_QUEUE, clock, near),
    },
    bookmark: session.bookmark,
    recalled: () => recalled,
  };
}

function openSession(
  database: ReplicatedDatabase,
  clock: VirtualClock,
  work: number,
  { worker, primary, reading, bookmark }: Placement,
): { execute: Execute; bookmark: () => number | undefined } {
  let seen = bookmark;
  const execute: Execute = async (queries) => {
    const maySkipPrimary = reading === "first-unconstrained" || seen !== undefined;
    const fromReplica = reading !== "primary" && maySkipPrimary && queries.every(isRead);
    const oneWay = roundTrip(worker, fromReplica ? nearestReplica(worker) : primary) / 2;
    await clock.sleep(oneWay + work);
    const results = fromReplica
      ? await database.atReplica(queries, seen ?? 0)
      : await database.atPrimary(queries);
    const state = fromReplica ? database.replicaBookmark : database.primaryBookmark;
    if (reading !== "primary") seen = Math.max(seen ?? 0, state);
    await clock.sleep(oneWay);
    return results;
  };
  return { execute, bookmark: () => seen };
}

function delayed<T extends object>(binding: T, clock: VirtualClock, milliseconds: number): T {
  return new Proxy(binding, {
    get: (target, name) => {
      const method = Reflect.get(target, name) as (...args: unknown[]) => unknown;
      return async (...args: unknown[]) => {
        await clock.sleep(milliseconds);
        return method.apply(target, args);
      };
    },
  });
}
