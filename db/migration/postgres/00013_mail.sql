-- +goose Up
-- Mails that wait to be sent: a table that is filled and emptied.
CREATE TABLE mail_queue (
  id         TEXT PRIMARY KEY,
  kind       TEXT NOT NULL,
  sealed     BYTEA NOT NULL, -- recipient and contents
  user_id    TEXT REFERENCES users (id) ON DELETE CASCADE,
  token_hash BYTEA, -- hash of the token in the mail
  created_at BIGINT NOT NULL,
  due_at     BIGINT NOT NULL, -- next attempt; for a claimed mail the end of the claim
  expires_at BIGINT NOT NULL,
  attempts   INTEGER NOT NULL DEFAULT 0,
  claim      TEXT -- names the newest claim
);
ALTER TABLE mail_queue SET (
  autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_delay = 0
);
CREATE INDEX mail_queue_due ON mail_queue (due_at, id);
CREATE INDEX mail_queue_user ON mail_queue (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX mail_queue_token ON mail_queue (token_hash) WHERE token_hash IS NOT NULL;
