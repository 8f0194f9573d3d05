-- A synonym is looked up by its folded term (src/text/fold.ts), and shown as it was given. Stored ones are found as they are written
-- until their workspace writes its synonyms anew.
ALTER TABLE synonyms ADD COLUMN folded TEXT NOT NULL DEFAULT '';
UPDATE synonyms SET folded = term;
CREATE INDEX synonyms_by_folded ON synonyms (workspace_id, folded);
