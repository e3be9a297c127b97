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

// TestUserPage_Search compares each page of every list, whichever way the search chooses, with one that was filtered and
// sorted by hand.
func TestUserPage_Search(t *testing.T) {
	backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
		s := open(t)
		s.LookNoFurther(3, 12)
		random := rand.New(rand.NewPCG(7, 7))
		var all []*account.User
		for n := range 120 {
			email := fmt.Sprintf("%s%03d@example.com", []string{"a", "b", "ab", "c"}[random.IntN(4)], n)
			if n > 100 {
				email = "late" + email // they stand together
			}
			u := account.NewUser{ID: fmt.Sprintf("user_%03d", n), Email: account.Email{Typed: email, Key: email}}
			if n%3 == 0 {
				shown := fmt.Sprint([]string{"a", "late", "d"}[random.IntN(3)], random.IntN(9))
				u.DisplayName = &shown
			}
			added, err := s.AddUser(t.Context(), u)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, added)
		}
		for _, query := range []string{"a", "b", "ab", "late", "a1", "d", "nobody", "c0"} {
			for _, by := range []account.UserOrderField{account.ByCreation, account.ByEmail} {
				for _, descending := range []bool{false, true} {
					for _, backward := range []bool{false, true} {
						q := account.UserQuery{Filter: account.UserFilter{Query: query}, By: by, Descending: descending, Backward: backward, Limit: 4}
						t.Run(fmt.Sprint(query, by, descending, backward), func(t *testing.T) { walk(t, s, q, matching(all, q)) })
					}
				}
			}
		}
	})
}

// matching returns the accounts of a list, first to last.
func matching(all []*account.User, q account.UserQuery) (ids []string) {
	sorted := slices.Clone(all)
	slices.SortFunc(sorted, func(a, b *account.User) int {
		if q.Descending {
			a, b = b, a
		}
		if q.By == account.ByEmail {
			return cmp.Compare(a.EmailKey, b.EmailKey)
		}
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	for _, u := range sorted {
		if strings.HasPrefix(u.EmailKey, q.Filter.Query) || u.DisplayName != nil && strings.HasPrefix(*u.DisplayName, q.Filter.Query) {
			ids = append(ids, u.ID)
		}
	}
	return ids
}

// walk goes through a list page by page.
func walk(t *testing.T, s *db.Store, q account.UserQuery, want []string) {
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
			mark := page.Users[0].Mark(q.By)
			q.Before = &mark
		} else {
			mark := page.Users[len(ids)-1].Mark(q.By)
			q.After = &mark
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
