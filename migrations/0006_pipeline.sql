-- Ordering --------------------------------------------------------------------------------------------------------

-- The newest source timestamp that a document has seen, in milliseconds since the epoch: an event of before it is stale.
-- A deletion keeps it, so that an older upsert brings nothing back. It never falls.
ALTER TABLE documents ADD COLUMN source_instant INTEGER;

UPDATE documents
SET source_instant = CAST(round((julianday(source_updated_at) - 2440587.5) * 86400000) AS INTEGER)
WHERE source_updated_at IS NOT NULL;
