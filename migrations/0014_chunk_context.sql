-- What a model says a chunk is about in its document (`CONTEXT_MODEL`): it is embedded with the chunk, and shown to nobody.
ALTER TABLE chunks ADD COLUMN context TEXT;
