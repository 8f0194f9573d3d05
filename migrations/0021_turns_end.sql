-- Turns -----------------------------------------------------------------------------------------------------------

-- Of a visitor's message: the id that its answer has, so that one turn cannot store two.
ALTER TABLE messages ADD COLUMN answer_id TEXT;
-- When a cron tick looks after the message; null where nothing is pending. A visitor's message is pending until its answer is stored,
-- an answer until it is in the ledger.
ALTER TABLE messages ADD COLUMN due_at INTEGER;
-- Of an answer that only closes its question: what became of the turn (src/conversations/open-questions.ts).
ALTER TABLE messages ADD COLUMN failure TEXT;
ALTER TABLE turn_ledger ADD COLUMN failure TEXT;

-- Only what is pending: as small as there is work, however many messages there are.
CREATE INDEX messages_due ON messages (role, due_at) WHERE due_at IS NOT NULL;

-- What was lost before there was a date.
UPDATE messages SET due_at = created_at
WHERE role = 'assistant' AND NOT EXISTS (SELECT 1 FROM turn_ledger l WHERE l.message_id = messages.id);

-- Only a conversation's last message: which answer belongs to which earlier question is not known. And none to which the version of the
-- Worker that runs now may still store an answer.
UPDATE messages SET due_at = created_at, answer_id = 'msg_' || lower(hex(randomblob(16)))
WHERE role = 'visitor' AND created_at < unixepoch() * 1000 - 600000 AND NOT EXISTS
  (SELECT 1 FROM messages l WHERE l.conversation_id = messages.conversation_id AND l.seq > messages.seq);

-- Retention -------------------------------------------------------------------------------------------------------

-- When a cron tick last removed conversations of the workspace: the one that has waited longest comes first.
ALTER TABLE workspace_settings ADD COLUMN retention_swept_at INTEGER NOT NULL DEFAULT 0;
