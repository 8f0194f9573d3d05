-- Erasure ---------------------------------------------------------------------------------------------------------

-- That of 0003 has no number, and nothing writes to it.
DROP TABLE erasures;

-- Whose data was erased, kept as the proof of it. Numbered, so that a request that began before an erasure can see that it
-- must not write back what it still holds (src/privacy/erasures.ts).
CREATE TABLE erasures (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  -- HMAC under the workspace's secret: ids of customers are short, so that a plain hash of one is soon guessed.
  person       TEXT NOT NULL,
  -- Of the latest request; grows within the workspace.
  number       INTEGER NOT NULL,
  -- { "<table>": rows } so far: an erasure that was interrupted goes on from here.
  removed      TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(removed)),
  begun_at     INTEGER NOT NULL,
  completed_at INTEGER,
  PRIMARY KEY (workspace_id, person)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX erasures_by_number ON erasures (workspace_id, number);

-- Deleting a visitor looks for conversations that still refer to it.
CREATE INDEX conversations_of_visitor ON conversations (visitor_id) WHERE visitor_id IS NOT NULL;
