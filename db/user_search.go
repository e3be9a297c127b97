package db

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/jmoiron/sqlx"

	"authgraph/account"
)

// effort bounds the parts of a search.
type effort struct {
	few      int           // matches that are read one by one; terms with fewer accounts have no set in the search index
	many     int           // accounts of a term that are read one by one before the first build; above it all accounts are read
	accounts int           // accounts without an index
	changes  int           // changed accounts that are read one by one; above it the index is due, see IndexUsers
	block    int           // accounts in a block of an order
	rest     time.Duration // minimum time between two builds of the index, which take a minute of the processor among a million accounts
}

var usual = effort{few: 500, many: 100_000, accounts: 5_000, changes: 500, block: 256, rest: 10 * time.Minute}

// longest is how many of a search's terms are tried as the rarest one: the longest, because they are rare.
const longest = 4

// source is a set of accounts: a SELECT of user_id, which may return an account several times if it is not distinct.
// Without rows it stands for all accounts.
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

// rarest returns the smallest source among the longest terms. It has no rows, for the whole table, if all of them have more
// than effort.many.
func (s *Store) rarest(ctx context.Context, q sqlx.QueryerContext, terms []string) (best source, err error) {
	terms = slices.Clone(terms)
	slices.SortStableFunc(terms, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	limit := s.effort.many + 1
	for _, term := range terms[:min(len(terms), longest)] {
		w, n, candidate := &where{}, 0, termSource(term)
		if err := sqlx.GetContext(ctx, q, &n,
			`SELECT count(*) FROM (`+candidate.rows(w)+` LIMIT `+strconv.Itoa(limit)+`) AS counted`, w.args...); err != nil {
			return best, err
		}
		if n < limit {
			best, limit = candidate, n
		}
	}
	return best, nil
}

// found are the accounts of a list: matches by the search index and accounts of a source, each of which is checked.
type found struct {
	index   *userIndex // nil without matches
	matches *roaring.Bitmap
	rest    source
}

// find returns the accounts of a list. A term without a set is rare, so that its accounts suffice.
func (s *Store) find(ctx context.Context, tx *sqlx.Tx, l *list) (f found, err error) {
	terms, excluded := l.terms()
	x, err := s.openUserIndex(ctx, tx, l.q.By)
	if err != nil {
		return f, err
	}
	if x == nil {
		f.rest, err = s.rarest(ctx, tx, terms)
		return f, err
	}
	indexed, err := x.indexed(ctx, terms)
	if err != nil {
		return f, err
	}
	if len(indexed) < len(terms) {
		f.rest, err = s.rarest(ctx, tx, slices.DeleteFunc(terms, func(t string) bool { return slices.Contains(indexed, t) }))
		return f, err
	}
	if f.matches, err = x.matches(ctx, indexed, excluded); err != nil {
		return f, err
	}
	changed, err := x.changed(ctx, f.matches)
	f.index, f.rest = x, s.dialect.identified(changed)
	return f, err
}

// search returns the first accounts of a list with words or a role.
func (s *Store) search(ctx context.Context, l *list) (users []*account.User, err error) {
	err = s.snapshot(ctx, func(tx *sqlx.Tx) error {
		f, err := s.find(ctx, tx, l)
		if err != nil {
			return err
		}
		ids, err := s.sorted(ctx, tx, l, f.rest)
		if err != nil {
			return err
		}
		if f.index != nil {
			more, err := s.first(ctx, f, l)
			if err != nil {
				return err
			}
			ids = append(ids, more...)
		}
		if len(ids) == 0 {
			return nil
		}
		query, args, err := in(`SELECT `+userColumns+` FROM users u`+userJoins+` WHERE u.id IN (?) ORDER BY `+l.order, ids)
		if err != nil {
			return err
		}
		users, err = usersOf(ctx, tx, query, args...)
		users = users[:min(len(users), l.limit)]
		return err
	})
	return users, err
}

// first returns the ids of the first matches by the search index. Few are read and sorted; of many the first are found by
// walking the list's order.
func (s *Store) first(ctx context.Context, f found, l *list) (ids []string, err error) {
	if f.matches.GetCardinality() <= uint64(s.effort.few) {
		var numbers []int64
		for _, n := range f.matches.ToArray() {
			numbers = append(numbers, int64(n))
		}
		return s.sorted(ctx, f.index.tx, l, s.dialect.numbered(numbers))
	}
	var waiting []int64
	read := func() (bool, error) {
		more, err := s.sorted(ctx, f.index.tx, l, s.dialect.numbered(waiting))
		ids, waiting = append(ids, more...), nil
		return len(ids) < l.limit, err
	}
	err = f.index.walk(ctx, l, f.matches, func(numbers []int64, edge bool) (more bool, err error) {
		if !edge {
			numbers = numbers[:min(len(numbers), l.limit)]
		}
		if waiting = append(waiting, numbers...); len(waiting) < l.limit-len(ids) {
			return true, nil
		}
		return read()
	})
	if err == nil && len(waiting) > 0 && len(ids) < l.limit {
		_, err = read()
	}
	return ids[:min(len(ids), l.limit)], err
}

// sorted returns the ids of the list's first accounts of a source. The order is not the bare column's, so that no database
// reads the whole list in its order instead.
func (s *Store) sorted(ctx context.Context, q sqlx.QueryerContext, l *list, from source) (ids []string, err error) {
	w, table := l.selected(from)
	l.between(w)
	value := map[account.UserOrderField]string{
		account.ByCreation: `u.created_at + 0`, account.ByEmail: `(u.email_key || '')` + s.dialect.binary,
		account.ByName: `(coalesce(u.name_key, '') || '')` + s.dialect.binary, account.ByLastSignIn: `u.last_sign_in_at + 0`,
	}[l.q.By]
	err = sqlx.SelectContext(ctx, q, &ids, `SELECT u.id FROM `+table+` WHERE `+w.String()+
		` ORDER BY `+orderOf(value, l.q.By, l.descending)+` LIMIT `+strconv.Itoa(l.limit), w.args...)
	return ids, err
}

// selected returns the table and the conditions of the accounts of a source that meet the filter.
func (l *list) selected(from source) (w *where, table string) {
	w, table = &where{}, `users u`
	if from.rows != nil {
		table = from.joined(w)
		w.and(`u.id = found.user_id`)
	}
	l.filtered(w)
	l.matching(w)
	return w, table
}

// countSearched returns how many accounts a list with words or a role has, at most max.
func (s *Store) countSearched(ctx context.Context, l *list, max int) (n int, err error) {
	err = s.snapshot(ctx, func(tx *sqlx.Tx) error {
		f, err := s.find(ctx, tx, l)
		if err != nil {
			return err
		}
		w, table := l.selected(f.rest)
		err = tx.GetContext(ctx, &n, `SELECT count(*) FROM (
				SELECT 1 FROM `+table+` WHERE `+w.String()+` LIMIT `+w.arg(max)+`
			) AS counted`, w.args...)
		if err != nil {
			return err
		}
		if f.index != nil {
			n = min(max, n+int(f.matches.GetCardinality()))
		}
		return nil
	})
	return n, err
}
