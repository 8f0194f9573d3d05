-- Work that kills its invocation -----------------------------------------------------------------------------------------

-- How often the document has been begun alone without an end being noted: an isolate that is killed notes none. -1: the last
-- attempt noted its end, so that the next may share its calls with others.
ALTER TABLE outbox ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;

-- What is served under a state that was never learned --------------------------------------------------------------------

-- 0008 took what the newest version says for what the served one says. Where they differ it may have opened a document that
-- is to be opened only once its new version is learned, so that one is shown to nobody until then. Whatever has been learned
-- since says it itself, and then the versions are equal.
UPDATE documents SET served_audience = NULL
WHERE live_version > 0 AND live_version <> version AND status <> 'deleted';

-- The sweeper has them learned, those that failed once more, too.
INSERT INTO outbox (document_id, created_at)
SELECT id, 0 FROM documents
WHERE live_version > 0 AND live_version <> version AND status <> 'deleted'
ON CONFLICT (document_id) DO UPDATE SET created_at = 0;

-- Deliveries that were refused -------------------------------------------------------------------------------------------

-- Of a source, since it was registered or its secrets were changed. Counted at most once a minute.
ALTER TABLE sources ADD COLUMN refused_deliveries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sources ADD COLUMN refused_at INTEGER;
ALTER TABLE sources ADD COLUMN refused_reason TEXT;
