-- +goose Up
-- Search index: sets of account numbers, which housekeeping builds from time to time. Accounts that changed since are read
-- from their own rows.

-- Number of each account in the sets. A row stays when its account is deleted, until no set holds its number.
CREATE TABLE user_numbers (
  number  BIGINT PRIMARY KEY,
  user_id TEXT NOT NULL,
  UNIQUE (user_id) INCLUDE (number)
);

-- Accounts that changed. generation is the build that includes the change; the default stands for none.
CREATE TABLE user_changes (
  id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id    TEXT NOT NULL,
  generation BIGINT NOT NULL DEFAULT 9223372036854775807
);
CREATE INDEX user_changes_generation ON user_changes (generation, user_id);

-- Published parts: WORDS, and each order of lists.
CREATE TABLE user_index (
  part       TEXT PRIMARY KEY,
  generation BIGINT NOT NULL,
  built_at   BIGINT NOT NULL
);
-- Process that builds.
CREATE TABLE user_index_claim (
  id    INTEGER PRIMARY KEY CHECK (id = 1),
  owner TEXT NOT NULL,
  until BIGINT NOT NULL
);
INSERT INTO user_index_claim (id, owner, until) VALUES (1, '', 0);

-- Accounts with a word or a beginning of words, for frequent ones.
CREATE TABLE user_index_words (
  generation BIGINT NOT NULL,
  word       TEXT COLLATE "C" NOT NULL,
  accounts   BIGINT NOT NULL,
  numbers    BYTEA NOT NULL,
  PRIMARY KEY (generation, word)
);
ALTER TABLE user_index_words ALTER COLUMN numbers SET STORAGE EXTERNAL; -- sets are compressed already

-- Accounts in the order of a list. value and user_id are the place of the block's first account.
CREATE TABLE user_index_orders (
  generation BIGINT NOT NULL,
  part       TEXT NOT NULL,
  block      BIGINT NOT NULL,
  value      TEXT COLLATE "C" NOT NULL,
  user_id    TEXT NOT NULL,
  numbers    BYTEA NOT NULL,
  PRIMARY KEY (generation, part, block)
);
ALTER TABLE user_index_orders ALTER COLUMN numbers SET STORAGE EXTERNAL;
CREATE INDEX user_index_orders_place ON user_index_orders (generation, part, value, user_id, block);

-- The triggers also record changes by programs from before this migration.
-- +goose StatementBegin
CREATE FUNCTION users_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO user_changes (user_id) VALUES (CASE TG_OP WHEN 'DELETE' THEN OLD.id ELSE NEW.id END);
  RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER users_changed AFTER INSERT OR DELETE ON users FOR EACH ROW EXECUTE FUNCTION users_changed();
CREATE TRIGGER users_changed_words AFTER UPDATE ON users
  FOR EACH ROW WHEN ((OLD.words, OLD.email_key, OLD.name_key, OLD.created_at, OLD.suspended_at)
    IS DISTINCT FROM (NEW.words, NEW.email_key, NEW.name_key, NEW.created_at, NEW.suspended_at))
  EXECUTE FUNCTION users_changed();
-- +goose StatementBegin
CREATE FUNCTION user_roles_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO user_changes (user_id) VALUES (CASE TG_OP WHEN 'DELETE' THEN OLD.user_id ELSE NEW.user_id END);
  RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER user_roles_changed AFTER INSERT OR DELETE ON user_roles FOR EACH ROW EXECUTE FUNCTION user_roles_changed();
