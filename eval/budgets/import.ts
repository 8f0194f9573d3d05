import { CommandError } from "../../cli/command.ts";
import { BUDGET } from "../../src/runtime/plan-limits.ts";
import { measure, type Measured } from "./measure.ts";

const LINES = 20_000;
const BOUND = { ...BUDGET, seconds: 60, peakHeapMb: 64 };

interface Imported {
  accepted: number;
  complete: boolean;
  resume_at_line?: number;
}

/** Imports lines, in several requests if the server says so. Nothing consumes the queue: ingestion has budgets of its own. */
function measureImport(what: string, lineOf: (n: number) => object): Promise<Measured> {
  const lines = Array.from({ length: LINES }, (_, n) => JSON.stringify(lineOf(n)));
  const megabytes = (Buffer.byteLength(lines.join("\n")) / 1e6).toFixed(0);
  return measure(
    `${what} (${megabytes} MB)`,
    BOUND,
    async ({ api }) => {
      for (let next = 0; next < LINES;) {
        const rest = lines.slice(next).join("\n");
        const { body } = await api.postLines<Imported>("/v1/documents/import", rest);
        const { accepted, complete, resume_at_line = 0 } = body;
        if (accepted === 0 || accepted !== (complete ? LINES - next : resume_at_line - 1))
          throw new CommandError(`Not all lines were stored: ${JSON.stringify(body)}`);
        next += accepted;
      }
    },
    { consumers: false },
  );
}

const text = (n: number, words: number): string => `Sentence ${n} about a garden. `.repeat(words);

const line = (id: string, content: string) => ({ external_id: id, title: `About ${id}`, content });

export const importCases = {
  import: () =>
    measureImport("import of 20,000 documents", (n) => line(`document-${n}`, text(n, 30))),
  "import-one-id": () =>
    measureImport("import of one id 20,000 times", (n) => line("same", text(n, 30))),
  "import-two-ids": () =>
    measureImport("import of two ids in turn", (n) => line(`id-${n % 2}`, text(n, 30))),
  "import-largest": () =>
    measureImport("import of as much as a request holds", (n) =>
      line(`document-${n}`, text(n, 165)),
    ),
  "import-unicode": () =>
    measureImport("import of texts in two bytes a character", (n) =>
      line(`document-${n}`, `${"庭の文章。".repeat(60)} ${n}`),
    ),
};
