package db

import (
	"context"

	"authgraph/account"
)

// UpdateUser implements account.Administration. It announces the change, so that no instance returns the old name. It ends no
// session.
func (s *Store) UpdateUser(
	ctx context.Context, by account.Administrator, c account.UserChange,
) (user *account.User, err error) {
	err = s.administer(ctx, by, account.UsersWrite, func(tx *administration) error {
		if _, err = tx.target(ctx, c.ID); err != nil {
			return err
		}
		c.Locale = nil
		fields, err := tx.changeProfile(ctx, c)
		if err != nil {
			return err
		}
		users, err := usersByID(ctx, tx, []string{c.ID})
		if err != nil {
			return err
		}
		if user = users[0]; len(fields) == 0 {
			return nil
		}
		return tx.record(ctx, account.ActionUserUpdate, c.ID, map[string]any{"fields": fields})
	})
	return user, err
}

// changeProfile changes the profile of an account and returns the schema's names of the changed fields.
func (c *changeTx) changeProfile(ctx context.Context, change account.UserChange) (fields []string, err error) {
	users, err := usersByID(ctx, c, []string{change.ID})
	if err != nil {
		return nil, err
	}
	if len(users) == 0 {
		return nil, account.ErrUserNotFound
	}
	before := users[0]
	if change.DisplayName != nil && !equal(before.DisplayName, *change.DisplayName) {
		if err := c.rename(ctx, before, *change.DisplayName); err != nil {
			return nil, err
		}
		fields = append(fields, "displayName")
	}
	if change.Locale != nil && !equal(before.Locale, *change.Locale) {
		if err := requireOneRow(c.ExecContext(ctx,
			`UPDATE users SET locale = $2 WHERE id = $1`, change.ID, *change.Locale)); err != nil {
			return nil, err
		}
		fields = append(fields, "locale")
	}
	if len(fields) > 0 {
		c.changed.Users = append(c.changed.Users, change.ID)
	}
	return fields, nil
}

// rename sets the display name of an account, its sort key and the account's search words.
func (c *changeTx) rename(ctx context.Context, u *account.User, name *string) error {
	if err := requireOneRow(c.ExecContext(ctx, `UPDATE users SET display_name = $2, name_key = $3 WHERE id = $1`,
		u.ID, name, nameKey(name))); err != nil {
		return err
	}
	words := account.Words(account.Email{Typed: u.Email, Key: u.EmailKey}, name)
	if _, err := c.ExecContext(ctx, `UPDATE users SET words = $2 WHERE id = $1`, u.ID, wordsText(words)); err != nil {
		return err
	}
	return replaceWords(ctx, c, []userWords{{u.ID, words}})
}

func equal(a, b *string) bool { return a == b || a != nil && b != nil && *a == *b }
