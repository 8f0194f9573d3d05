import path from "node:path";
import { instanceOptions, readUrl } from "./api.ts";
import { readArguments, readCount, readSeconds, UsageError } from "./command.ts";
import type { FolderOptions } from "./documents-from-folder.ts";
import { documentsFromSitemap, type Politeness } from "./documents-from-sitemap.ts";
import { readDocuments, type ReadSource } from "./read-documents.ts";

/** The options of `npm run ingest`. */
export function readIngestOptions(args: string[]) {
  const { values, positionals } = readArguments(args, {
    sitemap: { type: "string" },
    "base-url": { type: "string" },
    "url-suffix": { type: "string" },
    "restricted-audience": { type: "string" },
    "id-prefix": { type: "string" },
    "take-over": { type: "boolean" },
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
    throw new UsageError("Name one folder or file, or a --sitemap.");
  if (place !== undefined && /^https?:\/\//i.test(place))
    throw new UsageError(
      `${place} is an address. For a site's pages give --sitemap <address of its sitemap.xml>.`,
    );
  if (values.yes && !values.prune) throw new UsageError("--yes goes with --prune.");
  if (values.scope !== undefined && !/^\S{1,200}$/.test(values.scope))
    throw new UsageError("--scope takes up to 200 characters without white space.");
  if (/\s/.test(values["id-prefix"] ?? ""))
    throw new UsageError("--id-prefix takes a text without white space.");
  const concurrency = readCount(values.concurrency, "--concurrency", 4);
  const politeness = { concurrency, pauseMs: readCount(values.pause, "--pause", 200, 0) };
  const sitemap = values.sitemap && readAddress(values.sitemap, "--sitemap");
  if (sitemap && values["base-url"] !== undefined)
    throw new UsageError("--base-url goes with a folder: pages have addresses.");
  const folder: FolderOptions = {
    baseUrl: values["base-url"] && readAddress(values["base-url"], "--base-url"),
    urlSuffix: readSuffix(values["url-suffix"]),
    restrictedAudience: values["restricted-audience"],
  };
  return {
    ...instanceOptions(values),
    source: sitemap || path.resolve(place ?? ""),
    folder,
    read: (): Promise<ReadSource> =>
      sitemap ? readSite(sitemap, politeness) : readDocuments(place ?? "", folder),
    prune: values.prune ?? false,
    yes: values.yes ?? false,
    scope: values.scope,
    idPrefix: values["id-prefix"] ?? "",
    takeOver: values["take-over"] ?? false,
    concurrency,
    /** Whether the instance is named, so that a dry run can ask it. */
    namesInstance: values.url !== undefined || values.key !== undefined,
    dryRun: values["dry-run"] ?? false,
    wait: !values["no-wait"],
    timeoutMs: readSeconds(values.timeout, "--timeout"),
  };
}

/** An address of a site. Unlike an instance's, it may end in a slash and have parameters. */
function readAddress(address: string, option: string): string {
  readUrl(address, option);
  return new URL(address).href;
}

function readSuffix(suffix: string | undefined): FolderOptions["urlSuffix"] {
  if (suffix === undefined || suffix === "" || suffix === "/" || suffix === ".html") return suffix;
  throw new UsageError(`--url-suffix takes "/", ".html" or "", not "${suffix}".`);
}

async function readSite(sitemap: string, politeness: Politeness): Promise<ReadSource> {
  const { host, pathname } = new URL(sitemap);
  const read = await documentsFromSitemap(sitemap, politeness);
  return { ...read, scope: `sitemap:${host}${pathname}` };
}
