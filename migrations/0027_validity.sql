-- When a document is valid (src/knowledge/accept/validity.ts, docs/decisions/0067) ---------------------------------------

-- As its owner wrote them, of the newest version: a date, or a time with its zone.
ALTER TABLE documents ADD COLUMN valid_from TEXT;
ALTER TABLE documents ADD COLUMN valid_until TEXT;
-- The same as an interval, in milliseconds since the epoch: the first instant of the validity, and the first one after it. NULL: no bound.
ALTER TABLE documents ADD COLUMN valid_since INTEGER;
ALTER TABLE documents ADD COLUMN valid_before INTEGER;
-- Those of the served version.
ALTER TABLE documents ADD COLUMN served_since INTEGER;
ALTER TABLE documents ADD COLUMN served_before INTEGER;

-- Documents that are valid for a time join those that a search may have to leave out.
DROP INDEX documents_for_some;
CREATE INDEX documents_for_some ON documents (workspace_id, audience, served_audience, live_version, shown_from,
  valid_since, valid_before, served_since, served_before)
WHERE audience <> '[]' OR served_audience <> '[]' OR (served_audience IS NULL AND live_version > 0) OR live_version < shown_from
  OR valid_since IS NOT NULL OR valid_before IS NOT NULL OR served_since IS NOT NULL OR served_before IS NOT NULL;
