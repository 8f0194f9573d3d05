-- Files: documents whose source is bytes and not text. -------------------------------------------------------------------

-- A document names its file by the file's SHA-256: `documents.content` is then `sha256:…`. Parts, because D1 takes values of
-- up to 2 MB. A file is stored before the document that names it; the sweeper forgets those that no document names.
CREATE TABLE source_files (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  hash         TEXT NOT NULL,
  part         INTEGER NOT NULL,
  bytes        BLOB NOT NULL,
  -- Of part 0: what the file was converted to, so that the same file is never converted twice.
  markdown     TEXT,
  -- When it was last uploaded.
  stored_at    INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, hash, part)
) STRICT;

CREATE INDEX source_files_by_age ON source_files (stored_at);

CREATE INDEX documents_by_file ON documents (workspace_id, content) WHERE substr(content, 1, 7) = 'sha256:';

-- The language that was found in the text, where its owner named none.
ALTER TABLE documents ADD COLUMN detected_language TEXT;
