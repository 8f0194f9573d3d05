import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { Api } from "../../../cli/api.ts";
import { startInProcess } from "../../../eval/in-process/instance.ts";
import { capacityExceeded } from "../../../local/ai/errors.ts";
import { openModels } from "../../../eval/in-process/embeddings.ts";
import { loadDemo } from "../../../local/dev/demo.ts";

/** How long a load waits where something stays pending. */
const GIVE_UP_MS = 2_000;
/** A passage with this word is not embedded: the model is at its capacity. */
const STUCK = "quagmire";

const article = {
  external_id: "billing/cancel",
  title: "Cancel your subscription",
  content: "To cancel your subscription, open Settings and choose Cancel subscription.",
  content_type: "text/markdown",
};
const stuck = (external_id: string) => ({
  external_id,
  title: "Swamps",
  content: `A ${STUCK} is soft ground.`,
  content_type: "text/markdown",
});

async function startStuckInstance(): Promise<Api> {
  const models = openModels();
  const run = async (model: string, inputs: { text: string[] }): Promise<unknown> => {
    if (!inputs.text.some((text) => text.includes(STUCK)))
      return (models as unknown as { run: typeof run }).run(model, inputs);
    throw capacityExceeded();
  };
  const instance = await startInProcess({ run } as unknown as Ai);
  return new Api({ ...instance, key: "sk_local_demo", tries: 1, timeoutMs: 10_000 });
}

it("loading the demo does not wait for a pending document of the user's own", async () => {
  const api = await startStuckInstance();
  const { external_id, ...document } = stuck("swamps");
  await api.put(`/v1/documents/${external_id}`, document);
  await sleep(500);
  const lines: string[] = [];
  await loadDemo(api, [article], (line) => lines.push(line));
  expect(lines.filter((line) => line.startsWith("Warning"))).toEqual([]);
  const { body } = await api.get("/v1/documents/swamps");
  expect(body).toMatchObject({ vectors: "pending" });
});

it("loading the demo ends with a warning when an article stays pending, and throws nothing", async () => {
  const api = await startStuckInstance();
  const lines: string[] = [];
  await loadDemo(api, [stuck("demo/swamps")], (line) => lines.push(line), GIVE_UP_MS);
  expect(lines.at(-1)).toBe(
    "Warning: 1 of 1 demo articles are still pending. Their ingestion goes on.",
  );
});

it("loading the demo ends with a warning when the instance refuses the articles, and throws nothing", async () => {
  const { url, fetch } = await startInProcess(openModels());
  const stranger = new Api({ url, fetch, key: "sk_wrong", tries: 1, timeoutMs: 10_000 });
  const lines: string[] = [];
  await loadDemo(stranger, [article], (line) => lines.push(line));
  expect(lines.at(-1)).toMatch(/^Warning: the demo articles could not be loaded: 401/);
});
