// `npm run ingest`: uploads a folder of documents, a .jsonl file of them, or a site's pages, to a running instance.
import path from "node:path";
import { checkDocument, documentBody } from "../src/knowledge/accept/schema.ts";
import { Api, checkAccess, instanceOptions, readUrl } from "./api.ts";
import {
  CommandError,
  INTERRUPTED,
  onInterrupt,
  readArguments,
  readCount,
  readSeconds,
  reasonOf,
  runCommand,
  UsageError,
} from "./command.ts";
import type { ReadDocuments } from "./document.ts";
import { documentsFromSitemap } from "./documents-from-sitemap.ts";
import { confirmPrune, deleteDocuments, findGone, withScope } from "./prune.ts";
import { readDocuments, type ReadSource } from "./read-documents.ts";
import { LISTED, listFailures, uploadDocuments, type Failure, type Uploaded } from "./upload.ts";
import { waitForAll } from "./wait.ts";

const HELP = `
Usage: npm run ingest -- <folder | file.jsonl | --sitemap <address>> [options]

Uploads documents to a running instance and waits until they are ingested. Uploading the same content again changes
nothing.

  folder       every .md, .markdown, .mdx, .rst, .adoc, .html, .htm, .txt and .csv file below it (a .csv lists questions and
               answers), and .pdf, .docx, .xlsx, .pptx, .odt and other files that the instance converts. The id is
               the path without extension, with white space replaced by "-". Markdown may begin with front matter (YAML, TOML or JSON): title, url, language, updated_at, audience.
               In a git checkout only files that git tracks are read; updated_at is the time of the last commit.
  file.jsonl   one JSON object a line: _id | id | external_id, text | content, and optionally title, url, language,
               updated_at, audience, content_type, metadata.
  --sitemap    the pages that a site's sitemap.xml (or index of sitemaps, also as .gz) lists. They are fetched from
               this machine; pages of other hosts are skipped. The id is the page's path.

  --prune              afterwards deletes documents that were uploaded from this source and are no longer in it;
                       asks first
  --yes                with --prune: deletes without asking
  --scope <name>       the name of this source; default: the repository, the folder or the sitemap. Two machines that
                       upload the same folder need the same name, so that --prune on one deletes what the other uploaded
  --url <address>      the instance; default http://localhost:8787
  --key <sk_…>         a secret key with the scope "documents"; default: the variable EDGEWISE_KEY, which other
                       users of the machine cannot see, or on localhost the development key
  --concurrency <n>    concurrent requests; default 4
  --pause <ms>         least time between two requests to the site; default 200
  --dry-run            reads and checks everything, uploads and deletes nothing
  --no-wait            does not wait until the documents are ingested
  --timeout <seconds>  how long to wait for that; default: until it is done. The server goes on by itself

Exit code: 0 all ingested (with --no-wait: all stored), 1 something failed, 2 wrong usage, 3 all stored and the time of
--timeout is over, 130 interrupted.
`;

await runCommand(HELP, async (args) => {
  const options = readOptions(args);
  const { dryRun, wait, concurrency, url } = options;
  const key = dryRun ? "" : options.key();
  const source = await options.read();
  const scope = options.scope ?? source.scope;
  const read = withScope(source, scope);
  report(read);
  if (read.documents.length === 0)
    throw new CommandError(`Nothing to upload in ${options.source}.`);
  if (dryRun) return checkOnly(read);

  const api = new Api({ url, key, tries: 5, timeoutMs: 60_000 });
  await checkAccess(api);
  const stopListening = onInterrupt(() => {
    console.error(
      "\nInterrupted. The uploaded documents are stored; the same command uploads the rest.",
    );
    process.exit(INTERRUPTED);
  });
  const uploaded = await uploadDocuments(api, read.documents, { concurrency });
  stopListening();
  summarise(uploaded);
  if (uploaded.gaveUp) {
    throw new CommandError(`Gave up. ${uploaded.gaveUp}\nThe same command uploads the rest.`);
  }
  const isPruned = options.prune ? await prune(api, read, scope, options.yes) : true;
  const waited = wait ? await waitForAll(api, read.documents, options.timeoutMs) : 0;
  const isComplete = uploaded.failed.length === 0 && read.unreadable.length === 0;
  return isComplete && isPruned ? waited : 1;
});

function readOptions(args: string[]) {
  const { values, positionals } = readArguments(args, {
    sitemap: { type: "string" },
    prune: { type: "boolean" },
    yes: { type: "boolean" },
    scope: { type: "string" },
    url: { type: "string" },
    key: { type: "string" },
    concurrency: { type: "string" },
    pause: { type: "string" },
    "dry-run": { type: "boolean" },
    "no-wait": { type: "boolean" },
    timeout: { type: "string" },
  });
  const [place, ...more] = positionals;
  const isOneSource = (place === undefined) !== (values.sitemap === undefined);
  if (!isOneSource || more.length > 0)
    throw new UsageError("Name one folder or .jsonl file, or a --sitemap.");
  if (values.yes && !values.prune) throw new UsageError("--yes goes with --prune.");
  if (values.scope !== undefined && !/^\S{1,200}$/.test(values.scope))
    throw new UsageError("--scope takes up to 200 characters without white space.");
  const concurrency = readCount(values.concurrency, "--concurrency", 4);
  const pauseMs = readCount(values.pause, "--pause", 200, 0);
  const sitemap = values.sitemap && readAddress(values.sitemap);
  return {
    ...instanceOptions(values),
    source: sitemap || path.resolve(place ?? ""),
    read: (): Promise<ReadSource> =>
      sitemap ? readSite(sitemap, { concurrency, pauseMs }) : readDocuments(place ?? ""),
    prune: values.prune ?? false,
    yes: values.yes ?? false,
    scope: values.scope,
    concurrency,
    dryRun: values["dry-run"] ?? false,
    wait: !values["no-wait"],
    timeoutMs: readSeconds(values.timeout, "--timeout"),
  };
}

/** A sitemap's address. Unlike an instance's, it may end in a slash and have parameters. */
function readAddress(sitemap: string): string {
  readUrl(sitemap);
  return new URL(sitemap).href;
}

async function readSite(
  sitemap: string,
  politeness: Parameters<typeof documentsFromSitemap>[1],
): Promise<ReadSource> {
  const { host, pathname } = new URL(sitemap);
  const read = await documentsFromSitemap(sitemap, politeness);
  return { ...read, scope: `sitemap:${host}${pathname}` };
}

/** False if a document that should be deleted could not be. */
async function prune(api: Api, read: ReadDocuments, scope: string, yes: boolean): Promise<boolean> {
  const gone = await findGone(api, read, scope);
  if (gone.length === 0) {
    console.error(`Nothing to prune: all documents of ${scope} are still there.`);
    return true;
  }
  if (!yes && !(await confirmPrune(gone, scope))) return false;
  const failed = await deleteDocuments(api, gone);
  console.log(`${gone.length - failed.length} deleted.`);
  listFailures("not deleted", failed);
  return failed.length === 0;
}

function report({ documents, unreadable, notes }: ReadDocuments): void {
  console.error(`${documents.length} documents read.`);
  for (const note of notes) console.error(`  note: ${note}`);
  for (const { source, reason } of unreadable.slice(0, LISTED))
    console.error(`  not read: ${source}: ${reason}`);
  if (unreadable.length > LISTED)
    console.error(`  … and ${unreadable.length - LISTED} more not read`);
}

/** Checks documents by the server's own rules, as far as that is possible without a server. */
function checkOnly({ documents, unreadable }: ReadDocuments): number {
  const refused: Failure[] = [];
  for (const { external_id, file, ...body } of documents) {
    try {
      if (file) {
        console.log(`${external_id}\t${body.content_type}\t${body.title}`);
        continue;
      }
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
    `Dry run: ${documents.length - refused.length} documents would be uploaded; none was.`,
  );
  return refused.length + unreadable.length > 0 ? 1 : 0;
}

function summarise({ created, changed, unchanged, stale, failed }: Uploaded): void {
  const older = stale > 0 ? `, ${stale} older than what is stored` : "";
  console.log(
    `${created} created, ${changed} changed, ${unchanged} unchanged, ${failed.length} failed${older}.`,
  );
  listFailures("failed", failed);
}
