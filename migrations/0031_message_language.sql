-- The language of a turn, as an ISO 639-1 code: of the reply to a visitor's message, and of the reply itself. NULL in messages from before.
ALTER TABLE messages ADD COLUMN language TEXT;
