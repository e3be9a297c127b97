package db_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"authgraph/account"
	"authgraph/db"
)

// TestUserPage_Index compares pages and counts by the search index with lists that are filtered and sorted in memory, while
// accounts change, come and go after the build.
func TestUserPage_Index(t *testing.T) {
	t.Parallel()
	backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
		s := open(t)
		searchable(t, s)
		random := rand.New(rand.NewPCG(3, 9))
		for round := range 12 {
			// few: sets of all beginnings, read by walking the order, or read and sorted; sets of the frequent ones.
			s.SetEffort([]int{0, 40, 6}[round%3], 1000, 5, []int{0, 1000}[round%2])
			if built, err := s.IndexUsers(t.Context()); err != nil || !built && round%2 == 0 {
				t.Fatalf("round %d: built %v, %v", round, built, err)
			}
			for change := range 5 {
				disturb(t, s, random, round*5+change)
			}
			all := accounts(t, s)
			for range 25 {
				q := randomQuery(random, all)
				want := matching(all, q)
				if n, err := s.CountUsers(t.Context(), q.Filter, 1000); err != nil || n != len(want) {
					t.Errorf("round %d, %+v: counted %d, %v, want %d", round, q.Filter, n, err, len(want))
				}
				mark := all[random.IntN(len(all))].Cursor(q.By)
				t.Run(fmt.Sprint(round, q.Filter, q.By, q.Descending, q.Backward), func(t *testing.T) {
					walk(t, s, q, want)
					q.After, q.Before = &mark, nil
					page(t, s, q, all)
					q.After, q.Before = nil, &mark
					page(t, s, q, all)
				})
			}
		}
	})
}

// The order of sign-ins is built again without the other parts.
func TestIndexUsers_SignIns(t *testing.T) {
	t.Parallel()
	backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
		s := open(t)
		searchable(t, s)
		s.SetEffort(0, 1000, 5, 0)
		index := func(want bool, words, signIns int64) {
			t.Helper()
			if built, err := s.IndexUsers(t.Context()); err != nil || built != want {
				t.Fatalf("built %v, %v, want %v", built, err, want)
			}
			var got []int64
			if err := s.Select(t.Context(), &got, `SELECT generation FROM user_index WHERE part IN ('WORDS', 'LAST_SIGN_IN')
				ORDER BY part DESC`); err != nil || !slices.Equal(got, []int64{words, signIns}) {
				t.Errorf("got generations %v, %v, want %d and %d", got, err, words, signIns)
			}
			all := accounts(t, s)
			q := account.UserQuery{Filter: account.UserFilter{Query: "com"}, By: account.ByLastSignIn, Limit: 7}
			walk(t, s, q, matching(all, q))
		}
		index(true, 1, 1)
		index(false, 1, 1)
		for _, statement := range []string{
			`UPDATE users SET last_sign_in_at = 3 WHERE last_sign_in_at > 5`,
			`UPDATE user_index SET built_at = 0 WHERE part = 'LAST_SIGN_IN'`,
		} {
			if err := s.Exec(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
		index(true, 1, 2)
	})
}

// Changes and former builds are deleted, also among too few accounts for an index.
func TestIndexUsers_Bounded(t *testing.T) {
	t.Parallel()
	backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
		s := open(t)
		searchable(t, s)
		for _, row := range []struct{ accounts, generations int }{{1000, 0}, {5, 1}, {5, 1}} {
			s.SetEffort(0, 1000, row.accounts, 0)
			if err := s.Exec(t.Context(), `UPDATE users SET suspended_at = 2 WHERE id < 'user_010'`); err != nil {
				t.Fatal(err)
			}
			if err := s.Exec(t.Context(), `DELETE FROM users WHERE id = (SELECT max(id) FROM users)`); err != nil {
				t.Fatal(err)
			}
			if _, err := s.IndexUsers(t.Context()); err != nil {
				t.Fatal(err)
			}
			var got []int
			if err := s.Select(t.Context(), &got, `SELECT count(*) FROM user_changes
				UNION ALL SELECT count(DISTINCT generation) FROM user_index_words
				UNION ALL SELECT count(DISTINCT generation) FROM user_index_orders
				UNION ALL SELECT count(*) FROM user_numbers WHERE user_id NOT IN (SELECT id FROM users)`); err != nil {
				t.Fatal(err)
			}
			if want := []int{0, row.generations, row.generations, 0}; !slices.Equal(got, want) {
				t.Errorf("%+v: got changes, generations and numbers of deleted accounts %v, want %v", row, got, want)
			}
		}
	})
}

// Changes that a build has marked are not lost to searches when it fails.
func TestIndexUsers_Interrupted(t *testing.T) {
	t.Parallel()
	backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
		s := open(t)
		searchable(t, s)
		s.SetEffort(0, 1000, 5, 0)
		exec := func(statement string) {
			t.Helper()
			if err := s.Exec(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
		check := func() {
			t.Helper()
			q := account.UserQuery{Filter: account.UserFilter{Query: "com", Suspended: new(false)}, By: account.ByEmail, Limit: 7}
			want := matching(accounts(t, s), q)
			walk(t, s, q, want)
			if n, err := s.CountUsers(t.Context(), q.Filter, 1000); err != nil || n != len(want) {
				t.Errorf("counted %d, %v, want %d", n, err, len(want))
			}
		}
		if _, err := s.IndexUsers(t.Context()); err != nil {
			t.Fatal(err)
		}
		exec(`UPDATE users SET suspended_at = 1 WHERE id < 'user_020'`)
		exec(`DELETE FROM users WHERE id > 'user_050'`)
		exec(`ALTER TABLE user_index_orders RENAME COLUMN numbers TO hidden`)
		if _, err := s.IndexUsers(t.Context()); err == nil {
			t.Error("a build without its table succeeded")
		}
		exec(`ALTER TABLE user_index_orders RENAME COLUMN hidden TO numbers`)
		check()
		if built, err := s.IndexUsers(t.Context()); err != nil || !built {
			t.Errorf("after the failure: built %v, %v", built, err)
		}
		check()
	})
}

// TestIndexUsers_Rest proves that the index rests between two builds, however many accounts change.
func TestIndexUsers_Rest(t *testing.T) {
	t.Parallel()
	backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
		s := open(t)
		searchable(t, s)
		s.SetEffort(0, 1000, 5, 0)
		s.SetRest(10 * time.Minute)
		for _, row := range []struct {
			name, statement string
			want            bool
		}{
			{"first", ``, true},
			{"just built", `UPDATE users SET suspended_at = 1`, false},
			{"ten minutes later", `UPDATE user_index SET built_at = built_at - 600000000 WHERE part = 'WORDS'`, true},
		} {
			if row.statement != "" {
				if err := s.Exec(t.Context(), row.statement); err != nil {
					t.Fatal(err)
				}
			}
			if built, err := s.IndexUsers(t.Context()); err != nil || built != row.want {
				t.Errorf("%s: built %v, %v, want %v", row.name, built, err, row.want)
			}
		}
	})
}

// A single process builds at a time. Another takes over after the lease.
func TestIndexUsers_OneAtATime(t *testing.T) {
	t.Parallel()
	backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
		s := open(t)
		searchable(t, s)
		s.SetEffort(0, 1000, 5, 0)
		if err := s.Exec(t.Context(), `UPDATE user_index_claim SET owner = 'another', until = 9000000000000000`); err != nil {
			t.Fatal(err)
		}
		if built, err := s.IndexUsers(t.Context()); err != nil || built {
			t.Errorf("while another process builds: built %v, %v", built, err)
		}
		if err := s.Exec(t.Context(), `UPDATE user_index_claim SET until = 1`); err != nil {
			t.Fatal(err)
		}
		if built, err := s.IndexUsers(t.Context()); err != nil || !built {
			t.Errorf("after its lease: built %v, %v", built, err)
		}
	})
}

// accounts returns all accounts.
func accounts(t *testing.T, s *db.Store) (all []*account.User) {
	t.Helper()
	if err := s.Users(t.Context(), func(u *account.User) error { all = append(all, u); return nil }); err != nil {
		t.Fatal(err)
	}
	return all
}

// disturb changes accounts as this program does, or as a program from before the search index does.
func disturb(t *testing.T, s *db.Store, random *rand.Rand, n int) {
	t.Helper()
	all := accounts(t, s)
	id := all[random.IntN(len(all))].ID
	exec := func(query string, args ...any) {
		t.Helper()
		if err := s.Exec(t.Context(), query, args...); err != nil {
			t.Fatal(err)
		}
	}
	switch random.IntN(6) {
	case 0:
		email := fmt.Sprintf("%s%03d@late.com", []string{"a", "b", "ab"}[random.IntN(3)], 100+n)
		u := account.NewUser{ID: fmt.Sprintf("user_%03d", 100+n), Email: account.Email{Typed: email, Key: email}, Roles: []string{"user", "staff"}}
		if _, err := s.AddUser(t.Context(), u); err != nil {
			t.Fatal(err)
		}
	case 1:
		exec(`DELETE FROM users WHERE id = $1`, id)
	case 2:
		exec(`UPDATE users SET display_name = $2, name_key = $2 WHERE id = $1`, id, []string{"a late", "d", "b c"}[random.IntN(3)])
		if _, err := s.FillUsers(t.Context()); err != nil {
			t.Fatal(err)
		}
	case 3:
		exec(`UPDATE users SET suspended_at = $2 WHERE id = $1`, id, map[bool]any{true: 1}[random.IntN(2) == 0])
	case 4:
		exec(`UPDATE users SET last_sign_in_at = $2 WHERE id = $1`, id, time.Now().UnixMicro())
	case 5:
		exec(`DELETE FROM user_roles WHERE user_id = $1 AND role_id = 'role_staff'`, id)
	}
}

func randomQuery(random *rand.Rand, all []*account.User) account.UserQuery {
	words := []string{"a", "com", "ab", "b", "late", "example", "d", "nobody", "a0", "c"}
	q := account.UserQuery{
		Filter: account.UserFilter{Query: words[random.IntN(len(words))], Role: []string{"", "", "staff", "user"}[random.IntN(4)]},
		By:     []account.UserOrderField{account.ByCreation, account.ByEmail, account.ByName, account.ByLastSignIn}[random.IntN(4)],
		Limit:  1 + random.IntN(9), Descending: random.IntN(2) == 0, Backward: random.IntN(2) == 0,
	}
	if random.IntN(2) == 0 {
		q.Filter.Query += " " + words[random.IntN(len(words))]
	}
	if n := random.IntN(4); n < 2 {
		q.Filter.Suspended = new(n == 0)
	}
	return q
}

// page compares one page that begins or ends at a mark.
func page(t *testing.T, s *db.Store, q account.UserQuery, all []*account.User) {
	t.Helper()
	var want []string
	for _, id := range matching(all, q) {
		u := all[slices.IndexFunc(all, func(u *account.User) bool { return u.ID == id })]
		if (q.After == nil || before(*q.After, u.Cursor(q.By), q)) && (q.Before == nil || before(u.Cursor(q.By), *q.Before, q)) {
			want = append(want, id)
		}
	}
	if q.Backward {
		want = want[max(0, len(want)-q.Limit):]
	} else {
		want = want[:min(len(want), q.Limit)]
	}
	got, err := s.UserPage(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, u := range got.Users {
		ids = append(ids, u.ID)
	}
	if !slices.Equal(ids, want) {
		t.Errorf("after %v, before %v: got %v, want %v", q.After, q.Before, ids, want)
	}
}

// before reports whether a place comes before another in the list.
func before(a, b account.UserCursor, q account.UserQuery) bool {
	if q.Descending {
		a, b = b, a
	}
	return compare(a, b) < 0
}
