-- +goose Up
ALTER TABLE sessions ADD COLUMN absolute_expires_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN delivery            TEXT    NOT NULL DEFAULT 'BODY';
ALTER TABLE sessions ADD COLUMN key_version         INTEGER NOT NULL DEFAULT 1;
ALTER TABLE sessions ADD COLUMN counter             INTEGER NOT NULL DEFAULT 1;
ALTER TABLE sessions ADD COLUMN rotated_at          INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN foreign_answers     INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN changed_at          INTEGER NOT NULL DEFAULT 0;
DROP INDEX sessions_user;
CREATE INDEX sessions_user ON sessions (user_id, id);

ALTER TABLE signing_keys ADD COLUMN activated_at INTEGER;
ALTER TABLE signing_keys ADD COLUMN retired_at   INTEGER;
ALTER TABLE signing_keys ADD COLUMN revoked_at   INTEGER;
UPDATE signing_keys SET activated_at = created_at WHERE state = 'active';
CREATE UNIQUE INDEX signing_keys_one_next ON signing_keys (state) WHERE state = 'next';

-- Keys of the server's own that never leave it, one for each purpose, sealed.
CREATE TABLE server_keys (
  purpose    TEXT PRIMARY KEY,
  sealed     BLOB NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

-- Each instance's heartbeat.
CREATE TABLE instances (
  id      TEXT PRIMARY KEY,
  seen_at INTEGER NOT NULL
) STRICT;

CREATE TABLE audit_events (
  id         TEXT PRIMARY KEY,
  at         INTEGER NOT NULL,
  action     TEXT NOT NULL,
  outcome    TEXT NOT NULL,
  actor_id   TEXT,
  subject_id TEXT,
  session_id TEXT,
  ip_address TEXT,
  user_agent TEXT,
  details    TEXT
) STRICT;
