-- +goose Up
-- Names of deleted roles. They are not used again, because other servers may still give them permissions.
CREATE TABLE retired_roles (
  name       TEXT PRIMARY KEY,
  retired_at INTEGER NOT NULL
) STRICT;

-- Roles that were deleted before, as far as the audit log reaches.
INSERT INTO retired_roles (name, retired_at)
  SELECT name, max(at) FROM (
    SELECT json_extract(details, '$.role') AS name, at FROM audit_log WHERE action = 'role.delete'
    UNION ALL
    SELECT json_extract(details, '$.role') AS name, at FROM audit_events WHERE action = 'role.delete'
  ) AS deleted
  WHERE name IS NOT NULL AND name NOT IN (SELECT r.name FROM roles r)
  GROUP BY name ORDER BY max(at) DESC LIMIT 10000;
