import { Api } from "../../cli/api.ts";
import { CommandError } from "../../cli/command.ts";
import type { Document } from "../../cli/document.ts";
import { DEMO_KEYS } from "../../local/config.ts";
import { d1Over, openSqlite } from "../in-process/database.ts";
import { openModels } from "../in-process/embeddings.ts";
import { startInProcess } from "../in-process/instance.ts";
import { ingest } from "../target.ts";
import { nearestReplica, roundTrip, type City } from "./cities.ts";
import {
  distantBindings,
  type DistantBindings,
  type Placement,
  type ServiceTimes,
} from "./distant-bindings.ts";
import { readTurn, type ReadTurn } from "./read-turn.ts";
import { ReplicatedDatabase } from "./replicated-database.ts";
import { TIMED } from "./timed-models.ts";
import { VirtualClock } from "./virtual-clock.ts";
import { ASKS_EACH_TIME } from "../release.ts";

const TIMEOUT_MS = 120_000;

export interface Question {
  visitor: City;
  placement: Placement;
  message: string;
  /** Continues it. */
  conversation?: ReadTurn["conversation"];
  key?: string;
}

/** One turn as its visitor sees it. */
export interface VisitorsTurn extends ReadTurn {
  status: number;
  /** What the turn's session has seen of the database. */
  bookmark: number | undefined;
  /** Earlier answers of the conversation that the chat model was told; undefined if it was not asked. */
  recalled: number | undefined;
}

/** The application with documents, and visitors in other cities. */
export interface World {
  /** An administrator's access beside the primary; it takes no time. */
  api: Api;
  ask(question: Question): Promise<VisitorsTurn>;
  /** Lets time pass. */
  wait(milliseconds: number): Promise<void>;
}

/** @param lag how long a transaction takes to show in a replica, in milliseconds, besides its way there */
export async function openWorld(
  documents: Document[],
  times: ServiceTimes,
  lag: number,
  models: Ai = openModels(),
): Promise<World> {
  const clock = new VirtualClock();
  const database = new ReplicatedDatabase(await openSqlite(), await openSqlite(), clock);
  let placement: Placement | undefined;
  let bindings: DistantBindings | undefined;
  const instance = await startInProcess(
    models,
    { CHAT_MODEL: TIMED, ...ASKS_EACH_TIME },
    {
      database: d1Over(database.atPrimary),
      seenByRequest: (env) => {
        if (!placement) return env;
        bindings = distantBindings(env, database, clock, times, placement);
        return bindings.env;
      },
    },
  );
  const api = new Api({ ...instance, key: DEMO_KEYS.secret, tries: 1, timeoutMs: TIMEOUT_MS });
  const [failure] = await ingest(api, documents, 1);
  if (failure) throw new CommandError(`${failure.id}: ${failure.reason}`);

  const turn = async (question: Question): Promise<VisitorsTurn> => {
    const { visitor, message, conversation, key = DEMO_KEYS.secret } = question;
    const { worker } = question.placement;
    const asked = clock.now;
    // A visitor's request always reaches the data center of their own city; from there it may be forwarded.
    const forwarding = visitor === worker ? 0 : roundTrip(visitor, worker) / 2;
    await clock.sleep(forwarding);
    const response = await instance.fetch(`${instance.url}/v1/chat`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify({ message, ...conversation }),
    });
    const read = await readTurn(response, () => clock.now - asked + forwarding);
    return {
      ...read,
      status: response.status,
      bookmark: bindings?.bookmark(),
      recalled: bindings?.recalled(),
    };
  };

  return {
    api,
    async ask(question) {
      ({ placement } = question);
      const { worker, primary } = question.placement;
      database.lag = lag + roundTrip(nearestReplica(worker), primary) / 2;
      try {
        return await clock.run(() => turn(question));
      } finally {
        placement = undefined;
      }
    },
    wait: (milliseconds) => clock.run(() => clock.sleep(milliseconds)),
  };
}
