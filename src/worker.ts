import type { Services } from "./runtime/services.ts";
import type {
  DocumentWakeUp,
  EmbedMessage,
  GenerationWakeUp,
  IngestMessage,
  SourceWakeUp,
  StageWakeUp,
  TurnRecorded,
} from "./runtime/messages.ts";
import { logWork } from "./runtime/log-work.ts";
import { createApp } from "./app.ts";
import type { Env } from "./env.ts";
import { sweepOpenQuestions } from "./conversations/open-questions.ts";
import { consumeEvents, sweepLedger } from "./insight/ledger.ts";
import { consumeRetries, consumeStages, giveUpDocuments } from "./knowledge/ingest/queue.ts";
import { consumeGenerations } from "./knowledge/reindex/step.ts";
import { sweep } from "./knowledge/sweeper.ts";
import { sweepOldRecords } from "./privacy/old-records.ts";
import { sweepRetention } from "./privacy/retention.ts";
import { sweepPlaybooks } from "./playbook/item-vectors.ts";
import { sweepExemplars } from "./releases/exemplar-vectors.ts";
import { createServices } from "./services.ts";
import { consumeSourceWakeUps } from "./webhooks/consumer.ts";
import { sweepSourceEvents } from "./webhooks/sweeper.ts";

const app = createApp();

type QueueHandler = (batch: MessageBatch, services: Services) => Promise<void>;

/** Queue names end like this in every deployment (`wrangler.toml`); the beginning is the deployment's own. */
const queueHandlers: Record<string, QueueHandler> = {
  "-ingest": async (batch, services) => {
    const { messages } = batch as MessageBatch<IngestMessage>;
    await consumeStages(messages.filter(isOfStage), services);
  },
  "-embed": async (batch, services) => {
    const { messages } = batch as MessageBatch<EmbedMessage>;
    await consumeStages(messages.filter(isOfStage), services);
    await consumeGenerations(messages.filter(isOfGeneration), services);
  },
  // A dead letter loses nothing: D1 says which documents and generations are pending, and the sweeper wakes them.
  "-ingest-dlq": async (batch) => batch.ackAll(),
  "-ingest-retry": ({ messages }, services) =>
    consumeRetries(messages as Message<DocumentWakeUp>[], services),
  "-ingest-retry-dlq": ({ messages }, services) =>
    giveUpDocuments(messages as Message<DocumentWakeUp>[], services),
  "-webhooks": ({ messages }, services) =>
    consumeSourceWakeUps(messages as Message<SourceWakeUp>[], services),
  // D1 says which sources are due, too.
  "-webhooks-dlq": async (batch) => batch.ackAll(),
  "-events": (batch, services) => consumeEvents(batch as MessageBatch<TurnRecorded>, services),
  "-events-dlq": async (batch) => {
    // The turn itself is in D1, and a cron tick writes its row.
    console.error("ledger: the queue gave up", {
      messages: batch.messages.map((message) => message.body),
    });
    batch.ackAll();
  },
};

/**
 * What every cron tick looks after. The duties share the budget of one invocation: each gets an equal share of what those before it have
 * left. One whose work has no fixed size asks `calls.hasRoomFor`, and leaves the rest to the next tick.
 */
const duties: Record<string, (services: Services) => Promise<Record<string, number>>> = {
  "source events": sweepSourceEvents,
  knowledge: sweep,
  "open questions": sweepOpenQuestions,
  ledger: sweepLedger,
  retention: sweepRetention,
  "old records": sweepOldRecords,
  exemplars: sweepExemplars,
  playbooks: sweepPlaybooks,
};

function isOfStage(
  message: Message<IngestMessage> | Message<EmbedMessage>,
): message is Message<StageWakeUp> {
  return "stage" in message.body;
}

function isOfGeneration(message: Message<EmbedMessage>): message is Message<GenerationWakeUp> {
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
    const all = Object.entries(duties);
    for (const [index, [name, duty]] of all.entries()) {
      services.calls.allot(all.length - index);
      try {
        const done = await duty(services);
        if (Object.values(done).some((count) => count > 0)) console.log(`cron, ${name}`, done);
      } catch (error) {
        failed.push(error);
      }
    }
    logWork("cron", all.length, services);
    if (failed.length > 0) throw new AggregateError(failed, "A duty of the cron tick failed");
  },
} satisfies ExportedHandler<Env>;
