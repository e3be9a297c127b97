-- +goose Up
-- erase_at is the time at which an account is erased whose deletion was requested.
ALTER TABLE users ADD COLUMN erase_at BIGINT;
CREATE INDEX users_erase ON users (erase_at) WHERE erase_at IS NOT NULL;

-- pending has the steps that a session still requires, each separated by a space. Such a session is not a sign-in yet.
ALTER TABLE sessions ADD COLUMN pending TEXT NOT NULL DEFAULT '';
-- replaced_by is the session that continues an ended one.
ALTER TABLE sessions ADD COLUMN replaced_by TEXT;
DROP TRIGGER sessions_sign_in ON sessions;
CREATE TRIGGER sessions_sign_in AFTER INSERT ON sessions
  FOR EACH ROW WHEN (NEW.actor_id IS NULL AND NEW.pending = '') EXECUTE FUNCTION users_sign_in();
