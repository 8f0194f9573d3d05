// `npm run ingest`: uploads a folder of documents, a file of them, or a site's pages, to a running instance.
import { checkDocument, documentBody } from "../src/knowledge/accept/schema.ts";
import { checkFile, fileType } from "../src/knowledge/formats/file-types.ts";
import { normalise } from "../src/knowledge/formats/normalise.ts";
import { Api, checkAccess } from "./api.ts";
import {
  CommandError,
  counted,
  INTERRUPTED,
  onInterrupt,
  printable,
  reasonOf,
  runCommand,
} from "./command.ts";
import type { Document, ReadDocuments, Unreadable } from "./document.ts";
import { covers } from "./exports/help-centre.ts";
import { keepIds } from "./document-ids.ts";
import { readIngestOptions } from "./ingest-options.ts";
import {
  confirmPrune,
  deleteDocuments,
  FILE_FIELD,
  findGone,
  listGone,
  refuseForeign,
  SCOPE_FIELD,
  withScope,
} from "./prune.ts";
import {
  listDocuments,
  LISTED,
  listFailures,
  uploadDocuments,
  type Failure,
  type ListedDocument,
  type Uploaded,
} from "./upload.ts";
import { noteOnLinks } from "./linked-hosts.ts";
import { waitForAll } from "./wait.ts";

const HELP = `
Usage: npm run ingest -- <folder | file | --sitemap <address>> [options]

Uploads documents to a running instance and waits until they are ingested. Uploading the same content again changes
nothing.

  folder       every .md, .markdown, .mdx, .rst, .adoc, .html, .txt, .ipynb, .epub, .pptx, .ods and .odp file below it, .csv
               and .tsv (lists of questions and answers, or tables), and .pdf, .docx, .xlsx, .odt and other files that the
               instance converts. The id is the path without extension, with white space replaced by "-"; of files that differ in their extension only,
               all but the first keep it. Markdown may begin with front matter (YAML, TOML or JSON): title, url, permalink, slug, language (lang,
               locale), updated_at (lastmod), valid_from (publishDate), valid_until (expiryDate), audience, draft. Markdown files of the folder that a page includes are read in its
               text. In a git checkout only files that git tracks are read;
               updated_at is the time of the last commit.
  file         one such file, a .zip of a folder, or
    .json      what a help centre exports (Zendesk, Intercom, Freshdesk, Help Scout), or a list of questions and answers.
               Drafts are left out; articles that only some may read are refused without --restricted-audience.
    .jsonl     one JSON object a line: _id | id | external_id, text | content, and optionally title, url, language,
               updated_at, valid_from, valid_until, audience, content_type, metadata.
  --sitemap    the pages that a site's sitemap.xml (or index of sitemaps, also as .gz) lists. They are fetched from
               this machine, as far as robots.txt allows it; pages of other sites are skipped. The id is the page's path.

  --base-url <address>  where the folder is published: the address of each document is made of it and the path, as the site's
                       generator does (Docusaurus, Hugo, Jekyll, MkDocs …). --dry-run shows the addresses. Of a Docusaurus
                       site's folder, and of a folder in it, it may also be the site's address: docusaurus.config.* says
                       which paths are below it (baseUrl, routeBasePath)
  --url-suffix <end>   what these addresses end in: "/", ".html" or "" for nothing
  --restricted-audience <name>  the audience of an export's articles that only some may read
  --id-prefix <text>   stands in front of every id, such as "shop/", so that two sources may have files of the same name
  --take-over          overwrites documents that were uploaded from another source
  --prune              afterwards deletes documents that were uploaded from this source and are no longer in it;
                       asks first
  --yes                with --prune: deletes without asking
  --scope <name>       the name of this source; default: the repository, the folder or the sitemap; of an export, the
                       help centre that its articles name, with the language and section if it holds one. Two machines that
                       upload the same folder need the same name, so that --prune on one deletes what the other uploaded
  --url <address>      the instance; default http://localhost:8787
  --key <sk_…>         a secret key with the scope "documents"; default: the variable EDGEWISE_KEY, which other
                       users of the machine cannot see, or on localhost the development key
  --concurrency <n>    concurrent requests; default 4
  --pause <ms>         least time between two requests to the site; default 200
  --dry-run            reads and checks everything, uploads and deletes nothing. With --url or --key it also asks the instance
                       which documents are another source's; with --prune, which needs the key, what would be deleted
  --no-wait            does not wait until the documents are ingested
  --timeout <seconds>  how long to wait for that; default: until it is done. The server goes on by itself

Exit code: 0 all ingested (with --no-wait: all stored), 1 something failed, 2 wrong usage, 3 all stored and the time of
--timeout is over, 130 interrupted.
`;

await runCommand(HELP, async (args) => {
  const options = readIngestOptions(args);
  const { dryRun, wait, concurrency, url } = options;
  // Without an instance a dry run still says what is read.
  const asks = !dryRun || options.prune || options.namesInstance;
  const key = asks ? options.key() : "";
  const source = await options.read();
  const scope = options.scope ?? source.scope;
  const read = withScope(withPrefix(source, options.idPrefix), scope);
  report(read);
  if (read.documents.length === 0)
    throw new CommandError(`Nothing to upload in ${options.source}.`);
  const refused = dryRun ? await checkOnly(read) : 0;
  if (!asks) {
    console.error(
      "With --url and a key it also says what is another source's, and with --prune what would be deleted.",
    );
    return refused;
  }

  const api = new Api({ url, key, tries: 5, timeoutMs: 60_000 });
  await checkAccess(api);
  const stored = (await listDocuments(api)).map((document) =>
    withNewScope(document, source.formerScope, scope),
  );
  read.documents = keepIds(read.documents, fileOf(stored, scope));
  if (dryRun) return Math.max(refused, checkAgainst(read, stored, scope, options));
  if (!options.takeOver) refuseForeign(read, stored, scope);
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
  const isPruned = options.prune ? await prune(api, read, stored, scope, options.yes) : true;
  const waited = wait ? await waitForAll(api, read.documents, options.timeoutMs) : 0;
  const isComplete = uploaded.failed.length === 0 && read.unreadable.length === 0;
  return isComplete && isPruned ? waited : 1;
});

/** What a run would refuse and delete. @returns the exit code */
function checkAgainst(
  read: ReadDocuments,
  stored: ListedDocument[],
  scope: string,
  { takeOver, prune }: { takeOver: boolean; prune: boolean },
): number {
  let code = 0;
  const attempt = (check: () => void): void => {
    try {
      check();
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      console.error(error.message.split("\n").map(printable).join("\n"));
      code = 1;
    }
  };
  if (!takeOver) attempt(() => refuseForeign(read, stored, scope));
  if (prune)
    attempt(() => {
      const gone = findGone(read, stored, scope);
      if (gone.length > 0) listGone(gone, scope);
      console.error(`Dry run: ${counted(gone.length, "document")} would be deleted; none was.`);
    });
  return code;
}

/** Documents that were uploaded under the source's former name belong to it. */
function withNewScope(
  document: ListedDocument,
  formerScope: string | undefined,
  scope: string,
): ListedDocument {
  if (formerScope === undefined || document.metadata[SCOPE_FIELD] !== formerScope) return document;
  return { ...document, metadata: { ...document.metadata, [SCOPE_FIELD]: scope } };
}

/** False if a document that should be deleted could not be. */
async function prune(
  api: Api,
  read: ReadDocuments,
  stored: ListedDocument[],
  scope: string,
  yes: boolean,
): Promise<boolean> {
  const gone = findGone(read, stored, scope);
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

/** From which file of this source the instance has a document. */
function fileOf(stored: ListedDocument[], scope: string): (id: string) => string | undefined {
  const own = stored.filter(({ metadata }) => covers(scope, metadata[SCOPE_FIELD]));
  const files = new Map(
    own.map(({ external_id, metadata }) => [external_id, metadata[FILE_FIELD]]),
  );
  return (id) => {
    const file = files.get(id);
    return typeof file === "string" ? file : undefined;
  };
}

function withPrefix<T extends ReadDocuments>(read: T, prefix: string): T {
  const documents = read.documents.map((document) => ({
    ...document,
    external_id: `${prefix}${document.external_id}`,
  }));
  return prefix ? { ...read, documents } : read;
}

function report({ documents, unreadable, skipped = [], notes, doubts = [] }: ReadDocuments): void {
  console.error(`${counted(documents.length, "document")} read.`);
  const all = [...doubts, ...notes, ...noteOnLinks(documents)];
  for (const note of all.slice(0, LISTED)) console.error(printable(`  note: ${note}`));
  if (all.length > LISTED) console.error(`  … and ${all.length - LISTED} more notes`);
  const list = (what: string, sources: Unreadable[]): void => {
    for (const { source, reason } of sources)
      console.error(printable(`  ${what}: ${source}: ${reason}`));
  };
  list("left out", skipped);
  list("not read", unreadable);
}

/** Checks documents by the server's own rules, as far as that is possible without a server. */
async function checkOnly({ documents, unreadable }: ReadDocuments): Promise<number> {
  const refused: Failure[] = [];
  for (const document of documents) {
    const { external_id } = document;
    try {
      const type = document.file && fileType(document.content_type);
      if (document.file && type) await checkFile(document.file, type);
      else checkText(document);
      console.log(
        [external_id, document.content_type, document.title, document.url ?? "no url"]
          .map(printable)
          .join("\t"),
      );
    } catch (error) {
      refused.push({ external_id, reason: reasonOf(error) });
    }
  }
  listFailures("would be refused", refused);
  const withUrl = documents.filter((document) => document.url !== undefined).length;
  console.error(
    `Dry run: ${counted(documents.length - refused.length, "document")} would be uploaded, ${withUrl} with an address; none was.`,
  );
  return refused.length + unreadable.length > 0 ? 1 : 0;
}

function checkText({ external_id: _id, file: _file, source: _source, ...body }: Document): void {
  const { error, data } = documentBody.safeParse(body);
  if (error)
    throw new Error(
      error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; "),
    );
  const { content, content_type } = checkDocument(data);
  normalise(content, content_type);
}

function summarise({ created, changed, unchanged, stale, failed }: Uploaded): void {
  const older = stale > 0 ? `, ${stale} older than what is stored` : "";
  console.log(
    `${created} created, ${changed} changed, ${unchanged} unchanged, ${failed.length} failed${older}.`,
  );
  listFailures("failed", failed);
}
