package db

import (
	"context"
	"database/sql"
)

// Pools returns the pools of connections by name, for their statistics.
func (s *Store) Pools() map[string]*sql.DB {
	if s.dialect == onPostgres {
		return map[string]*sql.DB{"postgres": s.write.DB}
	}
	return map[string]*sql.DB{"sqlite_read": s.read.DB, "sqlite_write": s.write.DB}
}

// HasAdministrator reports whether an account that is not suspended has the role.
func (s *Store) HasAdministrator(ctx context.Context, role string) (has bool, err error) {
	var n int
	err = s.read.GetContext(ctx, &n, `SELECT count(*) FROM (SELECT 1 FROM user_roles ur
		JOIN roles r ON r.id = ur.role_id JOIN users u ON u.id = ur.user_id
		WHERE r.name = $1 AND u.suspended_at IS NULL LIMIT 1) AS found`, role)
	return n > 0, fault(err)
}
