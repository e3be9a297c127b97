package db_test

import (
	"testing"

	"authgraph/account"
	"authgraph/db"
)

// TestStore_PanicInTransaction proves that a panic leaves neither an open transaction nor what it has written.
func TestStore_PanicInTransaction(t *testing.T) {
	t.Parallel()
	hooked(t, func(t *testing.T, s *db.Store, _ *hook) {
		n := addAda(t, s)
		for range 20 { // more than there are connections
			func() {
				defer func() {
					if recover() == nil {
						t.Fatal("no panic")
					}
				}()
				s.PanicInTx(t.Context(), `UPDATE users SET display_name = 'panicked'`)
			}()
		}
		if err := s.Users(t.Context(), func(u *account.User) error {
			if u.DisplayName != nil {
				t.Errorf("%s has the name %q, want none", n.UserID, *u.DisplayName)
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
		if _, err := s.FillUsers(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
