-- +goose Up
-- A late refresh rotated the token late_from again, and late_to is the counter that it set. An older program rotates
-- without clearing them, so late_from is valid only while late_to equals counter.
ALTER TABLE sessions ADD COLUMN late_from BIGINT;
ALTER TABLE sessions ADD COLUMN late_to   BIGINT;

-- Expired sessions leave the index of live ones. A sign-in does the same for its account from now on.
UPDATE sessions SET ended_at = expires_at, end_reason = 'EXPIRED'
WHERE ended_at IS NULL AND expires_at <= CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT);

-- Live sessions and ended sessions of an account have an index each, so that a statement reads only one kind.
-- A refresh moves none of their columns.
CREATE INDEX sessions_live ON sessions (user_id, id) WHERE ended_at IS NULL;
CREATE INDEX sessions_ended ON sessions (user_id, ended_at, id) WHERE ended_at IS NOT NULL;
DROP INDEX sessions_user;
CREATE INDEX sessions_user ON sessions (user_id);

DROP INDEX sessions_actor;
CREATE INDEX sessions_actor ON sessions (actor_id) WHERE actor_id IS NOT NULL AND ended_at IS NULL;
DROP INDEX sessions_actor_session;
CREATE INDEX sessions_actor_session ON sessions (actor_session_id) WHERE actor_session_id IS NOT NULL AND ended_at IS NULL;
