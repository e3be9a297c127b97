package db

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"unicode/utf8"

	"authgraph/account"
)

// effort bounds the parts of a search. A list that is sorted by a value and filtered by words has no index of its own:
// either all accounts with the rarest word are sorted, which is fast while they are few, or the list is read in its order,
// which is fast while they are frequent. The database guesses which; a wrong guess among a million accounts took 2.6 s
// instead of 5 ms.
type effort struct {
	few    int // accounts that are always sorted
	window int // accounts of the list that are read in order
	many   int // accounts that are sorted when the window held too few; above it the whole table is read
}

var usual = effort{few: 6_000, window: 25_000, many: 100_000}

// longest is how many of a search's words are tried as the rarest one: the longest, because they are rare.
const longest = 4

// source is a set that contains every account of a search: a SELECT of user_id, which may return an account several times
// where it is not distinct.
type source struct {
	rows     func(w *where) string
	distinct bool
}

// joined returns the source as a table that is joined to users u. CROSS JOIN keeps SQLite from reading users first.
func (c source) joined(w *where) string {
	rows := c.rows(w)
	if !c.distinct {
		rows = `SELECT DISTINCT user_id FROM (` + rows + `) AS rowset`
	}
	return `(` + rows + `) AS found CROSS JOIN users u`
}

// sources returns the sets of the longest words and of the filter.
func (l *list) sources() (all []source) {
	words := slices.Clone(l.words)
	slices.SortStableFunc(words, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	for _, word := range words[:min(len(words), longest)] {
		all = append(all, source{rows: func(w *where) string {
			return `SELECT user_id FROM user_words WHERE word >= ` + w.arg(word) + ` AND word < ` + w.arg(word+string(utf8.MaxRune))
		}})
	}
	if l.role != "" {
		all = append(all, source{func(w *where) string { return `SELECT user_id FROM user_roles WHERE role_id = ` + w.arg(l.role) }, true})
	}
	if l.suspended() {
		all = append(all, source{func(*where) string { return `SELECT id AS user_id FROM users WHERE suspended_at IS NOT NULL` }, true})
	}
	return all
}

// rarest returns the smallest source and its number of rows, which is above limit if all of them have more.
func (s *Store) rarest(ctx context.Context, all []source, limit int) (best source, rows int, err error) {
	best, rows = all[0], limit+1
	for _, candidate := range all {
		w, n := &where{}, 0
		if err := s.read.GetContext(ctx, &n,
			`SELECT count(*) FROM (`+candidate.rows(w)+` LIMIT `+strconv.Itoa(rows)+`) AS counted`, w.args...); err != nil {
			return best, 0, fault(err)
		}
		if n < rows {
			best, rows = candidate, n
		}
	}
	return best, rows, nil
}

// search returns the first accounts of a list with words or a role.
func (s *Store) search(ctx context.Context, l *list) ([]*account.User, error) {
	ids, err := s.searched(ctx, l)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	query, args, err := in(`SELECT `+userColumns+` FROM users u`+userJoins+` WHERE u.id IN (?) ORDER BY `+l.order, ids)
	if err != nil {
		return nil, err
	}
	return usersOf(ctx, s.read, query, args...)
}

func (s *Store) searched(ctx context.Context, l *list) ([]string, error) {
	sources := l.sources()
	from, rows, err := s.rarest(ctx, sources, s.effort.few)
	if err != nil || rows == 0 {
		return nil, err
	}
	if rows <= s.effort.few {
		return s.sorted(ctx, l, from)
	}
	ids, all, err := s.inWindow(ctx, l)
	if err != nil || all || len(ids) == l.limit {
		return ids, err
	}
	if from, rows, err = s.rarest(ctx, sources, s.effort.many); err != nil {
		return nil, err
	}
	if rows > s.effort.many {
		from = source{} // the whole table
	}
	return s.sorted(ctx, l, from)
}

// inWindow returns the ids of the first matches among the first accounts of the list in its order, and whether these are
// all that the list has. It ends as soon as the page is full.
func (s *Store) inWindow(ctx context.Context, l *list) (ids []string, all bool, err error) {
	w := &where{}
	l.between(w)
	if l.suspended() { // the window is one of suspended accounts, which have indexes of their own
		l.filtered(w)
	}
	var edge []struct {
		Value any    `db:"value"`
		ID    string `db:"id"`
	}
	if err := s.read.SelectContext(ctx, &edge, `SELECT `+l.value+` AS value, u.id FROM users u WHERE `+w.String()+
		` ORDER BY `+l.order+` LIMIT 1 OFFSET `+strconv.Itoa(s.effort.window), w.args...); err != nil {
		return nil, false, fault(err)
	}
	w = &where{}
	l.between(w)
	l.filtered(w)
	l.matching(w)
	if len(edge) > 0 {
		value := edge[0].Value
		if text, ok := value.([]byte); ok {
			value = string(text)
		}
		side := map[bool]string{false: ` <= `, true: ` >= `}[l.descending]
		if l.q.By == account.ByEmail {
			w.and(l.value + side + w.arg(value))
		} else {
			w.and(`(` + l.value + `, u.id)` + side + `(` + w.arg(value) + `, ` + w.arg(edge[0].ID) + `)`)
		}
	}
	err = s.read.SelectContext(ctx, &ids, `SELECT u.id FROM users u WHERE `+w.String()+
		` ORDER BY `+l.order+` LIMIT `+strconv.Itoa(l.limit), w.args...)
	return ids, len(edge) == 0, fault(err)
}

// sorted returns the ids of the first accounts of the list, all of which are in a source; without rows, in the table. What is sorted by is not the bare
// column, so that no database reads the whole list in its order instead.
func (s *Store) sorted(ctx context.Context, l *list, from source) (ids []string, err error) {
	w := &where{}
	table := `users u`
	if from.rows != nil {
		table = from.joined(w)
		w.and(`u.id = found.user_id`)
	}
	l.between(w)
	l.filtered(w)
	l.matching(w)
	value := map[account.UserOrderField]string{
		account.ByCreation: `u.created_at + 0`, account.ByEmail: `(u.email_key || '')` + s.dialect.binary,
		account.ByName: `(coalesce(u.name_key, '') || '')` + s.dialect.binary, account.ByLastSignIn: `u.last_sign_in_at + 0`,
	}[l.q.By]
	err = s.read.SelectContext(ctx, &ids, `SELECT u.id FROM `+table+` WHERE `+w.String()+` ORDER BY `+orderOf(value, l.q.By, l.descending)+` LIMIT `+strconv.Itoa(l.limit), w.args...)
	return ids, fault(err)
}

// countSearched returns how many accounts a list with words or a role has, at most max.
func (s *Store) countSearched(ctx context.Context, l *list, max int) (n int, err error) {
	sources := l.sources()
	from, rows, err := s.rarest(ctx, sources, s.effort.few)
	if err != nil || rows == 0 {
		return 0, err
	}
	if rows > s.effort.few {
		if from, rows, err = s.rarest(ctx, sources, s.effort.many); err != nil {
			return 0, err
		}
	}
	w := &where{}
	table := `users u`
	if rows <= s.effort.many {
		table = from.joined(w)
		w.and(`u.id = found.user_id`)
	}
	l.filtered(w)
	l.matching(w)
	err = s.read.GetContext(ctx, &n, `SELECT count(*) FROM (SELECT 1 FROM `+table+` WHERE `+w.String()+` LIMIT `+w.arg(max)+`) AS counted`, w.args...)
	return n, fault(err)
}
