import { CommandError } from "../../cli/command.ts";

const SAMPLE_MS = 100;

/** Bytes, as V8's inspector counts them: https://chromedevtools.github.io/devtools-protocol/tot/Runtime/#method-getHeapUsage */
interface HeapUsage {
  usedSize: number;
  embedderHeapUsedSize: number;
  backingStorageSize: number;
}

/**
 * Samples the heap of the application's isolate through the inspector of `wrangler dev`: JavaScript objects and array buffers,
 * with garbage that is not collected yet. What workerd holds beside it (the local database, the embedding model) is not in it.
 * @returns a function that ends the sampling and says by how many megabytes the peak exceeded the least sample: an instance that finds
 *   pending work when it starts is not idle at the first one
 */
export async function watchHeap(inspectorPort: number): Promise<() => number> {
  const socket = await connect(inspectorPort);
  let least = Infinity;
  let peak = 0;
  socket.addEventListener("message", ({ data }) => {
    const { result } = JSON.parse(String(data)) as { result?: Partial<HeapUsage> };
    if (result?.usedSize === undefined) return;
    const { usedSize, embedderHeapUsedSize = 0, backingStorageSize = 0 } = result;
    const bytes = usedSize + embedderHeapUsedSize + backingStorageSize;
    least = Math.min(least, bytes);
    peak = Math.max(peak, bytes);
  });
  let id = 0;
  const call = (method: string): void => socket.send(JSON.stringify({ id: ++id, method }));
  const ask = (): void => call("Runtime.getHeapUsage");
  // The garbage of the start is not part of the idle state.
  call("HeapProfiler.collectGarbage");
  ask();
  const sampling = setInterval(ask, SAMPLE_MS);
  return () => {
    clearInterval(sampling);
    socket.close();
    if (least === Infinity) throw new CommandError("The inspector named no size of the heap.");
    return (peak - least) / 1024 ** 2;
  };
}

async function connect(inspectorPort: number): Promise<WebSocket> {
  // Node takes headers, which the DOM's type does not know; the inspector refuses connections without an origin.
  const options = { headers: { origin: "http://localhost" } } as unknown as string[];
  const socket = new WebSocket(`ws://127.0.0.1:${inspectorPort}/ws`, options);
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve, { once: true });
    socket.addEventListener("error", () => reject(new CommandError("No inspector answers.")), {
      once: true,
    });
  });
  return socket;
}
