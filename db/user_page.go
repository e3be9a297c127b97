package db

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"authgraph/account"
)

// UserPage implements account.Reader by keyset pagination: a page starts after the sort value of the last one. So every page
// costs the same, and new or deleted accounts shift no page.
func (s *Store) UserPage(ctx context.Context, q account.UserQuery) (account.UserPage, error) {
	l, err := s.newUserList(ctx, q)
	if err != nil || l == nil {
		return account.UserPage{}, err
	}
	var users []*account.User
	if len(l.words) > 0 || l.role != "" {
		users, err = s.search(ctx, l)
	} else {
		query, args := l.pageQuery()
		users, err = usersOf(ctx, s.read, query, args...)
	}
	if err != nil {
		return account.UserPage{}, err
	}
	more := len(users) > q.Limit
	page := account.UserPage{Users: users[:min(len(users), q.Limit)], HasNext: more, HasPrev: q.After != nil}
	if q.Backward {
		slices.Reverse(page.Users)
		page.HasNext, page.HasPrev = q.Before != nil, more
	}
	return page, nil
}

// CountUsers implements account.Reader.
func (s *Store) CountUsers(ctx context.Context, f account.UserFilter, max int) (n int, err error) {
	l, err := s.newUserList(ctx, account.UserQuery{Filter: f})
	if err != nil || l == nil {
		return 0, err
	}
	if len(l.words) > 0 || l.role != "" {
		return s.countSearched(ctx, l, max)
	}
	w := &whereClause{}
	l.filterCondition(w)
	err = s.read.GetContext(ctx, &n,
		`SELECT count(*) FROM (SELECT 1 FROM users u WHERE `+w.String()+` LIMIT `+w.arg(max)+`) AS counted`, w.args...)
	return n, storeError(err)
}

// userList is a keyset list query: the first limit accounts in an order that meet a condition.
type userList struct {
	dialect    dialect
	q          account.UserQuery
	words      []string // prefixes of words of the account
	role       string   // id of a role of the account; "" for any
	value      string   // sort expression
	order      string
	descending bool
	limit      int
}

// newUserList returns the list query of q; nil if no account can meet its filter. It looks up the role's id first, so that the
// planner of the database knows the number of its accounts.
func (s *Store) newUserList(ctx context.Context, q account.UserQuery) (l *userList, err error) {
	l = &userList{
		dialect: s.dialect, q: q, value: s.dialect.sortValue(q.By), descending: q.Descending != q.Backward, limit: q.Limit + 1,
	}
	l.order = orderOf(l.value, q.By, l.descending)
	if strings.TrimSpace(q.Filter.Query) != "" {
		if l.words, err = account.QueryWords(q.Filter.Query); err != nil || len(l.words) == 0 {
			return nil, err
		}
	}
	if q.Filter.Role != "" {
		if l.role, err = s.roleNamed(ctx, q.Filter.Role); err != nil || l.role == "" {
			return nil, err
		}
	}
	return l, nil
}

// pageQuery returns the query of a page without search words.
func (l *userList) pageQuery() (query string, args []any) {
	w := &whereClause{}
	l.cursorConditions(w)
	l.filterCondition(w)
	return `SELECT ` + userColumns + ` FROM (
			SELECT u.* FROM users u WHERE ` + w.String() + ` ORDER BY ` + l.order + ` LIMIT ` + w.arg(l.limit) + `
		) u` + userJoins + ` ORDER BY ` + l.order, w.args
}

// suspended reports whether the list has suspended accounts only.
func (l *userList) suspended() bool { return l.q.Filter.Suspended != nil && *l.q.Filter.Suspended }

// cursorConditions adds the conditions of the cursors After and Before.
func (l *userList) cursorConditions(w *whereClause) {
	side := map[bool]string{false: ` > `, true: ` < `}
	l.cursorCondition(w, side[l.q.Descending], l.q.After)
	l.cursorCondition(w, side[!l.q.Descending], l.q.Before)
}

// cursorCondition adds the condition that accounts sort on one side of a cursor.
func (l *userList) cursorCondition(w *whereClause, side string, m *account.UserCursor) {
	switch {
	case m == nil:
	case l.q.By == account.ByEmail:
		w.and(l.value + side + w.arg(m.Key))
	case l.q.By == account.ByName:
		w.and(`(` + l.value + `, u.id)` + side + `(` + w.arg(m.Key) + `, ` + w.arg(m.ID) + `)`)
	default:
		w.and(`(` + l.value + `, u.id)` + side + `(` + w.arg(m.At.UnixMicro()) + `, ` + w.arg(m.ID) + `)`)
	}
}

// filterCondition adds the conditions of role and suspension.
func (l *userList) filterCondition(w *whereClause) {
	if f := l.q.Filter.Suspended; f != nil {
		w.and(`u.suspended_at IS ` + map[bool]string{true: `NOT NULL`, false: `NULL`}[*f])
	}
	if l.role != "" {
		w.and(`EXISTS (SELECT 1 FROM user_roles has WHERE has.user_id = u.id AND has.role_id = ` + w.arg(l.role) + `)`)
	}
}

// wordCondition adds the condition that each search word is a prefix of a word of the account.
func (l *userList) wordCondition(w *whereClause) {
	find := map[string]string{onSQLite.name: `instr`, onPostgres.name: `strpos`}[l.dialect.name]
	for _, word := range l.words {
		w.and(find + `(u.words, ` + w.arg(" "+word) + `) > 0`)
	}
}

// sortValue returns the sort expression of accounts u, as it stands in the indexes. A missing value sorts before all others.
func (d dialect) sortValue(by account.UserOrderField) string {
	switch by {
	case account.ByEmail:
		return `u.email_key` + d.binary
	case account.ByName:
		if d == onSQLite {
			return `u.name_order`
		}
		return `coalesce(u.name_key, '')` + d.binary
	case account.ByLastSignIn:
		return `u.last_sign_in_at`
	default:
		return `u.created_at`
	}
}

// orderOf returns the ORDER BY of a value. Ids break ties; addresses have none.
func orderOf(value string, by account.UserOrderField, descending bool) string {
	direction := map[bool]string{false: ` ASC`, true: ` DESC`}[descending]
	if by == account.ByEmail {
		return value + direction
	}
	return value + direction + `, u.id` + direction
}

// where builds a WHERE clause. Its terms are joined by AND.
type whereClause struct {
	terms  []string
	args   []any
	noRows bool // no row meets the condition
}

func (w *whereClause) arg(value any) string {
	w.args = append(w.args, value)
	return fmt.Sprintf("$%d", len(w.args))
}

func (w *whereClause) and(term string) { w.terms = append(w.terms, term) }

func (w *whereClause) String() string {
	if len(w.terms) == 0 {
		return "true"
	}
	return strings.Join(w.terms, " AND ")
}

// roleNamed returns the id of a role; "" if no role has the name.
func (s *Store) roleNamed(ctx context.Context, name string) (string, error) {
	all, err := s.Roles(ctx)
	for _, r := range all {
		if r.Name == name {
			return r.ID, nil
		}
	}
	return "", err
}
