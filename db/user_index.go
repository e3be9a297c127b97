package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"authgraph/account"
)

// wordsPart is the part of the search index that holds the sets. The other parts are orders, named by account.UserOrderField.
const wordsPart = "WORDS"

// Terms are search words, and these; no word has a space.
const (
	suspendedTerm = " suspended"
	roleTerm      = " role " // before a role's id
)

// userIndex is the published search index, read within one transaction. Its sets hold numbers of accounts (user_numbers).
// An account that changed after the build is not looked up in the sets, but read from its own row.
type userIndex struct {
	dialect dialect
	tx      *sqlx.Tx
	words   indexPart
	order   indexPart
	by      account.UserOrderField
}

// indexPart is a row of user_index.
type indexPart struct {
	Name       string `db:"part"`
	Generation int64  `db:"generation"`
	BuiltAt    int64  `db:"built_at"` // changes before it are part of the build
}

// indexParts returns the published parts by name.
func indexParts(ctx context.Context, q sqlx.QueryerContext) (map[string]indexPart, error) {
	var rows []indexPart
	if err := sqlx.SelectContext(ctx, q, &rows, `SELECT part, generation, built_at FROM user_index`); err != nil {
		return nil, err
	}
	parts := map[string]indexPart{}
	for _, p := range rows {
		parts[p.Name] = p
	}
	return parts, nil
}

// openUserIndex returns the search index for one order, or for counts if by is empty; nil before the first build.
func (s *Store) openUserIndex(ctx context.Context, tx *sqlx.Tx, by account.UserOrderField) (*userIndex, error) {
	parts, err := indexParts(ctx, tx)
	if err != nil {
		return nil, err
	}
	words, built := parts[wordsPart]
	order, ordered := parts[string(by)]
	if !built || !ordered && by != "" {
		return nil, nil
	}
	return &userIndex{dialect: s.dialect, tx: tx, words: words, order: order, by: by}, nil
}

// indexed returns the terms that have a set, the rarest first.
func (x *userIndex) indexed(ctx context.Context, terms []string) (found []string, err error) {
	query, args, err := in(`SELECT word FROM user_index_words WHERE generation = ? AND word IN (?) ORDER BY accounts, word`,
		x.words.Generation, terms)
	if err == nil {
		err = x.tx.SelectContext(ctx, &found, query, args...)
	}
	return found, err
}

// set returns the accounts of a term.
func (x *userIndex) set(ctx context.Context, term string) (*roaring.Bitmap, error) {
	var data []byte
	set := roaring.New()
	err := x.tx.GetContext(ctx, &data, `SELECT numbers FROM user_index_words WHERE generation = $1 AND word = $2`,
		x.words.Generation, term)
	if errors.Is(err, sql.ErrNoRows) {
		return set, nil
	}
	if err != nil {
		return nil, err
	}
	_, err = set.FromBuffer(data)
	return set, err
}

// matches returns the accounts with every term and without the excluded one, if there is one.
func (x *userIndex) matches(ctx context.Context, terms []string, excluded string) (*roaring.Bitmap, error) {
	all := roaring.New()
	for i, term := range terms {
		set, err := x.set(ctx, term)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			all = set.Clone()
		} else {
			all.And(set)
		}
		if all.IsEmpty() {
			return all, nil
		}
	}
	if excluded != "" {
		set, err := x.set(ctx, excluded)
		if err != nil {
			return nil, err
		}
		all.AndNot(set)
	}
	return all, nil
}

// changed returns the ids of the accounts that changed after the build, and removes them from the matches. In the order of
// sign-ins a newer sign-in is a change, too.
func (x *userIndex) changed(ctx context.Context, matches *roaring.Bitmap) (ids []string, err error) {
	const number = `(SELECT n.number FROM user_numbers n WHERE n.user_id = c.user_id) AS number`
	var rows []struct {
		ID     string `db:"user_id"`
		Number *int64 `db:"number"`
	}
	if err := x.tx.SelectContext(ctx, &rows, `SELECT c.user_id, `+number+` FROM (
			SELECT DISTINCT user_id FROM user_changes WHERE generation > $1
		) AS c`, x.words.Generation); err != nil {
		return nil, err
	}
	for _, r := range rows {
		ids = append(ids, r.ID)
		if r.Number != nil {
			matches.Remove(uint32(*r.Number))
		}
	}
	if x.by != account.ByLastSignIn {
		return ids, nil
	}
	rows = rows[:0]
	if err := x.tx.SelectContext(ctx, &rows, `SELECT c.user_id, `+number+` FROM (
			SELECT id AS user_id FROM users WHERE last_sign_in_at >= $1
		) AS c`, x.order.BuiltAt); err != nil {
		return nil, err
	}
	for _, r := range rows {
		if r.Number != nil && matches.CheckedRemove(uint32(*r.Number)) {
			ids = append(ids, r.ID)
		}
	}
	return ids, nil
}

// valuesSelect returns a SELECT of the values, as a column of that name. kind is their type.
func (d dialect) valuesSelect(w *whereClause, values any, kind, name string) string {
	if d == onPostgres {
		return `SELECT unnest(CAST(` + w.arg(pq.Array(values)) + ` AS ` + kind + `[])) AS ` + name
	}
	list, err := json.Marshal(values)
	if err != nil {
		panic(err) // numbers and ids have a form in JSON
	}
	return `SELECT value AS ` + name + ` FROM json_each(` + w.arg(string(list)) + `)`
}

// sourceOfNumbers returns the accounts with the numbers as a source.
func (d dialect) sourceOfNumbers(numbers []int64) source {
	return source{func(w *whereClause) string {
		return `SELECT (SELECT n.user_id FROM user_numbers n WHERE n.number = x.number) AS user_id
			FROM (` + d.valuesSelect(w, numbers, `BIGINT`, `number`) + `) AS x`
	}, true}
}

// sourceOfIDs returns the accounts with the ids, each of which is there once, as a source.
func (d dialect) sourceOfIDs(ids []string) source {
	return source{func(w *whereClause) string { return d.valuesSelect(w, ids, `TEXT`, `user_id`) }, true}
}

// terms returns what each account of the list has, and a term that none has; "" for none.
func (l *userList) terms() (all []string, excluded string) {
	all = slices.Clone(l.words)
	if l.role != "" {
		all = append(all, roleTerm+l.role)
	}
	if l.suspended() {
		all = append(all, suspendedTerm)
	} else if l.q.Filter.Suspended != nil {
		excluded = suspendedTerm
	}
	return all, excluded
}

// termSource returns the accounts of a term by the rows of accounts.
func termSource(term string) source {
	role, isRole := strings.CutPrefix(term, roleTerm)
	switch {
	case isRole:
		return source{func(w *whereClause) string { return `SELECT user_id FROM user_roles WHERE role_id = ` + w.arg(role) }, true}
	case term == suspendedTerm:
		return source{func(*whereClause) string { return `SELECT id AS user_id FROM users WHERE suspended_at IS NOT NULL` }, true}
	default:
		return source{rows: func(w *whereClause) string {
			return `SELECT user_id FROM user_words WHERE word >= ` + w.arg(term) + ` AND word < ` + w.arg(term+"\U0010FFFF")
		}}
	}
}
