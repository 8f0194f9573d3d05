-- What a clarifying question offers, as a JSON list. NULL: the message offers nothing.
ALTER TABLE messages ADD COLUMN choices TEXT;

-- The values that the visitor has chosen of what clarifying questions offered, each with the others, as a JSON list. NULL: none.
ALTER TABLE conversations ADD COLUMN chosen TEXT;
