-- The development workspace with its two published keys. For local instances and tests only, never for a deployed database.
INSERT INTO workspaces (id, name, secret, created_at)
VALUES ('ws_local_demo', 'Local demo', 'local-demo-secret', 0)
ON CONFLICT DO NOTHING;

-- SHA-256 of pk_local_demo and of sk_local_demo. Pages of any port of this machine may use the first.
INSERT INTO api_keys (id, workspace_id, kind, hash, scopes, origins, label, created_at)
VALUES
  ('key_local_publishable', 'ws_local_demo', 'publishable', 'bb048f9edf63d16c9dbd8de2a01ba9a17d50984959cdbd441fe0d2427ac700ed', '["chat"]', '["http://localhost:*","http://127.0.0.1:*"]', 'Local demo, browser', 0),
  ('key_local_secret', 'ws_local_demo', 'secret', '77bcd0dc446c44477fb441e6b6f8e720bc68d0d6ec5016f7db530077c508a902', '["chat","documents","insight","admin"]', '[]', 'Local demo, server', 0)
ON CONFLICT DO NOTHING;
