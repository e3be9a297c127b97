package db_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"authgraph/account"
	"authgraph/db"
)

// TestUserPage_Search compares each page of every list, whichever path the search takes, with one that was filtered and
// sorted in memory.
func TestUserPage_Search(t *testing.T) {
	t.Parallel()
	backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
		s := open(t)
		all := searchable(t, s)
		yes := true
		var queries []account.UserQuery
		for _, f := range []account.UserFilter{
			{Query: "a"}, {Query: "com"}, {Query: "ab b"}, {Query: "late"}, {Query: "nobody"}, {Query: "b0 example"},
			{Query: "a", Role: "staff"}, {Query: "com", Suspended: &yes}, {Query: "a d", Role: "staff", Suspended: new(bool)},
		} {
			for _, by := range []account.UserOrderField{account.ByCreation, account.ByEmail, account.ByName, account.ByLastSignIn} {
				for direction := range 4 {
					queries = append(queries, account.UserQuery{Filter: f, By: by, Descending: direction&1 != 0, Backward: direction&2 != 0, Limit: 7})
				}
			}
		}
		for name, effort := range map[string][4]int{"rarest": {1000, 1000, 1000, 0}, "table": {0, 0, 1000, 0}} {
			s.SetEffort(effort[0], effort[1], effort[2], effort[3])
			for _, q := range queries {
				want := matching(all, q)
				t.Run(fmt.Sprint(name, q.Filter, q.By, q.Descending, q.Backward), func(t *testing.T) { walk(t, s, q, want) })
				if n, err := s.CountUsers(t.Context(), q.Filter, 1000); err != nil || n != len(want) {
					t.Errorf("%s %v: counted %d, %v, want %d", name, q.Filter, n, err, len(want))
				}
			}
		}
	})
}

// searchable makes accounts of which some share words, roles, names and times.
func searchable(t *testing.T, s *db.Store) (all []*account.User) {
	t.Helper()
	random := rand.New(rand.NewPCG(7, 7))
	if err := s.Exec(t.Context(), `INSERT INTO roles (id, name) VALUES ('role_staff', 'staff')`); err != nil {
		t.Fatal(err)
	}
	for n := range 60 {
		email := fmt.Sprintf("%s%03d@%s.com", []string{"a", "b", "ab", "c"}[random.IntN(4)], n, []string{"example", "late"}[n/48])
		u := account.NewUser{ID: fmt.Sprintf("user_%03d", n), Email: account.Email{Typed: email, Key: email}, Roles: []string{"user"}}
		if n%3 == 0 {
			shown := fmt.Sprint([]string{"a", "late", "d"}[random.IntN(3)], " ", []string{"B", "É"}[random.IntN(2)])
			u.DisplayName = &shown
		}
		if n%4 == 0 {
			u.Roles = append(u.Roles, "staff")
		}
		if _, err := s.AddUser(t.Context(), u); err != nil {
			t.Fatal(err)
		}
		if err := s.Exec(t.Context(), `UPDATE users SET last_sign_in_at = $2, suspended_at = $3 WHERE id = $1`, u.ID, random.IntN(9),
			map[bool]any{true: 1}[random.IntN(5) == 0]); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Users(t.Context(), func(u *account.User) error { all = append(all, u); return nil }); err != nil {
		t.Fatal(err)
	}
	return all
}

// matching returns the accounts of a list, first to last.
func matching(all []*account.User, q account.UserQuery) (ids []string) {
	sorted := slices.Clone(all)
	slices.SortFunc(sorted, func(a, b *account.User) int {
		if q.Descending {
			a, b = b, a
		}
		return compare(a.Cursor(q.By), b.Cursor(q.By))
	})
	for _, u := range sorted {
		words := account.Words(account.Email{Typed: u.Email, Key: u.EmailKey}, u.DisplayName)
		matches := q.Filter.Role == "" || slices.Contains(u.Roles, q.Filter.Role)
		for word := range strings.FieldsSeq(q.Filter.Query) {
			matches = matches && slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, word) })
		}
		if f := q.Filter.Suspended; matches && (f == nil || *f == (u.SuspendedAt != nil)) {
			ids = append(ids, u.ID)
		}
	}
	return ids
}

// compare compares places in ascending order.
func compare(a, b account.UserCursor) int {
	return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Key, b.Key), cmp.Compare(a.ID, b.ID))
}

// walk reads a list page by page.
func walk(t *testing.T, s *db.Store, q account.UserQuery, want []string) {
	t.Helper()
	var got []string
	for {
		page, err := s.UserPage(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, u := range page.Users {
			ids = append(ids, u.ID)
		}
		more := page.HasNext
		if q.Backward {
			got, more = append(ids, got...), page.HasPrev
		} else {
			got = append(got, ids...)
		}
		if !more || len(ids) == 0 {
			break
		}
		if q.Backward {
			mark := page.Users[0].Cursor(q.By)
			q.Before = &mark
		} else {
			mark := page.Users[len(ids)-1].Cursor(q.By)
			q.After = &mark
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
