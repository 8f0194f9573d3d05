-- What a workspace has chosen -------------------------------------------------------------------------------------

-- Absent means the defaults of `src/workspaces/settings.ts`, as does a field that is absent from the object.
CREATE TABLE workspace_settings (
  workspace_id TEXT PRIMARY KEY REFERENCES workspaces (id),
  settings     TEXT NOT NULL CHECK (json_valid(settings)),
  updated_at   INTEGER NOT NULL
) STRICT;

-- Usage -----------------------------------------------------------------------------------------------------------

-- What a workspace used on a day (UTC). Quotas and the budget are read from here.
CREATE TABLE daily_usage (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  day          TEXT NOT NULL,
  turns        INTEGER NOT NULL DEFAULT 0,
  documents    INTEGER NOT NULL DEFAULT 0,
  neurons      REAL NOT NULL DEFAULT 0,
  PRIMARY KEY (workspace_id, day)
) STRICT;

-- Answers that a model gave, for when none may or can be asked. Every column of the key parts what must never be mixed.
CREATE TABLE cached_answers (
  workspace_id  TEXT NOT NULL REFERENCES workspaces (id),
  -- Audiences of the reader, sorted, as JSON.
  audience      TEXT NOT NULL,
  release       TEXT NOT NULL,
  -- SHA-256 of the question without case and punctuation.
  question_hash TEXT NOT NULL,
  -- The turn that the answer comes from: erased with it.
  message_id    TEXT NOT NULL REFERENCES messages (id),
  text          TEXT NOT NULL,
  -- [{ "n", "external_id", "version" }] of every source that the model was given.
  sources       TEXT NOT NULL CHECK (json_valid(sources)),
  created_at    INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, audience, release, question_hash)
) STRICT;

CREATE INDEX cached_answers_by_message ON cached_answers (message_id);
CREATE INDEX cached_answers_by_age ON cached_answers (created_at);

-- Documents -------------------------------------------------------------------------------------------------------

-- Passages that read like instructions to a model, for the document's owner: [{ "kind", "excerpt" }]. They block nothing.
ALTER TABLE documents ADD COLUMN warnings TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(warnings));

-- Erasure ---------------------------------------------------------------------------------------------------------

-- What was erased when, kept as the proof of it. The visitor's id is stored as SHA-256 only.
CREATE TABLE erasures (
  id           TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  visitor_hash TEXT NOT NULL,
  -- { "<table>": rows } so far: an erasure that was interrupted goes on from here.
  removed      TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(removed)),
  created_at   INTEGER NOT NULL,
  completed_at INTEGER,
  UNIQUE (workspace_id, visitor_hash)
) STRICT;

-- Retention looks for the oldest conversations of a workspace.
CREATE INDEX conversations_by_age ON conversations (workspace_id, updated_at);
