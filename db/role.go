package db

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	"authgraph/account"
	"authgraph/auth"
)

// Roles implements account.Reader.
func (s *Store) Roles(ctx context.Context) ([]*account.Role, error) {
	return rolesOf(ctx, s.read, `true`)
}

// rolesOf returns the roles that meet a condition, sorted by name.
func rolesOf(ctx context.Context, q sqlx.QueryerContext, condition string, args ...any) ([]*account.Role, error) {
	var rows []struct {
		ID          string  `db:"id"`
		Name        string  `db:"name"`
		Description *string `db:"description"`
		BuiltIn     bool    `db:"built_in"`
		Permission  *string `db:"permission"`
	}
	if err := sqlx.SelectContext(ctx, q, &rows, `
		SELECT r.id, r.name, r.description, r.built_in, rp.permission
		FROM roles r LEFT JOIN role_permissions rp ON rp.role_id = r.id WHERE `+condition, args...); err != nil {
		return nil, storeError(err)
	}
	byID := map[string]*account.Role{}
	roles := []*account.Role{}
	for _, row := range rows {
		r := byID[row.ID]
		if r == nil {
			r = &account.Role{
				ID: row.ID, Name: row.Name, Description: row.Description, BuiltIn: row.BuiltIn,
				Permissions: []account.Permission{},
			}
			byID[r.ID] = r
			roles = append(roles, r)
		}
		if row.Permission != nil {
			r.Permissions = append(r.Permissions, account.Permission(*row.Permission))
		}
	}
	for _, r := range roles {
		inOrder(r.Permissions)
	}
	slices.SortFunc(roles, func(a, b *account.Role) int { return strings.Compare(a.Name, b.Name) })
	return roles, nil
}

// AddRole implements account.Administration.
func (s *Store) AddRole(
	ctx context.Context, by account.Administrator, n account.NewRole,
) (role *account.Role, err error) {
	err = s.administer(ctx, by, account.RolesWrite, func(tx *administration) error {
		if !tx.held.All() || !account.MayGrant(tx.held.Permissions, n.Permissions) {
			return auth.ErrForbidden
		}
		if err := tx.mayAddRole(ctx, n.Name); err != nil {
			return err
		}
		err := requireOneRow(tx.ExecContext(ctx, `
			INSERT INTO roles (id, name, description, built_in) VALUES ($1, $2, $3, false)
			ON CONFLICT (name) DO NOTHING`, n.ID, n.Name, n.Description))
		if errors.Is(err, errNoEffect) {
			return account.ErrRoleExists
		}
		if err != nil {
			return err
		}
		if role, err = tx.permit(ctx, n.ID, n.Permissions); err != nil {
			return err
		}
		return tx.record(ctx, account.ActionRoleCreate, "", map[string]any{"role": n.Name, "permissions": role.Permissions})
	})
	return role, err
}

// ChangeRole implements account.Administration.
func (s *Store) ChangeRole(
	ctx context.Context, by account.Administrator, c account.RoleChange,
) (role *account.Role, err error) {
	err = s.administer(ctx, by, account.RolesWrite, func(tx *administration) error {
		before, err := tx.editable(ctx, c.ID)
		if err != nil {
			return err
		}
		if !account.MayGrant(tx.held.Permissions, c.Permissions) {
			return auth.ErrForbidden
		}
		if c.Description != nil {
			if _, err := tx.ExecContext(ctx,
				`UPDATE roles SET description = $2 WHERE id = $1`, c.ID, *c.Description); err != nil {
				return err
			}
		}
		after := before.Permissions
		if c.Permissions != nil {
			after = c.Permissions
		}
		if role, err = tx.permit(ctx, c.ID, after); err != nil {
			return err
		}
		if err := s.endImpersonations(ctx, tx.changeTx); err != nil {
			return err
		}
		return tx.record(ctx, account.ActionRoleUpdate, "", map[string]any{
			"role": before.Name, "from": before.Permissions, "to": role.Permissions,
		})
	})
	return role, err
}

// DeleteRole implements account.Administration.
func (s *Store) DeleteRole(ctx context.Context, by account.Administrator, id string) error {
	return s.administer(ctx, by, account.RolesWrite, func(tx *administration) error {
		role, err := tx.editable(ctx, id)
		if err != nil {
			return err
		}
		if err := tx.retireRole(ctx, role.Name); err != nil {
			return err
		}
		if err := tx.roleChanged(ctx, id); err != nil {
			return err
		}
		for _, statement := range []string{
			`DELETE FROM user_roles WHERE role_id = $1`, `DELETE FROM roles WHERE id = $1`,
		} {
			if _, err := tx.ExecContext(ctx, statement, id); err != nil {
				return err
			}
		}
		if err := s.endImpersonations(ctx, tx.changeTx); err != nil {
			return err
		}
		return tx.record(ctx, account.ActionRoleDelete, "", map[string]any{"role": role.Name, "permissions": role.Permissions})
	})
}

// editable returns a role that the administrator may change or delete.
func (a *administration) editable(ctx context.Context, id string) (*account.Role, error) {
	found, err := rolesOf(ctx, a, `r.id = $1`, id)
	switch {
	case err != nil:
		return nil, err
	case len(found) == 0:
		return nil, account.ErrRoleNotFound
	case found[0].BuiltIn:
		return nil, account.ErrBuiltIn
	case !a.held.MayHandle(found[0].Name) || !account.MayGrant(a.held.Permissions, found[0].Permissions):
		return nil, auth.ErrForbidden
	}
	return found[0], nil
}

// roleChanged announces that the permissions of all accounts with a role have changed.
func (a *administration) roleChanged(ctx context.Context, id string) error {
	a.changed.Rights = true
	var holders []string
	if err := a.SelectContext(ctx, &holders, `SELECT user_id FROM user_roles WHERE role_id = $1`, id); err != nil {
		return err
	}
	a.revoke(account.RevokedRights, holders...)
	return nil
}

// permit sets the permissions of a role and returns the role.
func (a *administration) permit(
	ctx context.Context, id string, permissions []account.Permission,
) (*account.Role, error) {
	if err := a.roleChanged(ctx, id); err != nil {
		return nil, err
	}
	if _, err := a.ExecContext(ctx, `DELETE FROM role_permissions WHERE role_id = $1`, id); err != nil {
		return nil, err
	}
	for _, permission := range permissions {
		if _, err := a.ExecContext(ctx,
			`INSERT INTO role_permissions (role_id, permission) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
			id, permission); err != nil {
			return nil, err
		}
	}
	found, err := rolesOf(ctx, a, `r.id = $1`, id)
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// HasAdministrator reports whether an account that is not suspended has the role.
func (s *Store) HasAdministrator(ctx context.Context, role string) (has bool, err error) {
	var n int
	err = s.read.GetContext(ctx, &n, `SELECT count(*) FROM (SELECT 1 FROM user_roles ur
		JOIN roles r ON r.id = ur.role_id JOIN users u ON u.id = ur.user_id
		WHERE r.name = $1 AND u.suspended_at IS NULL AND u.erase_at IS NULL LIMIT 1) AS found`, role)
	return n > 0, storeError(err)
}
