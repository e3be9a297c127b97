-- +goose Up
-- Mails that wait to be sent: a table that is filled and emptied.
CREATE TABLE mail_queue (
  id         TEXT PRIMARY KEY,
  kind       TEXT NOT NULL,
  sealed     BLOB NOT NULL, -- recipient and contents
  user_id    TEXT REFERENCES users (id) ON DELETE CASCADE,
  token_hash BLOB, -- hash of the token in the mail
  created_at INTEGER NOT NULL,
  due_at     INTEGER NOT NULL, -- next attempt; for a claimed mail the end of the claim
  expires_at INTEGER NOT NULL,
  attempts   INTEGER NOT NULL DEFAULT 0,
  claim      TEXT -- names the newest claim
) STRICT;
CREATE INDEX mail_queue_due ON mail_queue (due_at, id);
CREATE INDEX mail_queue_user ON mail_queue (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX mail_queue_token ON mail_queue (token_hash) WHERE token_hash IS NOT NULL;
