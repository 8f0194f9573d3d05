-- Ordering --------------------------------------------------------------------------------------------------------

-- The newest source timestamp that a document has seen, in milliseconds since the epoch: an event of before it is stale.
-- A deletion keeps it, so that an older upsert brings nothing back. It never falls.
ALTER TABLE documents ADD COLUMN source_instant INTEGER;

UPDATE documents
SET source_instant = CAST(round((julianday(source_updated_at) - 2440587.5) * 86400000) AS INTEGER)
WHERE source_updated_at IS NOT NULL;

-- What a document has been through -----------------------------------------------------------------------------------

-- When its version reached each stage (milliseconds since the epoch), and what delays it.
ALTER TABLE documents ADD COLUMN stages TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(stages));

-- Generations of the vector index ----------------------------------------------------------------------------------

-- One embedding model's vectors of one workspace. At most two exist at a time, the live one and one that is being built,
-- kept for a rollback or being collected. Numbers are never reused, since vectors are named after them.
CREATE TABLE index_generations (
  workspace_id  TEXT NOT NULL REFERENCES workspaces (id),
  number        INTEGER NOT NULL,
  -- NULL: the configured model, until the consumer first writes a vector and thereby fixes it.
  model         TEXT,
  -- Which binding holds the vectors, in which namespace, and what their ids begin with; a chunk's id follows.
  index_name    TEXT NOT NULL CHECK (index_name IN ('VECTORIZE', 'VECTORIZE_NEXT')),
  namespace     TEXT NOT NULL,
  vector_prefix TEXT NOT NULL,
  -- Its bit in chunks.vector_stored: slot: stored; slot * 4: the model refuses the text; slot * 16: read back from the index.
  slot          INTEGER NOT NULL CHECK (slot IN (1, 2)),
  state         TEXT NOT NULL CHECK (state IN ('building', 'live', 'retired', 'collecting', 'collected')),
  -- Where the background work goes on, until when a step holds it, and what it met last.
  cursor        INTEGER NOT NULL DEFAULT 0,
  busy_until    INTEGER NOT NULL DEFAULT 0,
  stored_at     INTEGER NOT NULL DEFAULT 0,
  error         TEXT,
  created_at    INTEGER NOT NULL,
  state_at      INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, number)
) STRICT;

CREATE UNIQUE INDEX index_generations_by_slot ON index_generations (workspace_id, slot) WHERE state <> 'collected';

INSERT INTO index_generations (workspace_id, number, model, index_name, namespace, vector_prefix, slot, state, created_at, state_at)
SELECT id, 1, NULL, 'VECTORIZE', id, 'c', 1, 'live', 0, 0 FROM workspaces
WHERE EXISTS (SELECT 1 FROM documents WHERE workspace_id = workspaces.id);

ALTER TABLE vector_garbage ADD COLUMN index_name TEXT NOT NULL DEFAULT 'VECTORIZE';

-- A question's embedding is worth something only to the generation that it was made for.
ALTER TABLE messages ADD COLUMN embedding_model TEXT;
