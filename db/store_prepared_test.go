package db_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"authgraph/account"
	"authgraph/auth"
	"authgraph/db/dbtest"
	"authgraph/internal/pgtest"
)

// Prepared statements survive the end of their connections, and of their callers.
func TestPrepared(t *testing.T) {
	t.Parallel()
	cluster := pgtest.New(t)
	s := dbtest.OpenPostgres(t, cluster.Database(t))
	mustMigrate(t, s)
	ada, err := s.AddUser(t.Context(), account.NewUser{ID: "user_a", Email: account.Email{Typed: "a@example.com", Key: "a@example.com"}})
	if err != nil {
		t.Fatal(err)
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	if _, err := s.UsersByID(gone, []string{ada.ID}); err == nil {
		t.Error("one who went away was answered")
	}
	find := func() {
		t.Helper()
		var wait sync.WaitGroup
		for range 8 {
			wait.Go(func() {
				if found, err := s.UsersByID(t.Context(), []string{ada.ID}); err != nil || len(found) != 1 || found[0].ID != ada.ID {
					t.Errorf("got %v, %v", found, err)
				}
			})
		}
		wait.Wait()
	}
	find()
	cluster.Stop(t)
	if _, err := s.UsersByID(t.Context(), []string{ada.ID}); !errors.Is(err, auth.ErrUnavailable) {
		t.Errorf("without a server: got %v, want ErrUnavailable", err)
	}
	cluster.Start(t)
	find()
}
