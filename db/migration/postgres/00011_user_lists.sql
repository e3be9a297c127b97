-- +goose Up
-- last_sign_in_at is the time of the newest session that the account's own person began; 0 for never. words holds the
-- account's search words, each behind a space; NULL until housekeeping has filled the row.
ALTER TABLE users
  ADD COLUMN last_sign_in_at BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN words           TEXT;

-- Words and beginnings of words find accounts by the range of the primary key. Words are compared by their bytes.
CREATE TABLE user_words (
  word    TEXT COLLATE "C" NOT NULL,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  PRIMARY KEY (word, user_id)
);
CREATE INDEX user_words_user ON user_words (user_id);

-- Pages in the order of names and of sign-ins; an account without a value sorts before all others.
CREATE INDEX users_name_order ON users ((coalesce(name_key, '')) COLLATE "C", id);
CREATE INDEX users_signed_in ON users (last_sign_in_at, id);
CREATE INDEX users_suspended_name ON users ((coalesce(name_key, '')) COLLATE "C", id) WHERE suspended_at IS NOT NULL;
CREATE INDEX users_suspended_signed_in ON users (last_sign_in_at, id) WHERE suspended_at IS NOT NULL;
-- Rows that housekeeping has yet to fill.
CREATE INDEX users_unfilled ON users (id) WHERE words IS NULL;

-- The triggers keep the columns true while programs from before this migration still write.
-- +goose StatementBegin
CREATE FUNCTION users_sign_in() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE users SET last_sign_in_at = greatest(last_sign_in_at, NEW.created_at) WHERE id = NEW.user_id;
  RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER sessions_sign_in AFTER INSERT ON sessions
  FOR EACH ROW WHEN (NEW.actor_id IS NULL) EXECUTE FUNCTION users_sign_in();

-- +goose StatementBegin
CREATE FUNCTION users_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.words := NULL;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER users_renamed BEFORE UPDATE OF email, email_key, display_name ON users
  FOR EACH ROW EXECUTE FUNCTION users_renamed();
