-- Sources and their events ----------------------------------------------------------------------------------------

-- A CMS whose webhooks a workspace accepts.
CREATE TABLE sources (
  id           TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  type         TEXT NOT NULL,
  -- Begins the external id of every document of this source, so it never changes.
  name         TEXT NOT NULL,
  options      TEXT NOT NULL CHECK (json_valid(options)),
  -- Signing secrets and delivery-API token, sealed under the deployment's key for this row only (auth/seal.ts).
  sealed       TEXT NOT NULL,
  -- What of it may be shown: how many secrets there are, and whether there is a token.
  secret_count INTEGER NOT NULL,
  has_token    INTEGER NOT NULL,
  created_at   INTEGER NOT NULL,
  updated_at   INTEGER NOT NULL,
  UNIQUE (workspace_id, name)
) STRICT;

-- A verified delivery. The row is also the work that is owed, as long as it is pending.
CREATE TABLE source_events (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  source_id    TEXT NOT NULL REFERENCES sources (id),
  -- The vendor's delivery id, or a hash of what was signed: the same delivery again is the same row.
  delivery     TEXT NOT NULL,
  -- Grows when the same delivery comes again and has to be looked at again. A run that began before does not finish it.
  deliveries   INTEGER NOT NULL DEFAULT 1,
  type         TEXT NOT NULL,
  headers      TEXT NOT NULL CHECK (json_valid(headers)),
  -- What was delivered. Gone once the event is done.
  body         TEXT CHECK (body IS NULL OR json_valid(body)),
  -- The changes of an event that takes several runs, and how many of them are done.
  plan         TEXT CHECK (plan IS NULL OR json_valid(plan)),
  progress     INTEGER NOT NULL DEFAULT 0,
  status       TEXT NOT NULL CHECK (status IN ('pending', 'done', 'ignored', 'failed')),
  reason       TEXT,
  -- What became of which document.
  results      TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(results)),
  received_at  INTEGER NOT NULL,
  finished_at  INTEGER,
  -- From when on a pending event counts as lost.
  due_at       INTEGER,
  UNIQUE (source_id, delivery)
) STRICT;

CREATE INDEX source_events_owed ON source_events (due_at) WHERE status = 'pending';
CREATE INDEX source_events_by_status ON source_events (source_id, status, id);
CREATE INDEX source_events_by_age ON source_events (finished_at) WHERE status <> 'pending';
