-- Documents that an older reader has read (src/knowledge/accept/outdated.ts, docs/decisions/0064) ------------------------

-- The version of the reader that read the served version, or that last tried to. 0: from before readers had versions.
ALTER TABLE documents ADD COLUMN reader_version INTEGER NOT NULL DEFAULT 0;
CREATE INDEX documents_by_reader ON documents (workspace_id, reader_version) WHERE live_version = version;

-- A file keeps what the converter said, and no longer what was made of it: a newer reader makes something else of it. The converter's
-- words are lost for the files that are stored already, so they are converted anew when they are read again. Images are not: a
-- model describes them, and little was made of its words.
ALTER TABLE source_files RENAME COLUMN markdown TO conversion;
UPDATE source_files SET conversion = NULL
WHERE conversion IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM documents d WHERE d.workspace_id = source_files.workspace_id AND substr(d.content, 1, 7) = 'sha256:'
    AND d.content = 'sha256:' || source_files.hash AND d.content_type LIKE 'image/%');
