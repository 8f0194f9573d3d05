-- Words that mean the same to a workspace's customers. A term belongs to one group; terms are lower-case words, as searched.
CREATE TABLE synonyms (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  term         TEXT NOT NULL,
  -- Counts from 0 within the workspace, in the order that its editor gave.
  group_number INTEGER NOT NULL,
  -- Within the group.
  place        INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, term)
) STRICT, WITHOUT ROWID;

CREATE INDEX synonyms_by_group ON synonyms (workspace_id, group_number, place);
