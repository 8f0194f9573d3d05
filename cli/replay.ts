// `npm run replay`: asks a running instance to ingest failed documents again.
import { Api, checkAccess, instanceOptions } from "./api.ts";
import { readArguments, readSeconds, reasonOf, runCommand, UsageError } from "./command.ts";
import { forEachConcurrently } from "./concurrently.ts";
import { listDocuments } from "./upload.ts";
import { waitForAll } from "./wait.ts";

const HELP = `
Usage: npm run replay -- [options]

Requeues documents that could not be ingested, and waits for them.

  --id <prefix>        only documents whose id begins with this
  --error <text>       only documents whose error contains this
  --pending            also documents that are still pending
  --dry-run            lists the documents and requeues none
  --no-wait            does not wait until the documents are ingested
  --timeout <seconds>  how long to wait for that; default: until it is done. The server goes on by itself
  --url <address>      the instance; default http://localhost:8787
  --key <sk_…>         a secret key with the scope "documents"; default: the variable EDGEWISE_KEY, or on localhost the
                       development key

Exit code: 0 all ingested (with --no-wait: all requeued), 1 something failed, 2 wrong usage, 3 all requeued
and the time of --timeout is over, 130 interrupted.
`;

await runCommand(HELP, async (args) => {
  const { values, positionals } = readArguments(args, {
    id: { type: "string" },
    error: { type: "string" },
    pending: { type: "boolean" },
    "dry-run": { type: "boolean" },
    "no-wait": { type: "boolean" },
    timeout: { type: "string" },
    url: { type: "string" },
    key: { type: "string" },
  });
  if (positionals.length > 0) throw new UsageError("replay takes options only.");
  const { url, key } = instanceOptions(values);
  const timeoutMs = readSeconds(values.timeout, "--timeout");
  const api = new Api({ url, key: key(), tries: 5, timeoutMs: 60_000 });
  await checkAccess(api);
  const listed = [
    ...(await listDocuments(api, "failed")),
    ...(values.pending ? await listDocuments(api, "pending") : []),
  ];
  const chosen = listed.filter(
    ({ external_id, error }) =>
      external_id.startsWith(values.id ?? "") && (error ?? "").includes(values.error ?? ""),
  );
  for (const { external_id, status, error } of chosen)
    console.log(`${external_id}\t${status}\t${error ?? ""}`);
  if (values["dry-run"]) {
    console.error(`Dry run: ${chosen.length} documents would be requeued; none was.`);
    return 0;
  }
  let refused = 0;
  await forEachConcurrently(chosen, 8, async ({ external_id }) => {
    try {
      await api.post(`/v1/documents/${encodeURIComponent(external_id)}/retry`, {});
    } catch (error) {
      refused += 1;
      console.error(`  not requeued: ${external_id}: ${reasonOf(error)}`);
    }
  });
  console.error(`${chosen.length - refused} documents requeued.`);
  if (values["no-wait"] || chosen.length === 0) return refused > 0 ? 1 : 0;
  const waited = await waitForAll(api, chosen, timeoutMs);
  return refused > 0 ? 1 : waited;
});
