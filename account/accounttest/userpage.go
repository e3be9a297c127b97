package accounttest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"authgraph/account"
)

// pageNames returns the accounts of a page in one word.
func pageNames(p account.UserPage) string {
	var names []string
	for _, u := range p.Users {
		name, _, _ := strings.Cut(u.EmailKey, "@")
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

func userPages(t *testing.T, s account.Store) {
	made := map[string]*account.User{}
	for i, name := range []string{"d", "a", "c", "e", "b"} {
		u := newUser(name)
		u.ID = fmt.Sprint("user_", i) // as identifiers are: in the order of their making, also within one millisecond
		made[name] = mustAdd(t, s, u)
	}
	mark := func(by account.UserOrderField, name string) *account.UserCursor {
		m := made[name].Cursor(by)
		return &m
	}
	for _, row := range []struct {
		name       string
		q          account.UserQuery
		want       string
		next, prev bool
	}{
		{"created", account.UserQuery{By: account.ByCreation, Limit: 9}, "d a c e b", false, false},
		{"created, newest first", account.UserQuery{By: account.ByCreation, Descending: true, Limit: 9}, "b e c a d", false, false},
		{"email", account.UserQuery{By: account.ByEmail, Limit: 9}, "a b c d e", false, false},
		{"email, from the end", account.UserQuery{By: account.ByEmail, Descending: true, Limit: 9}, "e d c b a", false, false},
		{"first", account.UserQuery{By: account.ByEmail, Limit: 2}, "a b", true, false},
		{"first after", account.UserQuery{By: account.ByEmail, Limit: 2, After: mark(account.ByEmail, "b")}, "c d", true, true},
		{"the rest", account.UserQuery{By: account.ByEmail, Limit: 2, After: mark(account.ByEmail, "d")}, "e", false, true},
		{"last", account.UserQuery{By: account.ByEmail, Limit: 2, Backward: true}, "d e", false, true},
		{"last before", account.UserQuery{By: account.ByEmail, Limit: 2, Backward: true, Before: mark(account.ByEmail, "d")}, "b c", true, true},
		{"last before, to the edge", account.UserQuery{By: account.ByEmail, Limit: 3, Backward: true, Before: mark(account.ByEmail, "d")}, "a b c", true, false},
		{"between", account.UserQuery{By: account.ByEmail, Limit: 9, After: mark(account.ByEmail, "a"), Before: mark(account.ByEmail, "d")}, "b c", false, true},
		{"none at all", account.UserQuery{By: account.ByEmail, Limit: 0}, "", true, false},
		{"created after", account.UserQuery{By: account.ByCreation, Limit: 2, After: mark(account.ByCreation, "a")}, "c e", true, true},
		{"newest first after", account.UserQuery{By: account.ByCreation, Descending: true, Limit: 2, After: mark(account.ByCreation, "e")}, "c a", true, true},
		{"newest first, last before", account.UserQuery{By: account.ByCreation, Descending: true, Limit: 2, Backward: true, Before: mark(account.ByCreation, "a")}, "e c", true, true},
		{"after one that is gone", account.UserQuery{By: account.ByEmail, Limit: 2, After: &account.UserCursor{Key: "bb@example.com"}}, "c d", true, true},
	} {
		got, err := s.UserPage(t.Context(), row.q)
		if err != nil || pageNames(got) != row.want {
			t.Errorf("%s: got %q, %v, %v, %v, want %q, %v, %v", row.name, pageNames(got), got.HasNext, got.HasPrev, err,
				row.want, row.next, row.prev)
		} else if got.HasNext != row.next || got.HasPrev != row.prev {
			t.Errorf("%s: got %q, %v, %v, %v, want %q, %v, %v", row.name, pageNames(got), got.HasNext, got.HasPrev, err,
				row.want, row.next, row.prev)
		}
	}
	got, err := s.UserPage(t.Context(), account.UserQuery{By: account.ByEmail, Limit: 1})
	if err != nil || len(got.Users) != 1 || !slices.Equal(got.Users[0].Roles, []string{"user"}) {
		t.Errorf("got %+v, %v, want the roles too", got, err)
	}
}

func userFilters(t *testing.T, s account.Store) {
	root := administrator(t, s, "root", account.RoleAdmin)
	mustAddRole(t, s, root, "reader", account.UsersRead)
	for _, name := range []string{"ada", "adam", "bob"} {
		u := newUser(name)
		shown := map[string]string{"ada": "Countess of Lovelace", "adam": "Ädam%", "bob": "ADA's friend"}[name]
		u.DisplayName = &shown
		if name != "bob" {
			u.Roles = append(u.Roles, "reader")
		}
		mustAdd(t, s, u)
	}
	if _, err := s.Suspend(t.Context(), root, "user_adam", ""); err != nil {
		t.Fatal(err)
	}
	yes, no := true, false
	for _, row := range []struct {
		name   string
		filter account.UserFilter
		want   string
	}{
		{"none", account.UserFilter{}, "ada adam bob root"},
		{"beginning of a word of address or name", account.UserFilter{Query: "ada"}, "ada adam bob"},
		{"in another case", account.UserFilter{Query: "COUNT"}, "ada"},
		{"with an accent", account.UserFilter{Query: "äDA"}, "ada adam bob"},
		{"the whole address", account.UserFilter{Query: "Adam@EXAMPLE.com"}, "adam"},
		{"not the middle of a word", account.UserFilter{Query: "ovelace"}, ""},
		{"a later word of a name", account.UserFilter{Query: "lovelace"}, "ada"},
		{"words of name and address", account.UserFilter{Query: "love ada@exam"}, "ada"},
		{"words of two accounts", account.UserFilter{Query: "lovelace friend"}, ""},
		{"without accents", account.UserFilter{Query: "adam"}, "adam"},
		{"no word at all", account.UserFilter{Query: "@."}, ""},
		{"spaces", account.UserFilter{Query: " "}, "ada adam bob root"},
		{"a pattern is none", account.UserFilter{Query: "%"}, ""},
		{"NUL separates words", account.UserFilter{Query: "ada\x00love"}, "ada"},
		{"role", account.UserFilter{Role: "reader"}, "ada adam"},
		{"unknown role", account.UserFilter{Role: "nonsense"}, ""},
		{"suspended", account.UserFilter{Suspended: &yes}, "adam"},
		{"not suspended", account.UserFilter{Suspended: &no}, "ada bob root"},
		{"all of it", account.UserFilter{Query: "ad", Role: "reader", Suspended: &no}, "ada"},
	} {
		got, err := s.UserPage(t.Context(), account.UserQuery{Filter: row.filter, By: account.ByEmail, Limit: 9})
		if err != nil || pageNames(got) != row.want {
			t.Errorf("%s: got %q, %v, want %q", row.name, pageNames(got), err, row.want)
		}
		all := len(strings.Fields(row.want))
		if n, err := s.CountUsers(t.Context(), row.filter, 9); err != nil || n != all {
			t.Errorf("%s: counted %d, %v, want %d", row.name, n, err, all)
		}
		if n, err := s.CountUsers(t.Context(), row.filter, 1); err != nil || n != min(all, 1) {
			t.Errorf("%s: counted %d of at most 1, %v", row.name, n, err)
		}
	}
}
