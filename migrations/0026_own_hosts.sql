-- The hosts of a workspace's addresses, so that a turn finds each of them with one look-up, however many documents there are. Only those of
-- documents that everybody may see, and that were uploaded with a key: of a CMS's documents the address may be the author's
-- (docs/decisions/0066-contact-and-own-hosts.md). `retrieval/own-hosts.ts` repeats the expression and the condition.
CREATE INDEX documents_by_host ON documents (workspace_id, substr(served_url, instr(served_url, '://') + 3, instr(substr(served_url, instr(served_url, '://') + 3) || '/', '/') - 1))
WHERE served_url IS NOT NULL AND audience = '[]' AND served_audience = '[]' AND status <> 'deleted' AND live_version >= shown_from
  AND metadata ->> 'source' IS NULL;
