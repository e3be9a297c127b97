-- +goose Up
-- Tokens and codes that were mailed. A row without an account is a decoy for an address without an account.
CREATE TABLE one_time_tokens (
  hash       BYTEA PRIMARY KEY, -- SHA-256 of the token
  purpose    TEXT NOT NULL,
  subject    BYTEA NOT NULL, -- keyed hash of the address
  user_id    TEXT REFERENCES users (id) ON DELETE CASCADE,
  version    BIGINT NOT NULL, -- of the credential at the request; a token is invalid after a change of the password
  request    BYTEA NOT NULL, -- SHA-256 of the request that the code belongs to
  code       BYTEA NOT NULL, -- MAC of the code
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at    BIGINT -- time of its use or voiding
);
CREATE UNIQUE INDEX one_time_tokens_request ON one_time_tokens (request);
CREATE INDEX one_time_tokens_subject ON one_time_tokens (subject, purpose, created_at);
CREATE INDEX one_time_tokens_user ON one_time_tokens (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX one_time_tokens_expires ON one_time_tokens (expires_at);
