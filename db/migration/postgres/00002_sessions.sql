-- +goose Up
-- A refresh moves none of the indexed columns, so that on PostgreSQL its row stays on its page (HOT).
ALTER TABLE sessions
  ADD COLUMN absolute_expires_at BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN delivery            TEXT   NOT NULL DEFAULT 'BODY',
  ADD COLUMN key_version         BIGINT NOT NULL DEFAULT 1,
  ADD COLUMN counter             BIGINT NOT NULL DEFAULT 1,
  ADD COLUMN rotated_at          BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN foreign_answers     BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN changed_at          BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions SET (fillfactor = 80);
DROP INDEX sessions_user;
CREATE INDEX sessions_user ON sessions (user_id, id);

ALTER TABLE signing_keys
  ADD COLUMN activated_at BIGINT,
  ADD COLUMN retired_at   BIGINT,
  ADD COLUMN revoked_at   BIGINT;
UPDATE signing_keys SET activated_at = created_at WHERE state = 'active';
CREATE UNIQUE INDEX signing_keys_one_next ON signing_keys (state) WHERE state = 'next';

-- Keys of the server's own that never leave it, one for each purpose, sealed.
CREATE TABLE server_keys (
  purpose    TEXT PRIMARY KEY,
  sealed     BYTEA NOT NULL,
  created_at BIGINT NOT NULL
);

-- Each instance's heartbeat: a committed write, so that a server that can't commit is noticed.
CREATE TABLE instances (
  id      TEXT PRIMARY KEY,
  seen_at BIGINT NOT NULL
);

CREATE TABLE audit_events (
  id         TEXT PRIMARY KEY,
  at         BIGINT NOT NULL,
  action     TEXT NOT NULL,
  outcome    TEXT NOT NULL,
  actor_id   TEXT,
  subject_id TEXT,
  session_id TEXT,
  ip_address TEXT,
  user_agent TEXT,
  details    TEXT
);
