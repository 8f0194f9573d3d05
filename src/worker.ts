import type { Services } from "./runtime/services.ts";
import type {
  DocumentWakeUp,
  GenerationWakeUp,
  IngestMessage,
  SourceEventWakeUp,
  TurnRecorded,
} from "./runtime/messages.ts";
import { createApp } from "./app.ts";
import type { Env } from "./env.ts";
import { consumeEvents } from "./insight/ledger.ts";
import { consumeDocuments, consumeRetries, giveUpDocuments } from "./knowledge/ingest/queue.ts";
import { consumeGenerations } from "./knowledge/reindex/step.ts";
import { sweep } from "./knowledge/sweeper.ts";
import { sweepRetention } from "./privacy/retention.ts";
import { createServices } from "./services.ts";
import { consumeSourceEvents, recordLostEvents } from "./webhooks/consumer.ts";
import { sweepSourceEvents } from "./webhooks/sweeper.ts";

const app = createApp();

type QueueHandler = (batch: MessageBatch, services: Services) => Promise<void>;

/** Queue names end like this in every deployment (`wrangler.toml`); the beginning is the deployment's own. */
const queueHandlers: Record<string, QueueHandler> = {
  "-ingest": async (batch, services) => {
    const { messages } = batch as MessageBatch<IngestMessage>;
    await consumeSourceEvents(messages.filter(isOfEvent), services);
    await consumeDocuments(messages.filter(isOfDocument), services);
    await consumeGenerations(messages.filter(isOfGeneration), services);
  },
  "-ingest-dlq": async (batch, services) => {
    const { messages } = batch as MessageBatch<IngestMessage>;
    await recordLostEvents(messages.filter(isOfEvent), services);
    // Of documents and generations D1 says what is pending: the sweeper wakes them.
    batch.ackAll();
  },
  "-ingest-retry": ({ messages }, services) =>
    consumeRetries(messages as Message<DocumentWakeUp>[], services),
  "-ingest-retry-dlq": ({ messages }, services) =>
    giveUpDocuments(messages as Message<DocumentWakeUp>[], services),
  "-events": (batch, services) => consumeEvents(batch as MessageBatch<TurnRecorded>, services),
  "-events-dlq": async (batch) => {
    // The message itself is in D1; only its ledger row is missing.
    console.error("ledger: gave up", { messages: batch.messages.map((message) => message.body) });
    batch.ackAll();
  },
};

/** What every cron tick looks after. */
const duties: Record<string, (services: Services) => Promise<Record<string, number>>> = {
  "source events": sweepSourceEvents,
  knowledge: sweep,
  retention: sweepRetention,
};

/** What a unit of background work took, as one line of JSON that a log can be searched and added up by. */
function logWork(work: string, items: number, { calls }: Services): void {
  const { d1, ai, vectorize } = calls.report();
  const entry = { work, items, d1, d1_statements: calls.statements, ai, vectorize };
  console.log(JSON.stringify(entry));
}

function isOfEvent(message: Message<IngestMessage>): message is Message<SourceEventWakeUp> {
  return "event_id" in message.body;
}

function isOfDocument(message: Message<IngestMessage>): message is Message<DocumentWakeUp> {
  return "document_id" in message.body;
}

function isOfGeneration(message: Message<IngestMessage>): message is Message<GenerationWakeUp> {
  return "generation" in message.body;
}

export default {
  fetch: app.fetch,

  async queue(batch, env, context) {
    const suffix = Object.keys(queueHandlers).find((ending) => batch.queue.endsWith(ending));
    const handle = suffix && queueHandlers[suffix];
    if (!handle) throw new Error(`No handler for queue ${batch.queue}`);
    const services = createServices(env, context);
    await handle(batch, services);
    logWork(`queue${suffix}`, batch.messages.length, services);
  },

  /** Each duty has its turn, whatever becomes of the others. */
  async scheduled(_controller, env, context) {
    const services = createServices(env, context);
    const failed: unknown[] = [];
    for (const [name, duty] of Object.entries(duties)) {
      try {
        const done = await duty(services);
        if (Object.values(done).some((count) => count > 0)) console.log(`cron, ${name}`, done);
      } catch (error) {
        failed.push(error);
      }
    }
    if (failed.length > 0) throw new AggregateError(failed, "A duty of the cron tick failed");
  },
} satisfies ExportedHandler<Env>;
