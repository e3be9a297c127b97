package db_test

import (
	"strings"
	"testing"
	"time"

	"authgraph/account"
)

// SQLite finds the place of a cursor by an index on value and id, so that a page among many accounts of one value, such as
// accounts without a name, costs no more than the first.
func TestUserPage_SQLitePlans(t *testing.T) {
	t.Parallel()
	s := openSQLite(t)
	for _, row := range []struct {
		by   account.UserOrderField
		want string
	}{
		{account.ByCreation, "(created_at,id)"}, {account.ByEmail, "email_key"}, {account.ByName, "(name_order,id)"},
		{account.ByLastSignIn, "(last_sign_in_at,id)"},
	} {
		for _, suspended := range []*bool{nil, new(true)} {
			for _, descending := range []bool{false, true} {
				mark := &account.UserCursor{At: time.UnixMicro(1), Key: "a", ID: "user_a"}
				query, args, err := s.UserPageQuery(t.Context(), account.UserQuery{
					Filter: account.UserFilter{Suspended: suspended}, By: row.by, Descending: descending, After: mark, Limit: 20,
				})
				if err != nil {
					t.Fatal(err)
				}
				var plan []struct {
					ID, Parent, NotUsed int
					Detail              string
				}
				if err := s.Select(t.Context(), &plan, `EXPLAIN QUERY PLAN `+query, args...); err != nil {
					t.Fatal(err)
				}
				found := false
				for _, step := range plan {
					side := map[bool]string{false: ">", true: "<"}[descending]
					found = found || strings.Contains(step.Detail, "INDEX") && strings.Contains(step.Detail, row.want+side)
				}
				if !found {
					t.Errorf("%s, suspended %v, descending %v: got %+v, want a range of %s", row.by, suspended, descending, plan, row.want)
				}
			}
		}
	}
}
