-- Wishes for a person, by the message that expressed them. An entry goes with its message.
CREATE TABLE handover_requested (
  message_id TEXT PRIMARY KEY REFERENCES messages (id),
  conversation_id TEXT NOT NULL,
  workspace_id TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX handover_requested_by_conversation ON handover_requested (conversation_id);

-- The vectors of a release's exemplars, in the order of their texts, by the hash of the texts and the model that made them. Each number
-- is one signed byte; all of them are in Base64.
CREATE TABLE exemplar_vectors (
  exemplars TEXT NOT NULL,
  model TEXT NOT NULL,
  vectors TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (exemplars, model)
) STRICT;

-- The hash of the exemplars of an overlay that has its own.
ALTER TABLE releases ADD COLUMN exemplars TEXT;
CREATE INDEX releases_by_exemplars ON releases (exemplars) WHERE exemplars IS NOT NULL;
