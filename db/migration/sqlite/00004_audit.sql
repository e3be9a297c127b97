-- +goose Up
-- What is written here in the transaction of what it records waits for the sealer: a table that is filled and emptied.
ALTER TABLE audit_events ADD COLUMN impersonator_id TEXT;
ALTER TABLE audit_events ADD COLUMN private         TEXT; -- details about the subject
ALTER TABLE audit_events ADD COLUMN address         BLOB; -- keyed hash of what somebody typed

-- What the log calls an account, and the salt of the key of its personal values. They go with the account.
CREATE TABLE audit_accounts (
  user_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  ref     TEXT NOT NULL UNIQUE,
  salt    BLOB NOT NULL
) STRICT;

CREATE TABLE audit_log (
  position         INTEGER PRIMARY KEY,
  id               TEXT NOT NULL UNIQUE,
  at               INTEGER NOT NULL,
  action           TEXT NOT NULL,
  outcome          TEXT NOT NULL,
  actor_ref        TEXT,
  impersonator_ref TEXT,
  subject_ref      TEXT,
  session_id       TEXT,
  details          TEXT,
  personal         BLOB, -- sealed for who acted
  private          BLOB, -- sealed for the subject
  address          BLOB, -- keyed hash of an address that no account has
  mac              BLOB NOT NULL
) STRICT;
CREATE INDEX audit_log_at ON audit_log (at, position);
CREATE INDEX audit_log_actor ON audit_log (actor_ref, at, position) WHERE actor_ref IS NOT NULL;
CREATE INDEX audit_log_subject ON audit_log (subject_ref, at, position) WHERE subject_ref IS NOT NULL;
CREATE INDEX audit_log_action ON audit_log (action, at, position);
CREATE INDEX audit_log_failure ON audit_log (at, position) WHERE outcome = 'FAILURE';

-- Where the log ends, and up to where it was dropped for its age. One row.
CREATE TABLE audit_chain (
  id               INTEGER PRIMARY KEY CHECK (id = 1),
  head_position    INTEGER NOT NULL DEFAULT 0,
  head_mac         BLOB,
  anchor_position  INTEGER NOT NULL DEFAULT 0,
  anchor_mac       BLOB,
  anchor_signature BLOB
) STRICT;
INSERT INTO audit_chain (id) VALUES (1);

-- +goose StatementBegin
CREATE TRIGGER audit_log_update BEFORE UPDATE ON audit_log BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_log_delete BEFORE DELETE ON audit_log
WHEN OLD.position > (SELECT anchor_position FROM audit_chain) BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;
-- +goose StatementEnd
