-- What a workspace changes in the shipped release (src/releases/default.json). The row with the highest number is live; none is changed
-- or removed, so that it stays known what answered when.
CREATE TABLE releases (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  number       INTEGER NOT NULL CHECK (number > 0),
  overlay      TEXT NOT NULL CHECK (json_valid(overlay)),
  -- A key's id, or `deployment`.
  created_by   TEXT NOT NULL,
  created_at   INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, number)
) STRICT;

-- The whole release that turns name by its id (`messages.release`), as canonical JSON: an overlay alone does not say what the version
-- of the Worker shipped that answered.
CREATE TABLE release_values (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  id           TEXT NOT NULL,
  content      TEXT NOT NULL CHECK (json_valid(content)),
  created_at   INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id)
) STRICT;
