-- Events whose processing kills the invocation (src/webhooks/events.ts, docs/decisions/0058) -----------------------------

-- Attempts at the event's next change that began and did not end, the present one included. A killed invocation leaves it above 0.
ALTER TABLE source_events ADD COLUMN begun INTEGER NOT NULL DEFAULT 0;
CREATE INDEX source_events_begun ON source_events (source_id) WHERE begun > 0;

-- The queue message whose invocation leased the source. Delivered again, it says that the invocation was killed.
ALTER TABLE sources ADD COLUMN busy_by TEXT NOT NULL DEFAULT '';
