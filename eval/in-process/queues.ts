import { setTimeout as sleep } from "node:timers/promises";

const BATCH = 10;
const TRIES = 6;
const RETRY_MS = 200;
/** A timer of Node.js may end a millisecond early. A queue never delivers before a message is due, and no cron tick would replace it here. */
const NOT_EARLY_MS = 10;

interface Waiting {
  /** As in the real queue, a message keeps its id when it is delivered again. */
  id: string;
  body: unknown;
  attempts: number;
}

export type Deliver = (queue: string, messages: Message[]) => Promise<void>;

/** A queue that delivers in batches, redelivers after a retry, and moves a message to its dead-letter queue after the last retry. */
export function openQueue(name: string, deliver: Deliver, batchSize = BATCH): Queue {
  const waiting: Waiting[] = [];
  let running = false;

  const deliverBatch = async (queue: string, batch: Waiting[]): Promise<void> => {
    const retried = new Set<Waiting>();
    const messages = batch.map((one) => ({
      id: one.id,
      timestamp: new Date(),
      body: one.body,
      attempts: one.attempts,
      ack: () => void retried.delete(one),
      retry: () => void retried.add(one),
    }));
    await deliver(queue, messages as unknown as Message[]).catch((error: unknown) => {
      console.error(`${queue}: ${String(error)}`);
      for (const one of batch) retried.add(one);
    });
    const again = [...retried].map((one) => ({ ...one, attempts: one.attempts + 1 }));
    const dead = again.filter((one) => one.attempts > TRIES);
    if (dead.length > 0 && !queue.endsWith("-dlq")) await deliverBatch(`${name}-dlq`, dead);
    const living = again.filter((one) => one.attempts <= TRIES);
    if (living.length > 0) {
      await sleep(RETRY_MS);
      waiting.push(...living);
    }
  };
  const drain = async (): Promise<void> => {
    if (running) return;
    running = true;
    while (waiting.length > 0) await deliverBatch(name, waiting.splice(0, batchSize));
    running = false;
  };
  const send = (bodies: unknown[], { delaySeconds = 0 }: QueueSendOptions = {}): void => {
    const deliverNow = (): void => {
      waiting.push(...bodies.map((body) => ({ id: crypto.randomUUID(), body, attempts: 1 })));
      void drain();
    };
    if (delaySeconds === 0) setImmediate(deliverNow);
    else setTimeout(deliverNow, delaySeconds * 1000 + NOT_EARLY_MS).unref();
  };
  return {
    send: async (body: unknown, options?: QueueSendOptions) => send([body], options),
    sendBatch: async (messages: Iterable<{ body: unknown }>, options?: QueueSendBatchOptions) =>
      send(
        Array.from(messages, ({ body }) => body),
        options,
      ),
  } as unknown as Queue;
}
