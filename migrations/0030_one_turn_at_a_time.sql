-- One turn at a time (src/conversations/lease.ts, docs/decisions/0074) -----------------------------------------------

-- The question that is being answered in the conversation, until when its turn may take, and when somebody asked to stop it. NULL: no turn
-- runs. A lease that has expired is one of a turn that ended without saying so.
ALTER TABLE conversations ADD COLUMN lease_question_id TEXT;
ALTER TABLE conversations ADD COLUMN lease_expires_at INTEGER;
ALTER TABLE conversations ADD COLUMN stop_requested_at INTEGER;

-- Of a visitor's message: a hash of what names the request, so that a retry gets the same answer (src/conversations/retries.ts). NULL where
-- the request had no name, or its turn failed.
ALTER TABLE messages ADD COLUMN request_key TEXT;
CREATE INDEX messages_by_request_key ON messages (workspace_id, request_key) WHERE request_key IS NOT NULL;

-- Of an answer: 1 where it ends where somebody stopped it; and what ordered its passages.
ALTER TABLE messages ADD COLUMN stopped INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN reranker TEXT;
ALTER TABLE turn_ledger ADD COLUMN stopped INTEGER NOT NULL DEFAULT 0;
