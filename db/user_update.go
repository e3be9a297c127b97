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
		if user, err = tx.target(ctx, c.ID); err != nil || c.DisplayName == nil || equal(user.DisplayName, *c.DisplayName) {
			return err
		}
		if err := requireOneRow(tx.ExecContext(ctx, `UPDATE users SET display_name = $2, name_key = $3 WHERE id = $1`,
			c.ID, *c.DisplayName, nameKey(*c.DisplayName))); err != nil {
			return err
		}
		words := account.Words(account.Email{Typed: user.Email, Key: user.EmailKey}, *c.DisplayName)
		if _, err := tx.ExecContext(ctx, `UPDATE users SET words = $2 WHERE id = $1`, c.ID, wordsText(words)); err != nil {
			return err
		}
		if err := replaceWords(ctx, tx, []userWords{{c.ID, words}}); err != nil {
			return err
		}
		tx.changed.Users = append(tx.changed.Users, c.ID)
		users, err := usersByID(ctx, tx, []string{c.ID})
		if err != nil {
			return err
		}
		user = users[0]
		return tx.record(ctx, account.ActionUserUpdate, c.ID, map[string]any{"fields": []string{"displayName"}})
	})
	return user, err
}

func equal(a, b *string) bool { return a == b || a != nil && b != nil && *a == *b }
