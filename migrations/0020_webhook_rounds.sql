-- When a source's events are applied (src/webhooks/schedule.ts) --------------------------------------------------------

-- When the source is served next. NULL: it has no pending event.
ALTER TABLE sources ADD COLUMN next_at INTEGER;
-- The end of the lease of the invocation that serves it; 0: nobody does. One that has ended was not given back: the invocation was killed.
ALTER TABLE sources ADD COLUMN busy_until INTEGER NOT NULL DEFAULT 0;
-- When it was leased last.
ALTER TABLE sources ADD COLUMN served_at INTEGER NOT NULL DEFAULT 0;
-- Its CMS could not be read since then, and is not called before.
ALTER TABLE sources ADD COLUMN failing_since INTEGER;
ALTER TABLE sources ADD COLUMN retry_at INTEGER NOT NULL DEFAULT 0;

-- When the first attempt without success began. NULL: none was made since the event came or last went on.
ALTER TABLE source_events ADD COLUMN failing_since INTEGER;

-- `due_at` now says from when on an event may be applied, and no longer from when on its message counts as lost.
UPDATE source_events SET due_at = received_at WHERE status = 'pending';
UPDATE sources SET next_at = 0 WHERE id IN (SELECT source_id FROM source_events WHERE status = 'pending');

CREATE INDEX sources_due ON sources (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX sources_served ON sources (workspace_id, served_at);
DROP INDEX source_events_owed;
CREATE INDEX source_events_pending ON source_events (source_id, due_at) WHERE status = 'pending';
CREATE INDEX source_events_new ON source_events (source_id, due_at) WHERE status = 'pending' AND failing_since IS NULL;

-- Documents that are hidden (src/knowledge/accept/hide.ts) -------------------------------------------------------------

-- No version below this one is shown. Hiding a document sets it above the newest version.
ALTER TABLE documents ADD COLUMN shown_from INTEGER NOT NULL DEFAULT 0;
-- While it is hidden: when it is removed for good, and why.
ALTER TABLE documents ADD COLUMN hidden_until INTEGER;
ALTER TABLE documents ADD COLUMN hidden_reason TEXT;

CREATE INDEX documents_hidden ON documents (hidden_until) WHERE hidden_until IS NOT NULL;

-- Hidden documents join those that a search has to leave out for some readers: they are left out for all.
DROP INDEX documents_for_some;
CREATE INDEX documents_for_some ON documents (workspace_id, audience, served_audience, live_version, shown_from)
WHERE audience <> '[]' OR served_audience <> '[]' OR (served_audience IS NULL AND live_version > 0) OR live_version < shown_from;
