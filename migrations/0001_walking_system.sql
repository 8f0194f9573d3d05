-- Workspaces and keys ---------------------------------------------------------------------------------------------

CREATE TABLE workspaces (
  id         TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  -- Signs what this workspace's clients carry for us (list cursors). Never leaves the server.
  secret     TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE api_keys (
  id           TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  kind         TEXT NOT NULL CHECK (kind IN ('publishable', 'secret')),
  -- SHA-256 of the key, hex. The key itself is shown once and never stored.
  hash         TEXT NOT NULL UNIQUE,
  scopes       TEXT NOT NULL CHECK (json_valid(scopes)),
  label        TEXT NOT NULL DEFAULT '',
  created_at   INTEGER NOT NULL,
  revoked_at   INTEGER
) STRICT;

-- Knowledge -------------------------------------------------------------------------------------------------------

CREATE TABLE documents (
  id                INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id      TEXT NOT NULL REFERENCES workspaces (id),
  external_id       TEXT NOT NULL,
  title             TEXT NOT NULL,
  url               TEXT,
  content_type      TEXT NOT NULL,
  content           TEXT NOT NULL,
  -- The one Markdown dialect that every format becomes; chunking reads only this.
  markdown          TEXT,
  language          TEXT,
  audience          TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(audience)),
  metadata          TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(metadata)),
  source_updated_at TEXT,
  -- SHA-256 over everything above that a reader or the search can see.
  content_hash      TEXT NOT NULL,
  -- Grows by one with every accepted change, a deletion included. What is served is `live_version`; 0 means nothing is.
  version           INTEGER NOT NULL,
  live_version      INTEGER NOT NULL DEFAULT 0,
  status            TEXT NOT NULL CHECK (status IN ('pending', 'live', 'failed', 'deleted')),
  error             TEXT,
  chunk_count       INTEGER NOT NULL DEFAULT 0,
  -- Texts sent to the embedding model by the last run of the consumer.
  embedded_chunks   INTEGER NOT NULL DEFAULT 0,
  created_at        INTEGER NOT NULL,
  updated_at        INTEGER NOT NULL,
  UNIQUE (workspace_id, external_id)
) STRICT;

CREATE INDEX documents_by_status ON documents (workspace_id, status, external_id);

-- A row here is work that is owed: it is written with the document and removed by the transaction that does the work.
CREATE TABLE outbox (
  document_id INTEGER PRIMARY KEY REFERENCES documents (id),
  created_at  INTEGER NOT NULL
) STRICT;

CREATE INDEX outbox_by_age ON outbox (created_at);

CREATE TABLE chunks (
  -- AUTOINCREMENT: an id is also a vector's id, so it must never name a second text.
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id  TEXT NOT NULL REFERENCES workspaces (id),
  document_id   INTEGER NOT NULL REFERENCES documents (id),
  ordinal       INTEGER NOT NULL,
  heading_path  TEXT NOT NULL CHECK (json_valid(heading_path)),
  text          TEXT NOT NULL,
  -- SHA-256 over the embedding model and the text it is given.
  hash          TEXT NOT NULL,
  -- 1 once Vectorize has accepted the vector.
  vector_stored INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX chunks_by_workspace ON chunks (workspace_id);
CREATE INDEX chunks_by_document ON chunks (document_id, ordinal);

-- `workspace` is an indexed term, so that a tenant's query never walks another tenant's postings. rowid = chunks.id.
CREATE VIRTUAL TABLE chunk_terms USING fts5 (
  workspace, title, headings, body,
  content = '', contentless_delete = 1,
  tokenize = 'porter unicode61 remove_diacritics 2'
);

-- The words that a workspace's documents use, to recognise misspelt ones. The sweeper forgets those no longer used.
CREATE TABLE words (
  id           INTEGER PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  word         TEXT NOT NULL,
  UNIQUE (workspace_id, word)
) STRICT;

-- Vectors whose chunk is gone. D1 decides what is served, so they are collected afterwards.
CREATE TABLE vector_garbage (
  vector_id   TEXT PRIMARY KEY,
  document_id INTEGER NOT NULL REFERENCES documents (id),
  created_at  INTEGER NOT NULL
) STRICT;

CREATE INDEX vector_garbage_by_document ON vector_garbage (document_id);
CREATE INDEX vector_garbage_by_age ON vector_garbage (created_at);

-- Conversations ---------------------------------------------------------------------------------------------------

CREATE TABLE conversations (
  id           TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  metadata     TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(metadata)),
  created_at   INTEGER NOT NULL,
  updated_at   INTEGER NOT NULL
) STRICT;

CREATE TABLE messages (
  id              TEXT PRIMARY KEY,
  conversation_id TEXT NOT NULL REFERENCES conversations (id),
  workspace_id    TEXT NOT NULL REFERENCES workspaces (id),
  -- Orders a conversation: two messages may share a millisecond.
  seq             INTEGER NOT NULL,
  role            TEXT NOT NULL CHECK (role IN ('visitor', 'assistant')),
  text            TEXT NOT NULL,
  -- A visitor's message: the question it stands for on its own, and the embedding (little-endian float32) that was
  -- searched with. A follow-up starts from them.
  standalone      TEXT,
  embedding       BLOB,
  outcome         TEXT,
  confidence      REAL,
  rung            TEXT,
  release         TEXT,
  model           TEXT,
  citations       TEXT CHECK (citations IS NULL OR json_valid(citations)),
  sources         TEXT CHECK (sources IS NULL OR json_valid(sources)),
  usage           TEXT CHECK (usage IS NULL OR json_valid(usage)),
  timings_ms      TEXT CHECK (timings_ms IS NULL OR json_valid(timings_ms)),
  created_at      INTEGER NOT NULL,
  UNIQUE (conversation_id, seq)
) STRICT;

-- Insight ---------------------------------------------------------------------------------------------------------

-- One row a turn, written by the events consumer from the message it names; replays change nothing.
CREATE TABLE turn_ledger (
  message_id    TEXT PRIMARY KEY REFERENCES messages (id),
  workspace_id  TEXT NOT NULL REFERENCES workspaces (id),
  day           TEXT NOT NULL,
  outcome       TEXT NOT NULL,
  rung          TEXT NOT NULL,
  model         TEXT,
  input_tokens  INTEGER NOT NULL DEFAULT 0,
  output_tokens INTEGER NOT NULL DEFAULT 0,
  -- Millionths of a US dollar at list price; 0 where no model was called.
  cost_micro_usd INTEGER NOT NULL DEFAULT 0,
  created_at    INTEGER NOT NULL
) STRICT;

CREATE INDEX turn_ledger_by_day ON turn_ledger (workspace_id, day);
