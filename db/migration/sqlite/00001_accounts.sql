-- +goose Up
-- Times are microseconds since 1970-01-01 00:00:00 UTC.
CREATE TABLE users (
  id                 TEXT PRIMARY KEY,
  email              TEXT NOT NULL,
  email_key          TEXT NOT NULL UNIQUE,
  email_confirmed_at INTEGER,
  pending_email      TEXT,
  display_name       TEXT,
  locale             TEXT,
  password_hash      TEXT,
  credential_version INTEGER NOT NULL DEFAULT 1,
  created_at         INTEGER NOT NULL,
  suspended_at       INTEGER
) STRICT;

CREATE TABLE roles (
  id          TEXT PRIMARY KEY,
  name        TEXT NOT NULL UNIQUE,
  description TEXT,
  built_in    INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE role_permissions (
  role_id    TEXT NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
  permission TEXT NOT NULL,
  PRIMARY KEY (role_id, permission)
) STRICT;

CREATE TABLE user_roles (
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  role_id TEXT NOT NULL REFERENCES roles (id),
  PRIMARY KEY (user_id, role_id)
) STRICT;
CREATE INDEX user_roles_role ON user_roles (role_id);

CREATE TABLE sessions (
  id           TEXT PRIMARY KEY,
  user_id      TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at   INTEGER NOT NULL,
  last_used_at INTEGER NOT NULL,
  expires_at   INTEGER NOT NULL,
  ended_at     INTEGER,
  end_reason   TEXT,
  auth_time    INTEGER NOT NULL,
  assurance    TEXT NOT NULL,
  methods      TEXT NOT NULL,
  user_agent   TEXT,
  ip_address   TEXT
) STRICT;
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE signing_keys (
  id          TEXT PRIMARY KEY,
  algorithm   TEXT NOT NULL,
  state       TEXT NOT NULL,
  private_key BLOB NOT NULL,
  created_at  INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX signing_keys_one_active ON signing_keys (state) WHERE state = 'active';

INSERT INTO roles (id, name, description, built_in) VALUES
  ('role_01jd000000e00800000000000a', 'admin', 'May do everything.', 1),
  ('role_01jd000000e00800000000000b', 'user', 'Every account has it.', 1);
INSERT INTO role_permissions (role_id, permission) VALUES
  ('role_01jd000000e00800000000000a', 'USERS_READ'),
  ('role_01jd000000e00800000000000a', 'USERS_WRITE'),
  ('role_01jd000000e00800000000000a', 'ROLES_READ'),
  ('role_01jd000000e00800000000000a', 'ROLES_WRITE'),
  ('role_01jd000000e00800000000000a', 'SESSIONS_REVOKE'),
  ('role_01jd000000e00800000000000a', 'AUDIT_READ'),
  ('role_01jd000000e00800000000000a', 'IMPERSONATE'),
  ('role_01jd000000e00800000000000a', 'REVOCATIONS_READ');
