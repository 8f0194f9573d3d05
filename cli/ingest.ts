// `npm run ingest`: uploads a folder of documents, or a .jsonl file of them, to a running instance.
import path from "node:path";
import { checkDocument, documentBody } from "../src/knowledge/schema.ts";
import { Api, checkAccess, explain, ApiError, readSecretKey, readUrl } from "./api.ts";
import {
  CommandError,
  INTERRUPTED,
  readArguments,
  readCount,
  reasonOf,
  runCommand,
  UsageError,
} from "./command.ts";
import type { Document, ReadDocuments } from "./document.ts";
import { Journal } from "./journal.ts";
import { readDocuments } from "./read-documents.ts";
import {
  listDocuments,
  uploadDocuments,
  waitUntilLearned,
  type Failure,
  type Uploaded,
} from "./upload.ts";

const HELP = `
Usage: npm run ingest -- <folder | file.jsonl> [options]

Uploads documents to a running instance and waits until they are learned. The same content again changes nothing.

  folder       every .md, .markdown, .html, .htm and .txt file below it. The id is the path without extension, white
               space as "-". Markdown may begin with YAML front matter: title, url, language, updated_at, audience.
  file.jsonl   one JSON object a line: _id | id | external_id, text | content, and optionally title, url, language,
               updated_at, audience, content_type, metadata.

  --url <address>      the instance; default http://localhost:8787
  --key <sk_…>         a secret key with the scope "documents"; default: the variable EDGEWISE_KEY, which other
                       users of the machine cannot see, or on localhost the development key
  --concurrency <n>    uploads at a time; default 8
  --dry-run            reads and checks everything, uploads nothing
  --no-resume          does not go on where an interrupted run stopped
  --no-wait            does not wait until the documents are learned

Exit code: 0 all learned (with --no-wait: all stored), 1 something failed, 2 wrong usage.
`;

const JOURNALS = path.resolve(import.meta.dirname, "../.edgewise/ingest");
const DEVELOPMENT_KEY = "sk_local_demo";
const LISTED = 50;

await runCommand(HELP, async (args) => {
  const { source, dryRun, wait, resume, concurrency, url, key } = readOptions(args);
  const secretKey = dryRun ? "" : readSecretKey(key());
  const read = await readDocuments(source);
  report(read);
  if (read.documents.length === 0)
    throw new CommandError(`Nothing to upload in ${path.resolve(source)}.`);
  if (dryRun) return checkOnly(read);

  const api = new Api({ url, key: secretKey, tries: 5, timeoutMs: 60_000 });
  await checkAccess(api);
  const journal = new Journal(JOURNALS, url, secretKey);
  if (!resume) journal.forget();
  const owed = await withoutConfirmed(api, journal, read.documents);

  const stopListening = onInterrupt(() => {
    console.error(
      `\nInterrupted. ${journal.size} documents are confirmed; the same command goes on from there.`,
    );
    process.exit(INTERRUPTED);
  });
  const uploaded = await uploadDocuments(api, owed, {
    concurrency,
    onStored: (document, version) => journal.confirm(document, version),
  });
  stopListening();
  const skipped = read.documents.length - owed.length;
  summarise(uploaded, skipped);
  if (uploaded.gaveUp) {
    const advice = "The same command goes on where this one stopped.";
    throw new CommandError(`Given up. ${uploaded.gaveUp}\n${advice}`);
  }
  const isComplete = uploaded.failed.length === 0;
  if (isComplete) journal.forget();
  const learned = wait ? await waitForAll(api, read.documents) : true;
  return isComplete && learned && read.unreadable.length === 0 ? 0 : 1;
});

function readOptions(args: string[]) {
  const { values, positionals } = readArguments(args, {
    url: { type: "string" },
    key: { type: "string" },
    concurrency: { type: "string" },
    "dry-run": { type: "boolean" },
    "no-resume": { type: "boolean" },
    "no-wait": { type: "boolean" },
  });
  const [source, ...more] = positionals;
  if (!source || more.length > 0) throw new UsageError("Name one folder or .jsonl file.");
  const url = readUrl(values.url ?? "http://localhost:8787");
  return {
    source,
    url,
    key: () => values.key ?? process.env["EDGEWISE_KEY"] ?? developmentKey(url),
    concurrency: readCount(values.concurrency, "--concurrency", 8),
    dryRun: values["dry-run"] ?? false,
    resume: !values["no-resume"],
    wait: !values["no-wait"],
  };
}

function developmentKey(url: string): string {
  if (["localhost", "127.0.0.1", "[::1]"].includes(new URL(url).hostname)) return DEVELOPMENT_KEY;
  throw new UsageError("A key is needed: set EDGEWISE_KEY, or give --key.");
}

function report({ documents, unreadable, notes }: ReadDocuments): void {
  console.error(`${documents.length} documents read.`);
  for (const note of notes) console.error(`  note: ${note}`);
  for (const { source, reason } of unreadable.slice(0, LISTED))
    console.error(`  not read: ${source}: ${reason}`);
  if (unreadable.length > LISTED)
    console.error(`  … and ${unreadable.length - LISTED} more not read`);
}

/** The server's own rules, as far as they need no server. */
function checkOnly({ documents, unreadable }: ReadDocuments): number {
  const refused: Failure[] = [];
  for (const { external_id, ...body } of documents) {
    try {
      const { error, data } = documentBody.safeParse(body);
      if (error)
        throw new Error(
          error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; "),
        );
      checkDocument(data);
      console.log(`${external_id}\t${body.content_type}\t${body.title}`);
    } catch (error) {
      refused.push({ external_id, reason: reasonOf(error) });
    }
  }
  listFailures("would be refused", refused);
  console.error(
    `Dry run: ${documents.length - refused.length} documents would be uploaded; nothing was.`,
  );
  return refused.length + unreadable.length > 0 ? 1 : 0;
}

/** Leaves out what an interrupted run has confirmed, if the server still holds just that version. */
async function withoutConfirmed(
  api: Api,
  journal: Journal,
  documents: Document[],
): Promise<Document[]> {
  if (journal.size === 0) return documents;
  const stored = new Map((await listDocuments(api)).map((listed) => [listed.external_id, listed]));
  const owed = documents.filter((document) => {
    const listed = stored.get(document.external_id);
    return !listed || listed.status === "failed" || listed.version !== journal.versionOf(document);
  });
  const skipped = documents.length - owed.length;
  if (skipped > 0) {
    console.error(
      `Going on where a run stopped: ${skipped} documents are confirmed already (--no-resume sends them again).`,
    );
  }
  return owed;
}

/** True when all of them can be found. */
async function waitForAll(api: Api, documents: Document[]): Promise<boolean> {
  const stopListening = onInterrupt(() => {
    console.error("\nNo longer waiting. What is uploaded is stored and will be learned.");
    process.exit(INTERRUPTED);
  });
  try {
    const { failed, pending } = await waitUntilLearned(api, documents);
    listFailures("not learned", failed);
    if (pending.length > 0) {
      console.log(
        `${pending.length} documents are still pending after ten minutes without progress, such as ${pending[0]}.`,
      );
    }
    return failed.length + pending.length === 0;
  } catch (error) {
    if (error instanceof ApiError)
      throw new CommandError(`No longer waiting. ${explain(api.url, error)}`);
    throw error;
  } finally {
    stopListening();
  }
}

function summarise({ created, changed, unchanged, failed }: Uploaded, skipped: number): void {
  const confirmed = skipped > 0 ? `, ${skipped} confirmed by an earlier run` : "";
  console.log(
    `${created} created, ${changed} changed, ${unchanged} unchanged, ${failed.length} failed${confirmed}.`,
  );
  listFailures("failed", failed);
}

function listFailures(what: string, failures: Failure[]): void {
  for (const { external_id, reason } of failures.slice(0, LISTED))
    console.log(`  ${what}: ${external_id}: ${reason}`);
  if (failures.length > LISTED) console.log(`  … and ${failures.length - LISTED} more`);
}

/** Answers how to stop listening. */
function onInterrupt(handle: () => void): () => void {
  process.once("SIGINT", handle);
  process.once("SIGTERM", handle);
  return () => {
    process.removeListener("SIGINT", handle);
    process.removeListener("SIGTERM", handle);
  };
}
