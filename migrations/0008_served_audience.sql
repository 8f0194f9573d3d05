-- What the served version says of itself ---------------------------------------------------------------------------

-- `audience`, `title` and `url` are those of the newest version, which may not be learned yet or never be. These are those
-- of the version whose chunks are served, set in the transaction that begins to serve it. NULL: shown to nobody.
ALTER TABLE documents ADD COLUMN served_audience TEXT CHECK (served_audience IS NULL OR json_valid(served_audience));
ALTER TABLE documents ADD COLUMN served_title TEXT;
ALTER TABLE documents ADD COLUMN served_url TEXT;

-- For versions served so far it is not known what else they said.
UPDATE documents SET served_audience = audience, served_title = title, served_url = url WHERE live_version > 0;

CREATE INDEX documents_served_restricted ON documents (workspace_id) WHERE served_audience <> '[]';
