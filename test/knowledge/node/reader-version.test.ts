import { createHash } from "node:crypto";
import { readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { toMarkdown } from "../../../local/ai/to-markdown.ts";
import { cleanConverted } from "../../../src/knowledge/formats/converted.ts";
import { normalise } from "../../../src/knowledge/formats/normalise.ts";
import { READER_VERSION } from "../../../src/knowledge/formats/reader-version.ts";
import { chunkMarkdown } from "../../../src/knowledge/ingest/chunk.ts";
import { indexTerms } from "../../../src/language/index-terms.ts";

const ROOT = path.join(import.meta.dirname, "../../..");
const GOLDEN = path.join(import.meta.dirname, "reader-version.json");
const FOLDERS = ["demo/articles", "test/knowledge/fidelity"];
const TYPES: Record<string, string> = {
  ".md": "text/markdown",
  ".html": "text/html",
  ".txt": "text/plain",
  ".csv": "text/csv",
  ".json": "application/json",
  ".pdf": "application/pdf",
};
/** Files of the cases that are no documents. */
const NOT_READ = /^(?:case|site)\.json$|^README\.md$/;

/** Words whose spellings the keyword index brings together, each by another rule. */
const WORDS =
  "Größe Häuser E-12 wi-fi O’Brien max\\_retries 10,000 1.5 0800 123 456 ½ ﬁrm Ｅ１２ İade ışık Łódź Đorđe ΛΟΓΑΡΙΑΣΜΌΣ ёлка заказы м’ята إلغـــاء الآلة می‌توان ۲۴۵۰ הַזְמָנָה ज़रूरत हिन्दी ﾊﾟｽ めがね ปั๊ม 비밀번호";

/** What the reader of a version makes of files: the hash of the chunks of each. */
interface Golden {
  reader_version: number;
  /** The keywords of {@link WORDS}. */
  keywords: string;
  files: Record<string, string>;
}

async function read(): Promise<Golden["files"]> {
  const files: Golden["files"] = {};
  for (const folder of FOLDERS) {
    const names = await readdir(path.join(ROOT, folder), { recursive: true });
    for (const name of names.toSorted()) {
      const type = TYPES[path.extname(name)];
      if (!type || NOT_READ.test(path.basename(name)) || name.startsWith("held-out")) continue;
      const bytes = await readFile(path.join(ROOT, folder, name));
      files[`${folder}/${name}`] = await hashOf(type, new Uint8Array(bytes));
    }
  }
  return files;
}

async function hashOf(type: string, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const chunks = await chunksOf(type, bytes).catch((error: unknown) => String(error));
  return createHash("sha256").update(JSON.stringify(chunks)).digest("hex").slice(0, 16);
}

async function chunksOf(type: string, bytes: Uint8Array<ArrayBuffer>): Promise<object[]> {
  if (type !== "application/pdf")
    return chunkMarkdown("Title", normalise(new TextDecoder().decode(bytes), type));
  const answer = await toMarkdown({ name: "document.pdf", blob: new Blob([bytes]) });
  if (answer.format === "error") throw new Error(answer.error);
  return chunkMarkdown("Title", cleanConverted("document.pdf", answer.data));
}

/**
 * Documents that are already stored are read anew only when READER_VERSION is raised. The version of a release is compared with the file of
 * that release: one version may hold many changes until it is released.
 */
it("a change of what the reader makes of a file, or of keywords, comes with a new version of the reader", async () => {
  const keywords = JSON.stringify([null, "de"].map((language) => indexTerms(WORDS, language)));
  const now: Golden = { reader_version: READER_VERSION, keywords, files: await read() };
  if (process.env["WRITE_READER_GOLDEN"]) {
    await writeFile(GOLDEN, `${JSON.stringify(now, null, 2)}\n`);
    return;
  }
  const golden = JSON.parse(await readFile(GOLDEN, "utf8")) as Golden;
  const changed = Object.keys(golden.files).filter(
    (name) => name in now.files && now.files[name] !== golden.files[name],
  );
  const hint =
    "The reader makes something else of these files, or of keywords. If a release has the present READER_VERSION (src/knowledge/formats/reader-version.ts), raise it, " +
    "so that stored documents are read anew. Then run this test with WRITE_READER_GOLDEN=1.";
  expect(changed, hint).toEqual([]);
  expect(now.keywords, hint).toBe(golden.keywords);
  expect(golden.reader_version, "Run this test with WRITE_READER_GOLDEN=1.").toBe(READER_VERSION);
});
