-- +goose Up
-- How often something was done to an account lately. The key is a keyed hash: it names nobody.
CREATE TABLE counts (
  key        TEXT PRIMARY KEY,
  count      BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX counts_expires ON counts (expires_at);
