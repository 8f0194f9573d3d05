-- Documents that are served to nobody because it is not known for whom they are: keyword search asks each time whether a
-- workspace has one, while those that were never served may be many.
CREATE INDEX documents_served_unknown ON documents (workspace_id) WHERE served_audience IS NULL AND live_version > 0;
