import { createApp } from "./app.ts";
import type {
  DocumentMessage,
  Env,
  IngestMessage,
  SourceEventMessage,
  TurnRecorded,
} from "./env.ts";
import { consumeEvents } from "./insight/ledger.ts";
import { consumeIngest, consumeIngestDeadLetters } from "./knowledge/consumer.ts";
import { sweep } from "./knowledge/sweeper.ts";
import { createServices, type Services } from "./services.ts";
import { consumeSourceEvents, recordLostEvents } from "./webhooks/consumer.ts";
import { sweepSourceEvents } from "./webhooks/sweeper.ts";

const app = createApp();

type QueueHandler = (batch: MessageBatch, services: Services) => Promise<void>;

/** Queue names end like this in every deployment (`wrangler.toml`); the beginning is the deployment's own. */
const queueHandlers: Record<string, QueueHandler> = {
  "-ingest": async (batch, services) => {
    const { documents, events } = byKind(batch as MessageBatch<IngestMessage>);
    await consumeSourceEvents(events, services);
    await consumeIngest({ messages: documents }, services);
  },
  "-ingest-dlq": async (batch, services) => {
    const { documents, events } = byKind(batch as MessageBatch<IngestMessage>);
    await recordLostEvents(events, services);
    await consumeIngestDeadLetters({ messages: documents }, services);
  },
  "-events": (batch, services) => consumeEvents(batch as MessageBatch<TurnRecorded>, services),
  "-events-dlq": async (batch) => {
    // The message itself is in D1; only its ledger row is missing.
    console.error("ledger: gave up", { messages: batch.messages.map((message) => message.body) });
    batch.ackAll();
  },
};

function byKind({ messages }: MessageBatch<IngestMessage>) {
  const isEvent = (message: Message<IngestMessage>): message is Message<SourceEventMessage> =>
    "event_id" in message.body;
  return {
    events: messages.filter(isEvent),
    documents: messages.filter((message) => !isEvent(message)) as Message<DocumentMessage>[],
  };
}

export default {
  fetch: app.fetch,

  async queue(batch, env, context) {
    const suffix = Object.keys(queueHandlers).find((ending) => batch.queue.endsWith(ending));
    const handle = suffix && queueHandlers[suffix];
    if (!handle) throw new Error(`No handler for queue ${batch.queue}`);
    await handle(batch, createServices(env, context));
  },

  async scheduled(_controller, env, context) {
    const services = createServices(env, context);
    const events = await sweepSourceEvents(services);
    if (events.resent + events.forgotten > 0) console.log("sweeper, source events", events);
    const done = await sweep(services);
    if (done.resent + done.collected > 0) console.log("sweeper", done);
  },
} satisfies ExportedHandler<Env>;
