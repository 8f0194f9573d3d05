import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { embedsWith, ingestDemo } from "../../../eval/in-process/demo.ts";
import { loadMiniLm } from "../../../eval/in-process/embeddings.ts";
import { embeddingKey } from "../../../local/ai/embedding-cache.ts";
import { readPrecomputed, writePrecomputed } from "../../../local/ai/precomputed.ts";
import { ROOT } from "../../../local/dev/root.ts";

const STALE = "demo/embeddings.bin is out of date: run npm run demo:embeddings";

it("the kept embeddings are those of the demo's passages and of the start's question, and the model's own", async () => {
  const file = await readFile(path.join(ROOT, "demo/embeddings.bin"));
  const kept = readPrecomputed(file);
  const asked = new Map<string, string>();
  const fromFile = embedsWith(async (model, texts) =>
    Promise.all(
      texts.map(async (text) => {
        const key = await embeddingKey(model, text);
        asked.set(key, text);
        // A missing one is reported below.
        return Array.from(kept.get(key) ?? new Float32Array(384).fill(1));
      }),
    ),
  );
  await ingestDemo(fromFile);
  const missing = [...asked].filter(([key]) => !kept.has(key)).map(([, text]) => text);
  const unused = [...kept.keys()].filter((key) => !asked.has(key));
  expect({ missing, unused }, STALE).toEqual({ missing: [], unused: [] });
  expect(file.equals(writePrecomputed(kept))).toBe(true);

  const embed = loadMiniLm();
  for (const [key, text] of [...asked].toSorted().slice(0, 3)) {
    const computed = embed(text);
    const cosine = kept.get(key)?.reduce((sum, value, at) => sum + value * (computed[at] ?? 0), 0);
    expect(cosine, STALE).toBeCloseTo(1, 3);
  }
});

it("a damaged file of embeddings is refused", () => {
  expect(() => readPrecomputed(new Uint8Array(801))).toThrow(/npm run demo:embeddings/);
});
