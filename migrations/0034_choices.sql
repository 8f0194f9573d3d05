-- What a clarifying question offers, as a JSON list. NULL: the message offers nothing.
ALTER TABLE messages ADD COLUMN choices TEXT;
