-- +goose Up
-- What is written here in the transaction of what it records waits for the sealer: a table that is filled and emptied.
ALTER TABLE audit_events
  ADD COLUMN impersonator_id TEXT,
  ADD COLUMN private         TEXT,  -- details about the subject
  ADD COLUMN address         BYTEA; -- keyed hash of what somebody typed
ALTER TABLE audit_events SET (
  autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_delay = 0
);

-- What the log calls an account, and the salt of the key of its personal values. They go with the account.
CREATE TABLE audit_accounts (
  user_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  ref     TEXT NOT NULL UNIQUE,
  salt    BYTEA NOT NULL
);

CREATE TABLE audit_log (
  position         BIGINT PRIMARY KEY,
  id               TEXT NOT NULL UNIQUE,
  at               BIGINT NOT NULL,
  action           TEXT NOT NULL,
  outcome          TEXT NOT NULL,
  actor_ref        TEXT,
  impersonator_ref TEXT,
  subject_ref      TEXT,
  session_id       TEXT,
  details          TEXT,
  personal         BYTEA, -- sealed for who acted
  private          BYTEA, -- sealed for the subject
  address          BYTEA, -- keyed hash of an address that no account has
  mac              BYTEA NOT NULL
);
CREATE INDEX audit_log_at ON audit_log (at, position);
CREATE INDEX audit_log_actor ON audit_log (actor_ref, at, position) WHERE actor_ref IS NOT NULL;
CREATE INDEX audit_log_subject ON audit_log (subject_ref, at, position) WHERE subject_ref IS NOT NULL;
CREATE INDEX audit_log_action ON audit_log (action, at, position);
CREATE INDEX audit_log_failure ON audit_log (at, position) WHERE outcome = 'FAILURE';

-- Where the log ends, and up to where it was dropped for its age. One row.
CREATE TABLE audit_chain (
  id               INTEGER PRIMARY KEY CHECK (id = 1),
  head_position    BIGINT NOT NULL DEFAULT 0,
  head_mac         BYTEA,
  anchor_position  BIGINT NOT NULL DEFAULT 0,
  anchor_mac       BYTEA,
  anchor_signature BYTEA
);
INSERT INTO audit_chain (id) VALUES (1);

-- +goose StatementBegin
CREATE FUNCTION audit_log_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.position <= (SELECT anchor_position FROM audit_chain) THEN
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION 'the audit log is append-only';
END $$;
-- +goose StatementEnd
CREATE TRIGGER audit_log_rows BEFORE UPDATE OR DELETE ON audit_log
  FOR EACH ROW EXECUTE FUNCTION audit_log_append_only();
CREATE TRIGGER audit_log_truncate BEFORE TRUNCATE ON audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION audit_log_append_only();
