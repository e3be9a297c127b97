package db

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"authgraph/account"
)

// UserPage implements account.Administration. It goes on from where the page before ended by what accounts are sorted
// by, so that no page costs more than the first, and accounts that come or go meanwhile shift none.
func (s *Store) UserPage(ctx context.Context, q account.UserQuery) (account.UserPage, error) {
	l, err := s.listed(ctx, q)
	if err != nil || l.none {
		return account.UserPage{}, err
	}
	var users []*account.User
	if q.Filter.Query == "" {
		users, err = usersOf(ctx, s.read, `SELECT `+userColumns+` FROM (
			SELECT u.* FROM users u WHERE `+l.String()+` ORDER BY `+l.order+` LIMIT `+l.arg(l.limit)+`
		) u`+userJoins+` ORDER BY `+l.order, l.args...)
	} else {
		users, err = s.search(ctx, l, q.Filter.Query)
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

// list is what a page is taken from: the first limit accounts that meet a condition, in an order.
type list struct {
	where
	marks      where // the part of the condition that says where the list begins and ends
	by         account.UserOrderField
	order      string
	descending bool
	limit      int
}

func (s *Store) listed(ctx context.Context, q account.UserQuery) (*list, error) {
	w, err := s.those(ctx, q.Filter)
	if err != nil || w.none {
		return &list{where: where{none: true}}, err
	}
	l := &list{where: *w, by: q.By, descending: q.Descending != q.Backward, limit: q.Limit + 1}
	value := s.dialect.sortValue(q.By)
	l.order = orderOf(value, q.By, l.descending)
	side := map[bool]string{false: ">", true: "<"}
	l.beyond(value, side[q.Descending], q.By, q.After)
	l.beyond(value, side[!q.Descending], q.By, q.Before)
	l.and(l.marks.String())
	return l, nil
}

// sortValue returns the expression that accounts u are sorted by, as the indexes have it. A missing value sorts before
// all others.
func (d dialect) sortValue(by account.UserOrderField) string {
	switch by {
	case account.ByEmail:
		return `u.email_key` + d.binary
	case account.ByName:
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

// beyond leaves the accounts on one side of a mark.
func (l *list) beyond(value, side string, by account.UserOrderField, m *account.UserMark) {
	switch {
	case m == nil:
	case by == account.ByEmail:
		l.marks.and(value + ` ` + side + ` ` + l.arg(m.Key))
	case by == account.ByName:
		l.marks.and(`(` + value + `, u.id) ` + side + ` (` + l.arg(m.Key) + `, ` + l.arg(m.ID) + `)`)
	default:
		l.marks.and(`(` + value + `, u.id) ` + side + ` (` + l.arg(m.At.UnixMicro()) + `, ` + l.arg(m.ID) + `)`)
	}
}

// CountUsers implements account.Administration.
func (s *Store) CountUsers(ctx context.Context, f account.UserFilter, most int) (n int, err error) {
	w, err := s.those(ctx, f)
	if err != nil || w.none {
		return 0, err
	}
	if f.Query != "" {
		w.and(`(` + s.begins(w, `email_key`, account.Fold(f.Query)) + ` OR ` + s.begins(w, `name_key`, account.Fold(f.Query)) + `)`)
	}
	err = s.read.GetContext(ctx, &n,
		`SELECT count(*) FROM (SELECT 1 FROM users u WHERE `+w.String()+` LIMIT `+w.arg(most)+`) AS counted`, w.args...)
	return n, fault(err)
}

// where is a condition on users u while it is put together.
type where struct {
	terms []string
	args  []any
	none  bool // no account meets it
}

func (w *where) arg(value any) string {
	w.args = append(w.args, value)
	return fmt.Sprintf("$%d", len(w.args))
}

func (w *where) and(term string) { w.terms = append(w.terms, term) }

func (w *where) String() string {
	if len(w.terms) == 0 {
		return "true"
	}
	return strings.Join(w.terms, " AND ")
}

// those is the condition that a filter stands for, but for its query. A role is looked up first, so that the database
// knows which it is, and so how many have it, when it chooses how to find them.
func (s *Store) those(ctx context.Context, f account.UserFilter) (w *where, err error) {
	w = &where{}
	if f.Suspended != nil {
		w.and(`u.suspended_at IS ` + map[bool]string{true: `NOT NULL`, false: `NULL`}[*f.Suspended])
	}
	if strings.ContainsRune(f.Query, 0) { // PostgreSQL's text has none
		return &where{none: true}, nil
	}
	if f.Role != "" {
		role, err := s.roleNamed(ctx, f.Role)
		if err != nil || role == "" {
			return &where{none: true}, err
		}
		w.and(`EXISTS (SELECT 1 FROM user_roles has WHERE has.user_id = u.id AND has.role_id = ` + w.arg(role) + `)`)
	}
	return w, nil
}

// roleNamed returns the id of a role; "" if there is none of that name.
func (s *Store) roleNamed(ctx context.Context, name string) (string, error) {
	all, err := s.Roles(ctx)
	for _, r := range all {
		if r.Name == name {
			return r.ID, nil
		}
	}
	return "", err
}
