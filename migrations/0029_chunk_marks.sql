-- How parts of a chunk's text are shown (src/text/stored-marks.ts, docs/decisions/0070): bold, code, the targets of links, and what is searched
-- and not shown. Null: it was stored before texts were marked, and is read anew.
ALTER TABLE chunks ADD COLUMN marks TEXT CHECK (marks IS NULL OR json_valid(marks));
