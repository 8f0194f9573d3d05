import type { WorkspaceParameter } from "../runtime/workspace-parameter.ts";

/** More hosts of documents are not looked up. A company has few. */
const MAX_HOSTS = 50;

/** The host of a document's address, with its port. The expression and the condition are those of the index `documents_by_host`. */
const HOST = `substr(served_url, instr(served_url, '://') + 3, instr(substr(served_url, instr(served_url, '://') + 3) || '/', '/') - 1)`;
const IS_OWN = `served_url IS NOT NULL AND audience = '[]' AND served_audience = '[]' AND status <> 'deleted' AND live_version >= shown_from
  AND metadata ->> 'source' IS NULL`;

/**
 * The statement that reads where a workspace is on the web, as its owner says it: the hosts of documents that were uploaded with a key and
 * that everybody may see, the address templates of its CMSs, and the sites that may use its publishable keys. Each host costs one look-up.
 */
export function ownHostsStatement(
  db: D1Database,
  workspace: WorkspaceParameter,
): D1PreparedStatement {
  const next = (after: string): string =>
    `(SELECT ${HOST} FROM documents WHERE workspace_id = scope.id AND ${IS_OWN} AND ${HOST} > ${after} ORDER BY ${HOST} LIMIT 1)`;
  return db
    .prepare(
      `WITH RECURSIVE scope AS (SELECT ${workspace.sql} AS id),
       own (host) AS (
         SELECT ${next("''")} FROM scope
         UNION ALL SELECT ${next("own.host")} FROM own CROSS JOIN scope WHERE own.host IS NOT NULL LIMIT ${MAX_HOSTS})
       SELECT 'https://' || host AS address FROM own WHERE host IS NOT NULL
       UNION ALL SELECT options ->> 'url_template' FROM scope CROSS JOIN sources ON workspace_id = scope.id
       UNION ALL SELECT origin.value FROM scope CROSS JOIN api_keys ON workspace_id = scope.id CROSS JOIN json_each(api_keys.origins) AS origin
         WHERE kind = 'publishable' AND revoked_at IS NULL`,
    )
    .bind(workspace.value);
}

/** Not an IP address, nor a name within a network. */
const PUBLIC_HOST = /\.[a-z][a-z0-9-]*$/i;

/** The host names among the rows of {@link ownHostsStatement}; `*.example.com` stands for all its subdomains. */
export function toHosts(rows: unknown[]): string[] {
  const addresses = (rows as { address: string | null }[]).flatMap(({ address }) => address ?? []);
  const hosts = addresses.flatMap((address) => URL.parse(address)?.hostname ?? []);
  return [...new Set(hosts.filter((host) => PUBLIC_HOST.test(host)))];
}
