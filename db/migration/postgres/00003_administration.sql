-- +goose Up
-- What a display name is found by: its characters folded as those of addresses are. Older code leaves it empty.
ALTER TABLE users ADD COLUMN name_key TEXT;
UPDATE users SET name_key = lower(display_name) WHERE display_name IS NOT NULL;

-- Pages of accounts in each order, and what they are filtered by. Beginnings are ranges in the order of bytes. What a list
-- is filtered by beside its order is in the index too, so that what does not belong to it is never fetched.
CREATE INDEX users_created ON users (created_at, id) INCLUDE (email_key, name_key, suspended_at);
CREATE INDEX users_email ON users (email_key COLLATE "C", created_at, id) INCLUDE (suspended_at);
CREATE INDEX users_name ON users (name_key COLLATE "C", created_at, id) INCLUDE (email_key) WHERE name_key IS NOT NULL;
CREATE INDEX users_suspended_created ON users (created_at, id) WHERE suspended_at IS NOT NULL;
CREATE INDEX users_suspended_email ON users (email_key COLLATE "C") WHERE suspended_at IS NOT NULL;
DROP INDEX user_roles_role;
CREATE INDEX user_roles_role ON user_roles (role_id, user_id);

-- Who acts through a session that is not their own account's, and the session that they began it from.
ALTER TABLE sessions
  ADD COLUMN actor_id         TEXT,
  ADD COLUMN actor_session_id TEXT;
CREATE INDEX sessions_actor ON sessions (actor_id) WHERE actor_id IS NOT NULL;
CREATE INDEX sessions_actor_session ON sessions (actor_session_id) WHERE actor_session_id IS NOT NULL;
