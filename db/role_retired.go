package db

import (
	"context"

	"authgraph/account"
)

// mayAddRole refuses the name of a deleted role, and a role above account.MaxRoles. Changes of rights run one after the
// other, so the counts hold until the commit.
func (a *administration) mayAddRole(ctx context.Context, name string) error {
	var retired bool
	if err := a.GetContext(ctx, &retired, `SELECT EXISTS (SELECT 1 FROM retired_roles WHERE name = $1)`, name); err != nil {
		return err
	}
	if retired {
		return account.ErrRoleRetired
	}
	var n int
	if err := a.GetContext(ctx, &n, `SELECT count(*) FROM roles`); err != nil {
		return err
	}
	if n >= account.MaxRoles {
		return account.ErrTooManyRoles
	}
	return nil
}

// retireRole keeps the name of a deleted role from being used again. It refuses more than account.MaxRetiredRoles.
func (a *administration) retireRole(ctx context.Context, name string) error {
	var n int
	if err := a.GetContext(ctx, &n, `SELECT count(*) FROM retired_roles`); err != nil {
		return err
	}
	if n >= account.MaxRetiredRoles {
		return account.ErrTooManyRetired
	}
	_, err := a.ExecContext(ctx, a.dialect.sql(
		`INSERT INTO retired_roles (name, retired_at) VALUES ($1, {now}) ON CONFLICT (name) DO NOTHING`), name)
	return err
}
