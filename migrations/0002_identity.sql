-- Keys ------------------------------------------------------------------------------------------------------------

-- Web origins whose pages may use a publishable key, besides the Worker's own.
ALTER TABLE api_keys ADD COLUMN origins TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(origins));
-- A key that was rotated works until here; null means until it is revoked.
ALTER TABLE api_keys ADD COLUMN expires_at INTEGER;
-- The key that took its place.
ALTER TABLE api_keys ADD COLUMN replaced_by TEXT;
-- `2026-11-24`, in UTC: written once a day a key, not with each request.
ALTER TABLE api_keys ADD COLUMN last_used_day TEXT;

CREATE INDEX api_keys_by_workspace ON api_keys (workspace_id, created_at, id);

-- Signs the tokens with which a customer's backend says who a visitor is. Several are active while they are rotated, so
-- tokens name theirs by `kid`. Verifying an HMAC takes the secret itself, so it is stored as it is and never shown again.
CREATE TABLE identity_secrets (
  kid          TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  secret       TEXT NOT NULL,
  label        TEXT NOT NULL DEFAULT '',
  created_at   INTEGER NOT NULL,
  revoked_at   INTEGER
) STRICT;

CREATE INDEX identity_secrets_by_workspace ON identity_secrets (workspace_id, created_at);

-- Visitors --------------------------------------------------------------------------------------------------------

-- Somebody whom a signed token has named. Anonymous visitors have no row: their conversation's token is all they have.
CREATE TABLE visitors (
  id           TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  -- `sub` of the token: the customer's own id of the person.
  subject      TEXT NOT NULL,
  name         TEXT,
  email        TEXT,
  created_at   INTEGER NOT NULL,
  updated_at   INTEGER NOT NULL,
  UNIQUE (workspace_id, subject)
) STRICT;

-- Null while the visitor is anonymous. Once set it does not change: a conversation belongs to one person.
ALTER TABLE conversations ADD COLUMN visitor_id TEXT REFERENCES visitors (id);

CREATE INDEX conversations_by_visitor ON conversations (workspace_id, visitor_id, updated_at, id);

-- Audiences -------------------------------------------------------------------------------------------------------

-- Whether a workspace restricts any document at all: a search that need not look at audiences does not.
CREATE INDEX documents_restricted ON documents (workspace_id) WHERE audience <> '[]';

-- Audit -----------------------------------------------------------------------------------------------------------

-- Who did what to which object. Written in the transaction of the change itself; holds ids, never secrets or personal data.
CREATE TABLE audit_log (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  -- A key's id, `deployment` for the holder of ADMIN_TOKEN, or `cli` for whoever can reach the database.
  actor        TEXT NOT NULL,
  -- `key.create`, `document.delete` …: the kind of object and the verb.
  action       TEXT NOT NULL,
  object_id    TEXT NOT NULL,
  detail       TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(detail)),
  -- `x-request-id` of the request; empty outside one.
  request_id   TEXT NOT NULL DEFAULT '',
  created_at   INTEGER NOT NULL
) STRICT;

CREATE INDEX audit_log_by_workspace ON audit_log (workspace_id, id);

CREATE TRIGGER audit_log_is_not_changed BEFORE UPDATE ON audit_log
BEGIN
  SELECT RAISE(ABORT, 'audit_log is append-only');
END;

CREATE TRIGGER audit_log_is_not_deleted BEFORE DELETE ON audit_log
BEGIN
  SELECT RAISE(ABORT, 'audit_log is append-only');
END;

-- REPLACE removes a row without its DELETE triggers.
CREATE TRIGGER audit_log_is_not_replaced BEFORE INSERT ON audit_log
WHEN EXISTS (SELECT 1 FROM audit_log WHERE id = NEW.id)
BEGIN
  SELECT RAISE(ABORT, 'audit_log is append-only');
END;
