package db

import (
	"context"
	"fmt"
	"slices"

	"authgraph/account"
	"authgraph/auth"
)

// SetRoles implements account.Administration.
func (s *Store) SetRoles(
	ctx context.Context, by account.Administrator, userID string, names []string,
) (user *account.User, err error) {
	err = s.administer(ctx, by, account.RolesWrite, func(tx *administration) error {
		before, err := tx.target(ctx, userID)
		if err != nil {
			return err
		}
		roles, err := rolesNamed(ctx, tx, names)
		if err != nil {
			return err
		}
		if !tx.mayReplace(before.Roles, roles) {
			return auth.ErrForbidden
		}
		if !slices.Contains(names, account.RoleAdmin) {
			if err := tx.notLast(ctx, before); err != nil {
				return err
			}
		}
		if err := replaceRoles(ctx, tx, userID, roles); err != nil {
			return err
		}
		if user, err = tx.rightsChanged(ctx, s, userID); err != nil {
			return err
		}
		return tx.record(ctx, account.ActionUserRoles, userID, map[string]any{"from": before.Roles, "to": user.Roles})
	})
	return user, err
}

// mayReplace reports whether the administrator may handle every role that is in one of the lists only, and may grant
// the permissions of every role that is added.
func (a *administration) mayReplace(before []string, after []*account.Role) bool {
	taken := slices.Clone(before)
	for _, r := range after {
		if slices.Contains(before, r.Name) {
			taken = slices.DeleteFunc(taken, func(name string) bool { return name == r.Name })
		} else if !a.held.MayHandle(r.Name) || !account.MayGrant(a.held.Permissions, r.Permissions) {
			return false
		}
	}
	return !slices.ContainsFunc(taken, func(name string) bool { return !a.held.MayHandle(name) })
}

func replaceRoles(ctx context.Context, tx *administration, userID string, roles []*account.Role) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM user_roles WHERE user_id = $1`, userID); err != nil {
		return err
	}
	for _, r := range roles {
		if _, err := tx.ExecContext(ctx,
			`INSERT INTO user_roles (user_id, role_id) VALUES ($1, $2)`, userID, r.ID); err != nil {
			return err
		}
	}
	return nil
}

// rolesNamed finds roles by their names. ErrUnknownRole.
func rolesNamed(ctx context.Context, tx *administration, names []string) (found []*account.Role, err error) {
	all, err := rolesOf(ctx, tx, `true`)
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Compact(slices.Sorted(slices.Values(names))) {
		i := slices.IndexFunc(all, func(r *account.Role) bool { return r.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("%w: %s", account.ErrUnknownRole, name)
		}
		found = append(found, all[i])
	}
	return found, nil
}
