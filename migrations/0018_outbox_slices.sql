-- Pending work as a pool from which the consumers choose slices in turn --------------------------------------------------

-- A row here is work that is pending: it is written with the document and removed by the transaction that completes the work.
CREATE TABLE outbox_next (
  document_id   INTEGER PRIMARY KEY REFERENCES documents (id),
  -- Whose turn it is: the workspace, a slash, and the CMS source that the document comes from. Slices take one document of each lane in turn.
  lane          TEXT NOT NULL,
  -- What comes next: serve it from keywords, embed its chunks, confirm that the index shows its vectors.
  stage         TEXT NOT NULL CHECK (stage IN ('serve', 'embed', 'confirm')),
  -- Chunks to work on; an estimate until the document is read.
  size          INTEGER NOT NULL,
  created_at    INTEGER NOT NULL,
  -- When the next attempt may begin. Of a claimed row: when the claim ends.
  due_at        INTEGER NOT NULL,
  -- The queue message whose invocation works on it.
  claimed_by    TEXT,
  -- Attempts at this stage that ended in an error that may pass, and when the first of them ended.
  failures      INTEGER NOT NULL DEFAULT 0,
  failing_since INTEGER
) STRICT;

INSERT INTO outbox_next (document_id, lane, stage, size, created_at, due_at)
SELECT d.id, d.workspace_id || '/' || coalesce(d.metadata ->> 'source', ''),
  'serve', 1 + length(d.content) / 1000, o.created_at, o.created_at
FROM outbox o JOIN documents d ON d.id = o.document_id;

DROP TABLE outbox;
ALTER TABLE outbox_next RENAME TO outbox;

CREATE INDEX outbox_by_turn ON outbox (stage, lane, due_at) WHERE claimed_by IS NULL;
CREATE INDEX outbox_by_due ON outbox (stage, due_at) WHERE claimed_by IS NULL;
CREATE INDEX outbox_by_claim ON outbox (claimed_by, due_at) WHERE claimed_by IS NOT NULL;
CREATE INDEX outbox_by_lane ON outbox (lane, stage, size);

-- `live` says that keyword search serves the version ----------------------------------------------------------------------

UPDATE documents SET status = 'live' WHERE status = 'pending' AND live_version = version;

-- Vectors that were stored before this migration are visible: Vectorize shows writes within minutes.
UPDATE chunks SET vector_stored = vector_stored | ((vector_stored & g.slot) * 16)
FROM index_generations g WHERE g.workspace_id = chunks.workspace_id AND g.state IN ('live', 'retired');

-- Progress ----------------------------------------------------------------------------------------------------------------

-- How fast a workspace's chunks were embedded since its last pause.
CREATE TABLE embedding_rates (
  workspace_id TEXT PRIMARY KEY REFERENCES workspaces (id),
  since        INTEGER NOT NULL,
  until        INTEGER NOT NULL,
  chunks       INTEGER NOT NULL
) STRICT;

-- The total of a workspace's chunks is read from this index alone, however long its texts are.
CREATE INDEX documents_by_chunks ON documents (workspace_id, chunk_count);
