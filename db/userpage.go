package db

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"authgraph/account"
)

// UserPage implements account.Administration. It goes on from where the page before ended by what accounts are sorted
// by, so that no page costs more than the first, and accounts that come or go meanwhile shift none.
func (s *Store) UserPage(ctx context.Context, q account.UserQuery) (account.UserPage, error) {
	w, err := s.those(ctx, q.Filter)
	if err != nil || w.none {
		return account.UserPage{}, err
	}
	descending := q.Descending != q.Backward
	keys, order := `u.created_at, u.id`, `u.created_at ASC, u.id ASC`
	if q.By == account.ByEmail {
		keys, order = `u.email_key`+s.dialect.binary, `u.email_key`+s.dialect.binary+` ASC`
	}
	if descending {
		order = strings.ReplaceAll(order, "ASC", "DESC")
	}
	beyond := map[bool]string{false: ">", true: "<"}
	w.beyond(keys, beyond[q.Descending], q.By, q.After)
	w.beyond(keys, beyond[!q.Descending], q.By, q.Before)
	users, err := usersOf(ctx, s.read, `SELECT `+userColumns+` FROM (
		SELECT u.* FROM users u WHERE `+w.String()+` ORDER BY `+order+` LIMIT `+w.arg(q.Limit+1)+`
	) u`+userJoins+` ORDER BY `+order, w.args...)
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

// CountUsers implements account.Administration.
func (s *Store) CountUsers(ctx context.Context, f account.UserFilter, most int) (n int, err error) {
	w, err := s.those(ctx, f)
	if err != nil || w.none {
		return 0, err
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

// beyond leaves the accounts on one side of a mark.
func (w *where) beyond(keys, side string, by account.UserOrderField, m *account.UserMark) {
	switch {
	case m == nil:
	case by == account.ByEmail:
		w.and(keys + ` ` + side + ` ` + w.arg(m.EmailKey))
	default:
		w.and(`(` + keys + `) ` + side + ` (` + w.arg(m.CreatedAt.UnixMicro()) + `, ` + w.arg(m.ID) + `)`)
	}
}

// those is the condition that a filter stands for. A role is looked up first, so that the database knows which it is, and
// so how many have it, when it chooses how to find them.
func (s *Store) those(ctx context.Context, f account.UserFilter) (w *where, err error) {
	w = &where{}
	if f.Suspended != nil {
		w.and(`u.suspended_at IS ` + map[bool]string{true: `NOT NULL`, false: `NULL`}[*f.Suspended])
	}
	if f.Query != "" {
		from := account.Fold(f.Query)
		if strings.ContainsRune(from, 0) { // PostgreSQL's text has none
			return &where{none: true}, nil
		}
		low, high := w.arg(from), w.arg(from+string(utf8.MaxRune))
		begins := func(column string) string {
			column += s.dialect.binary
			return `(` + column + ` >= ` + low + ` AND ` + column + ` < ` + high + `)`
		}
		w.and(`(` + begins(`u.email_key`) + ` OR ` + begins(`u.name_key`) + `)`)
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
