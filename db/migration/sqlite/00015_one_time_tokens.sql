-- +goose Up
-- Tokens and codes that were mailed. A row without an account is a decoy for an address without an account.
CREATE TABLE one_time_tokens (
  hash       BLOB PRIMARY KEY, -- SHA-256 of the token
  purpose    TEXT NOT NULL,
  subject    BLOB NOT NULL, -- keyed hash of the address
  user_id    TEXT REFERENCES users (id) ON DELETE CASCADE,
  version    INTEGER NOT NULL, -- of the credential at the request; a token is invalid after a change of the password
  request    BLOB NOT NULL, -- SHA-256 of the request that the code belongs to
  code       BLOB NOT NULL, -- MAC of the code
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at    INTEGER -- time of its use or voiding
) STRICT;
CREATE UNIQUE INDEX one_time_tokens_request ON one_time_tokens (request);
CREATE INDEX one_time_tokens_subject ON one_time_tokens (subject, purpose, created_at);
CREATE INDEX one_time_tokens_user ON one_time_tokens (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX one_time_tokens_expires ON one_time_tokens (expires_at);
