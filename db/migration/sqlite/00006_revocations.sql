-- +goose Up
-- What has stopped counting lately, for services that verify access tokens by themselves. Rows go when every token that
-- they speak of has run out.
CREATE TABLE revocations (
  id       TEXT PRIMARY KEY,
  at       INTEGER NOT NULL,
  kind     TEXT NOT NULL,
  named_id TEXT NOT NULL
) STRICT;
CREATE INDEX revocations_at ON revocations (at);
