-- Kept answers to the same question in other words (src/conversations/cached-answers.ts, docs/decisions/0079) -----------

-- `question_hash` is now the hash of what decides a question: its content words and what else makes it another one. Rows from before are
-- not found any more; they are removed by their age.
-- The question as it was asked; its embedding, one signed byte a number, in Base64, and the model that made it: NULL where there is none.
ALTER TABLE cached_answers ADD COLUMN question TEXT NOT NULL DEFAULT '';
ALTER TABLE cached_answers ADD COLUMN embedding TEXT;
ALTER TABLE cached_answers ADD COLUMN embedding_model TEXT;
-- What wrote the answer, and what it used: so much is saved when the answer is given again.
ALTER TABLE cached_answers ADD COLUMN model TEXT;
ALTER TABLE cached_answers ADD COLUMN input_tokens INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cached_answers ADD COLUMN output_tokens INTEGER NOT NULL DEFAULT 0;

-- Of a turn that a kept answer answered before a model was asked: what the model would have used, by what it used the first time.
ALTER TABLE turn_ledger ADD COLUMN saved_input_tokens INTEGER NOT NULL DEFAULT 0;
ALTER TABLE turn_ledger ADD COLUMN saved_output_tokens INTEGER NOT NULL DEFAULT 0;
ALTER TABLE turn_ledger ADD COLUMN saved_micro_usd INTEGER NOT NULL DEFAULT 0;
