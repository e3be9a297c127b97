-- +goose Up
-- Search index: sets of account numbers, which housekeeping builds from time to time. Accounts that changed since are read
-- from their own rows.

-- Number of each account in the sets. A row stays when its account is deleted, until no set holds its number.
CREATE TABLE user_numbers (
  number  INTEGER PRIMARY KEY,
  user_id TEXT NOT NULL UNIQUE
) STRICT;

-- Accounts that changed. generation is the build that includes the change; the default stands for none.
CREATE TABLE user_changes (
  id         INTEGER PRIMARY KEY,
  user_id    TEXT NOT NULL,
  generation INTEGER NOT NULL DEFAULT 9223372036854775807
) STRICT;
CREATE INDEX user_changes_generation ON user_changes (generation, user_id);

-- Published parts: WORDS, and each order of lists.
CREATE TABLE user_index (
  part       TEXT PRIMARY KEY,
  generation INTEGER NOT NULL,
  built_at   INTEGER NOT NULL
) STRICT;
-- Process that builds.
CREATE TABLE user_index_claim (
  id    INTEGER PRIMARY KEY CHECK (id = 1),
  owner TEXT NOT NULL,
  until INTEGER NOT NULL
) STRICT;
INSERT INTO user_index_claim (id, owner, until) VALUES (1, '', 0);

-- Accounts with a word or a beginning of words, for frequent ones.
CREATE TABLE user_index_words (
  generation INTEGER NOT NULL,
  word       TEXT NOT NULL,
  accounts   INTEGER NOT NULL,
  numbers    BLOB NOT NULL,
  PRIMARY KEY (generation, word)
) STRICT;

-- Accounts in the order of a list. value and user_id are the place of the block's first account.
CREATE TABLE user_index_orders (
  generation INTEGER NOT NULL,
  part       TEXT NOT NULL,
  block      INTEGER NOT NULL,
  value      TEXT NOT NULL,
  user_id    TEXT NOT NULL,
  numbers    BLOB NOT NULL,
  PRIMARY KEY (generation, part, block)
) STRICT;
CREATE INDEX user_index_orders_place ON user_index_orders (generation, part, value, user_id, block);

-- The triggers also record changes by programs from before this migration.
-- +goose StatementBegin
CREATE TRIGGER users_added AFTER INSERT ON users BEGIN
  INSERT INTO user_changes (user_id) VALUES (NEW.id);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER users_deleted AFTER DELETE ON users BEGIN
  INSERT INTO user_changes (user_id) VALUES (OLD.id);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER users_changed AFTER UPDATE OF words, email_key, name_key, created_at, suspended_at ON users
WHEN OLD.words IS NOT NEW.words OR OLD.email_key IS NOT NEW.email_key OR OLD.name_key IS NOT NEW.name_key
  OR OLD.created_at IS NOT NEW.created_at OR OLD.suspended_at IS NOT NEW.suspended_at BEGIN
  INSERT INTO user_changes (user_id) VALUES (NEW.id);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER user_roles_added AFTER INSERT ON user_roles BEGIN
  INSERT INTO user_changes (user_id) VALUES (NEW.user_id);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER user_roles_deleted AFTER DELETE ON user_roles BEGIN
  INSERT INTO user_changes (user_id) VALUES (OLD.user_id);
END;
-- +goose StatementEnd
