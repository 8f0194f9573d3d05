-- What the owner wants said and done. An item is immutable and named by the hash of its content; a playbook is the list of the items of a
-- workspace (`[{kind, id, hash}]`), named by its hash. A release names its playbook.
CREATE TABLE playbook_items (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  hash         TEXT NOT NULL,
  content      TEXT NOT NULL CHECK (json_valid(content)),
  created_at   INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, hash)
) STRICT;

CREATE TABLE playbooks (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  name         TEXT NOT NULL,
  items        TEXT NOT NULL CHECK (json_valid(items)),
  created_at   INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, name)
) STRICT;

-- The vectors of an item's wordings in their order, by the model that made them. Each number is one signed byte; all of them are in Base64.
CREATE TABLE playbook_vectors (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  hash         TEXT NOT NULL,
  model        TEXT NOT NULL,
  vectors      TEXT NOT NULL,
  PRIMARY KEY (workspace_id, hash, model)
) STRICT;

-- Null where the workspace has none.
ALTER TABLE releases ADD COLUMN playbook TEXT;

-- What of the playbook applied in the turn, as JSON; null where nothing did.
ALTER TABLE messages ADD COLUMN applied TEXT;

-- What the visitor was asked to fill in, as JSON; null for any other answer.
ALTER TABLE messages ADD COLUMN form TEXT;

-- Nothing reads what these held.
ALTER TABLE messages DROP COLUMN embedding;
ALTER TABLE messages DROP COLUMN embedding_model;
