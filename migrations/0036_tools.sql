-- What signs and authorises the calls of a tool, encrypted (crypto/seal.ts). It is no part of the playbook: a changed secret is no other release.
CREATE TABLE tool_secrets (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  name         TEXT NOT NULL,
  sealed       TEXT NOT NULL,
  updated_at   INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, name)
) STRICT;

-- Calls of tools, each under the question of its turn. The row is written before the call is sent, and its id is sent with it: a call is made once.
-- `calling` a minute later means that the invocation has ended in between: whether the tool has got the call is unknown.
-- `refused`: a language model asked for it, and it was not made.
CREATE TABLE tool_calls (
  id              TEXT PRIMARY KEY,
  workspace_id    TEXT NOT NULL REFERENCES workspaces (id),
  conversation_id TEXT NOT NULL REFERENCES conversations (id),
  message_id      TEXT NOT NULL REFERENCES messages (id),
  tool            TEXT NOT NULL,
  version         TEXT NOT NULL,
  effect          TEXT NOT NULL CHECK (effect IN ('read', 'change')),
  arguments       TEXT NOT NULL CHECK (json_valid(arguments)),
  status          TEXT NOT NULL CHECK (status IN ('calling', 'ok', 'failed', 'unknown', 'refused')),
  reason          TEXT,
  result          TEXT CHECK (result IS NULL OR json_valid(result)),
  created_at      INTEGER NOT NULL,
  ended_at        INTEGER
) STRICT;
CREATE INDEX tool_calls_by_message ON tool_calls (message_id);
CREATE INDEX tool_calls_by_conversation ON tool_calls (conversation_id);
CREATE INDEX tool_calls_by_day ON tool_calls (workspace_id, created_at);

-- The procedure that the visitor is in, as JSON (actions/run.ts); null where there is none.
ALTER TABLE conversations ADD COLUMN run TEXT;
CREATE INDEX conversations_with_run ON conversations (visitor_id, updated_at) WHERE run IS NOT NULL;

-- What a procedure has found out before it asked for a person, as JSON; null where the visitor asked.
ALTER TABLE handover_requested ADD COLUMN data TEXT;
