package db

import (
	"context"
	"slices"
	"strconv"
	"unicode/utf8"

	"authgraph/account"
)

// effort is how far a search looks before it chooses its way. A list that is sorted by one thing and filtered by the
// beginning of another has no index of its own: either all that begin so are sorted, which is quick while they are few,
// or the list is gone through in order, which is quick while they are many and everywhere. A database guesses which it
// is; where it guessed wrong, a page among a million accounts took 2.6 s instead of 5 ms.
type effort struct {
	few    int // accounts that are sorted without another thought: 3,000 take 2 ms
	window int // accounts that are gone through: 10,000 take 5 ms
}

var usual = effort{few: 3_000, window: 10_000}

// search returns the first of l's accounts whose address or name begins with query.
func (s *Store) search(ctx context.Context, l *list, query string) ([]*account.User, error) {
	var ids []string
	for _, column := range []string{`email_key`, `name_key`} {
		found, err := s.beginning(ctx, l, column, account.Fold(query))
		if err != nil {
			return nil, err
		}
		ids = append(ids, found...)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	slices.Sort(ids)
	question, args, err := in(`SELECT `+userColumns+` FROM users u`+userJoins+` WHERE u.id IN (?) ORDER BY `+l.order, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	users, err := usersOf(ctx, s.read, question, args...)
	return users[:min(len(users), l.limit)], err
}

// beginning returns the ids of the first of l's accounts whose column begins so.
func (s *Store) beginning(ctx context.Context, l *list, column, beginning string) (ids []string, err error) {
	w := &where{args: slices.Clone(l.args)}
	begins := s.begins(w, column, beginning)
	limit := ` LIMIT ` + strconv.Itoa(l.limit)
	if l.by == account.ByEmail && column == `email_key` { // those that begin so stand together
		err = s.read.SelectContext(ctx, &ids, `SELECT u.id FROM users u WHERE `+begins+` AND `+l.String()+` ORDER BY `+l.order+limit, w.args...)
		return ids, fault(err)
	}
	if many, err := s.many(ctx, column, beginning); err != nil {
		return nil, err
	} else if many {
		err = s.read.SelectContext(ctx, &ids, `SELECT u.id FROM (
			SELECT u.* FROM users u WHERE `+l.marks.String()+` ORDER BY `+l.order+` LIMIT `+strconv.Itoa(s.effort.window)+`
		) u WHERE `+begins+` AND `+l.String()+` ORDER BY `+l.order+limit, w.args...)
		if err != nil || len(ids) == l.limit {
			return ids, fault(err)
		}
		ids = nil
	}
	// What is sorted by is not the bare column, so that no database goes through the list in its order.
	sorted := map[account.UserOrderField]string{
		account.ByCreation: `u.created_at + 0`, account.ByEmail: `(u.email_key || '')` + s.dialect.binary,
		account.ByName: `(coalesce(u.name_key, '') || '')` + s.dialect.binary, account.ByLastSignIn: `u.last_sign_in_at + 0`,
	}[l.by]
	sorted = orderOf(sorted, l.by, l.descending)
	err = s.read.SelectContext(ctx, &ids, `SELECT u.id FROM users u WHERE `+begins+` AND `+l.String()+` ORDER BY `+sorted+limit, w.args...)
	return ids, fault(err)
}

// many reports whether more accounts than a few begin so.
func (s *Store) many(ctx context.Context, column, beginning string) (many bool, err error) {
	w := &where{}
	err = s.read.GetContext(ctx, &many, `SELECT count(*) > `+strconv.Itoa(s.effort.few)+` FROM (
		SELECT 1 FROM users u WHERE `+s.begins(w, column, beginning)+` LIMIT `+strconv.Itoa(s.effort.few+1)+`) AS counted`, w.args...)
	return many, fault(err)
}

// begins is the condition that a column's text begins so: a range of an index in the order of bytes.
func (s *Store) begins(w *where, column, beginning string) string {
	column = `u.` + column + s.dialect.binary
	return `(` + column + ` >= ` + w.arg(beginning) + ` AND ` + column + ` < ` + w.arg(beginning+string(utf8.MaxRune)) + `)`
}
