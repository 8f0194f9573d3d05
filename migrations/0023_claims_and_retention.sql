-- Events of CMSs ----------------------------------------------------------------------------------------------------

-- What the signature of a delivery covers beside its body (src/webhooks/contract/signatures.ts). It replaces `headers`, which is not
-- read any more, and stays empty.
ALTER TABLE source_events ADD COLUMN claim TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(claim));

-- Deliveries with a signed time were accepted within minutes of it.
UPDATE source_events SET claim = json_patch(json_object('at', received_at), json_object(
  'topic', CASE WHEN instr(lower(headers ->> '$."x-contentful-signed-headers"'), 'x-contentful-topic') > 0
    THEN headers ->> '$."x-contentful-topic"' END))
WHERE body IS NOT NULL;
UPDATE source_events SET headers = '{}';

-- Retention (src/privacy/old-records.ts) ----------------------------------------------------------------------------

-- Entries from before this time may be deleted, and no others. One row.
CREATE TABLE audit_retention (
  id     INTEGER PRIMARY KEY CHECK (id = 1),
  before INTEGER NOT NULL
) STRICT;
INSERT INTO audit_retention (id, before) VALUES (1, 0);

DROP TRIGGER audit_log_is_not_deleted;
CREATE TRIGGER audit_log_is_not_deleted BEFORE DELETE ON audit_log
WHEN OLD.created_at >= (SELECT coalesce(max(before), 0) FROM audit_retention)
BEGIN
  SELECT RAISE(ABORT, 'audit_log is append-only');
END;

CREATE INDEX audit_log_by_age ON audit_log (created_at);
CREATE INDEX daily_usage_by_day ON daily_usage (day);
CREATE INDEX erasures_by_age ON erasures (completed_at) WHERE completed_at IS NOT NULL;
CREATE INDEX releases_by_age ON releases (created_at);

-- Deleted documents (src/knowledge/accept/tombstones.ts) ------------------------------------------------------------

-- What remains of a deleted document says when it was deleted, and nothing of what it held.
UPDATE documents SET title = '', url = NULL, language = NULL, served_title = NULL, served_url = NULL WHERE status = 'deleted';
-- When it was last deleted, also while it is stored again: answers from before stay withheld (src/conversations/withheld.ts).
ALTER TABLE documents ADD COLUMN deleted_at INTEGER;
UPDATE documents SET deleted_at = updated_at WHERE status = 'deleted';
CREATE INDEX documents_deleted ON documents (updated_at) WHERE status = 'deleted';
