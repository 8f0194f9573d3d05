import { setTimeout as sleep } from "node:timers/promises";
import type { Api } from "../../cli/api.ts";
import { runCron } from "../../local/dev/cron.ts";
import { BUDGET } from "../../src/runtime/plan-limits.ts";
import { docx, DOCX } from "../../test/support/files.ts";
import { measure, type Measured } from "./measure.ts";

const DOCUMENTS = 20_000;
const FILES = 100;
const FILE_CHARACTERS = 1_000_000;
const PARAGRAPH = 500;
/** The sweeper takes pending work for overdue after a minute. */
const OVERDUE_MS = 61_000;

/**
 * The wake-ups of 20,000 documents are lost, and the cron's next tick finds them. The embedding model is out of capacity meanwhile:
 * measured is the time until keyword search serves all of them.
 */
function lostWakeUps(): Promise<Measured> {
  return measure(
    `${DOCUMENTS} lost wake-ups, until all documents are live`,
    { ...BUDGET, seconds: 600, peakHeapMb: 64 },
    async ({ instance, api }) => {
      await runCron(instance.url);
      await untilLive(api);
    },
    {
      aiErrorRate: 1,
      prepare: async (api) => {
        const lines = Array.from({ length: DOCUMENTS }, (_, n) =>
          JSON.stringify({ external_id: `d${n}`, title: `About ${n}`, content: `Text ${n}.` }),
        );
        await api.postLines("/v1/documents/import", lines.join("\n"));
        await sleep(OVERDUE_MS);
      },
    },
  );
}

/** Until keyword search serves a hundred files of a megabyte of text. workerd also holds the local converter. */
function largeFiles(): Promise<Measured> {
  return measure(
    `${FILES} files of a megabyte of text, until all are live`,
    { ...BUDGET, seconds: 1800, peakHeapMb: 64 },
    async ({ api }) => {
      for (let n = 0; n < FILES; n++) {
        const address = `/v1/documents/file-${n}?title=File+${n}`;
        await api.putFile(address, DOCX, docx(paragraphs(n)));
      }
      await untilLive(api);
    },
  );
}

function paragraphs(file: number): { text: string }[] {
  return Array.from({ length: FILE_CHARACTERS / PARAGRAPH }, (_, n) => ({
    text: `File ${file} says in paragraph ${n} how a garden is looked after. `
      .repeat(10)
      .slice(0, PARAGRAPH),
  }));
}

async function untilLive(api: Api): Promise<void> {
  for (let isPending = true; isPending; await sleep(1000)) {
    const { body } = await api.get<{ documents: unknown[] }>(
      "/v1/documents?status=pending&limit=1",
    );
    isPending = body.documents.length > 0;
  }
}

export const ingestionCases = { "lost-wake-ups": lostWakeUps, "large-files": largeFiles };
