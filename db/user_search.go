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

// searchLimits are the limits of a prefix search.
type searchLimits struct {
	maxDirect    int           // matches read one by one; terms with fewer accounts have no set in the search index
	maxScan      int           // accounts of a term read one by one before the first build; above it all accounts are read
	maxUnindexed int           // accounts without an index
	maxChanges   int           // changed accounts read one by one; above it a build is due, see IndexUsers
	blockSize    int           // accounts in a block of an order
	buildPause   time.Duration // minimum time between two builds, which take a minute of CPU time with a million accounts
}

var defaultSearchLimits = searchLimits{
	maxDirect: 500, maxScan: 100_000, maxUnindexed: 5_000, maxChanges: 500, blockSize: 256, buildPause: 10 * time.Minute,
}

// maxRarestTerms is the number of terms of a search that rarest counts: the longest, because they are rare.
const maxRarestTerms = 4

// source is a set of accounts: a SELECT of user_id, which may return an account several times if it is not distinct.
// Without rows it stands for all accounts.
type source struct {
	rows     func(w *whereClause) string
	distinct bool
}

// joined returns the source as a table that is joined to users u. CROSS JOIN keeps SQLite from reading users first.
func (c source) joined(w *whereClause) string {
	rows := c.rows(w)
	if !c.distinct {
		rows = `SELECT DISTINCT user_id FROM (` + rows + `) AS rowset`
	}
	return `(` + rows + `) AS found CROSS JOIN users u`
}

// rarest returns the smallest source among the longest terms. It has no rows, for the whole table, if all of them have more
// than searchLimits.maxScan accounts.
func (s *Store) rarest(ctx context.Context, q sqlx.QueryerContext, terms []string) (best source, err error) {
	terms = slices.Clone(terms)
	slices.SortStableFunc(terms, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	limit := s.searchLimits.maxScan + 1
	for _, term := range terms[:min(len(terms), maxRarestTerms)] {
		w, n, candidate := &whereClause{}, 0, termSource(term)
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

// candidates are the accounts of a list: matches in the search index, and accounts of a source, which are checked one by one.
type candidates struct {
	index   *userIndex // nil without matches
	matches *roaring.Bitmap
	rest    source
}

// findCandidates returns the candidates of a list. A term without a set is rare, so its accounts suffice.
func (s *Store) findCandidates(ctx context.Context, tx *sqlx.Tx, l *userList) (f candidates, err error) {
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
	f.index, f.rest = x, s.dialect.sourceOfIDs(changed)
	return f, err
}

// search returns the first accounts of a list with words or a role.
func (s *Store) search(ctx context.Context, l *userList) (users []*account.User, err error) {
	err = s.snapshot(ctx, func(tx *sqlx.Tx) error {
		f, err := s.findCandidates(ctx, tx, l)
		if err != nil {
			return err
		}
		ids, err := s.sortedIDs(ctx, tx, l, f.rest)
		if err != nil {
			return err
		}
		if f.index != nil {
			more, err := s.firstMatches(ctx, f, l)
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

// firstMatches returns the ids of the first matches in the search index. It reads and sorts up to maxDirect matches, and finds
// the first of more by walking the list's order.
func (s *Store) firstMatches(ctx context.Context, f candidates, l *userList) (ids []string, err error) {
	if f.matches.GetCardinality() <= uint64(s.searchLimits.maxDirect) {
		var numbers []int64
		for _, n := range f.matches.ToArray() {
			numbers = append(numbers, int64(n))
		}
		return s.sortedIDs(ctx, f.index.tx, l, s.dialect.sourceOfNumbers(numbers))
	}
	var waiting []int64
	read := func() (bool, error) {
		more, err := s.sortedIDs(ctx, f.index.tx, l, s.dialect.sourceOfNumbers(waiting))
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

// sortedIDs returns the ids of the list's first accounts of a source. The sort expressions differ from the indexed columns, so
// that the database does not read the whole list in the order of an index.
func (s *Store) sortedIDs(ctx context.Context, q sqlx.QueryerContext, l *userList, from source) (ids []string, err error) {
	w, table := l.selection(from)
	l.cursorConditions(w)
	value := map[account.UserOrderField]string{
		account.ByCreation: `u.created_at + 0`, account.ByEmail: `(u.email_key || '')` + s.dialect.binary,
		account.ByName: `(coalesce(u.name_key, '') || '')` + s.dialect.binary, account.ByLastSignIn: `u.last_sign_in_at + 0`,
	}[l.q.By]
	err = sqlx.SelectContext(ctx, q, &ids, `SELECT u.id FROM `+table+` WHERE `+w.String()+
		` ORDER BY `+orderOf(value, l.q.By, l.descending)+` LIMIT `+strconv.Itoa(l.limit), w.args...)
	return ids, err
}

// selection returns table and WHERE clause of the accounts of a source that meet the filter.
func (l *userList) selection(from source) (w *whereClause, table string) {
	w, table = &whereClause{}, `users u`
	if from.rows != nil {
		table = from.joined(w)
		w.and(`u.id = found.user_id`)
	}
	l.filterCondition(w)
	l.wordCondition(w)
	return w, table
}

// countSearched returns the number of accounts of a list with words or a role, up to max.
func (s *Store) countSearched(ctx context.Context, l *userList, max int) (n int, err error) {
	err = s.snapshot(ctx, func(tx *sqlx.Tx) error {
		f, err := s.findCandidates(ctx, tx, l)
		if err != nil {
			return err
		}
		w, table := l.selection(f.rest)
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
