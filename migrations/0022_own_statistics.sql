-- BM25 from the workspace's own chunks -------------------------------------------------------------------------------

-- What BM25 needs of a chunk besides the index (src/retrieval/keywords.ts): its words, and those that its text repeats, by stem
-- ({ "pump": 3 }). Of chunks that exist already the words are counted by their spaces, and a word counts as said once, until they change.
ALTER TABLE chunks ADD COLUMN word_count INTEGER NOT NULL DEFAULT 1;
ALTER TABLE chunks ADD COLUMN repeated_words TEXT CHECK (repeated_words IS NULL OR json_valid(repeated_words));

UPDATE chunks SET word_count = 2 + length(text) - length(replace(text, ' ', ''))
  + length(heading_path) - length(replace(heading_path, ' ', ''));

-- Number and words of a workspace's chunks, and of those that a reader may not see, are read from these indexes alone.
DROP INDEX chunks_by_workspace;
CREATE INDEX chunks_by_workspace ON chunks (workspace_id, word_count);
DROP INDEX chunks_by_document;
CREATE INDEX chunks_by_document ON chunks (document_id, ordinal, word_count);

-- The words of served documents --------------------------------------------------------------------------------------

-- Which documents use a word exactly as it is written, for spelling and compounds: what a reader may not see counts as unused, at once.
-- `words` only lists what may be asked for. rowid = documents.id.
CREATE VIRTUAL TABLE document_words USING fts5 (
  workspace, words,
  content = '', contentless_delete = 1,
  tokenize = 'unicode61 remove_diacritics 0'
);

INSERT INTO document_words (rowid, workspace, words)
SELECT id, replace(workspace_id, '_', ''), served_title || ' ' || coalesce(markdown, '')
FROM documents WHERE live_version > 0 AND status <> 'deleted';
