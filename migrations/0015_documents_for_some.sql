-- Which documents a search has to hide -------------------------------------------------------------------------------

-- Documents that are not for everybody, with all that says for whom they are: a search learns which ones it has to hide from
-- this index alone, however long their texts are (src/retrieval/keywords.ts). The three that it replaces told only whether there are any.
CREATE INDEX documents_for_some ON documents (workspace_id, audience, served_audience, live_version)
WHERE audience <> '[]' OR served_audience <> '[]' OR (served_audience IS NULL AND live_version > 0);

DROP INDEX documents_restricted;
DROP INDEX documents_served_restricted;
DROP INDEX documents_served_unknown;
