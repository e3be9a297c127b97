package db

import (
	"context"
	"encoding/binary"
	"hash/maphash"
	"maps"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/jmoiron/sqlx"

	"authgraph/account"
)

const (
	indexBatch = 4096 // accounts that a statement of a build reads, or changes that it marks
	indexRows  = 128  // rows that a transaction of a build writes or deletes
)

// indexedUser is an account as the sets see it.
type indexedUser struct {
	Number    int64   `db:"number"`
	Words     *string `db:"words"`
	Suspended bool    `db:"suspended"`
	Roles     *string `db:"roles"`
}

// eachUser calls f with every account in the order of numbers.
func (b *indexBuild) eachUser(ctx context.Context, f func(u *indexedUser)) error {
	concat := map[string]string{onSQLite.name: `group_concat`, onPostgres.name: `string_agg`}[b.dialect.name]
	for after := int64(0); ; {
		var rows []indexedUser
		if err := b.read.SelectContext(ctx, &rows, `SELECT n.number, u.words, u.suspended_at IS NOT NULL AS suspended,
				(SELECT `+concat+`(has.role_id, ' ') FROM user_roles has WHERE has.user_id = u.id) AS roles
			FROM (SELECT number, user_id FROM user_numbers WHERE number > $1 ORDER BY number LIMIT $2) AS n
			JOIN users u ON u.id = n.user_id ORDER BY n.number`, after, indexBatch); err != nil || len(rows) == 0 {
			return err
		}
		for i := range rows {
			f(&rows[i])
		}
		after = rows[len(rows)-1].Number
		if err := b.hold(ctx, func(*sqlx.Tx) error { return nil }); err != nil {
			return err
		}
	}
}

// eachPrefix calls f once with each prefix of the account's words.
func (u *indexedUser) eachPrefix(f func(text string)) {
	if u.Words == nil {
		return
	}
	before := ""
	for word := range strings.FieldsSeq(*u.Words) { // sorted, so that equal prefixes are adjacent
		for i := range word {
			if i > 0 && !strings.HasPrefix(before, word[:i]) {
				f(word[:i])
			}
		}
		if !strings.HasPrefix(before, word) {
			f(word)
		}
		before = word
	}
}

// writeWords writes the sets of roles, of suspended accounts, and of each beginning of words with more than searchLimits.maxDirect
// accounts.
func (b *indexBuild) writeWords(ctx context.Context) error {
	// 1. Estimate how many accounts each beginning has. Two that share a counter are overestimated.
	seed, counters := maphash.MakeSeed(), make([]uint32, 1<<21)
	counter := func(text string) *uint32 { return &counters[maphash.String(seed, text)%uint64(len(counters))] }
	if err := b.eachUser(ctx, func(u *indexedUser) { u.eachPrefix(func(text string) { *counter(text)++ }) }); err != nil {
		return err
	}
	// 2. Collect the accounts of the frequent ones.
	sets := map[string]*roaring.Bitmap{}
	add := func(text string, u *indexedUser) {
		if sets[text] == nil {
			sets[strings.Clone(text)] = roaring.New()
		}
		sets[text].Add(uint32(u.Number))
	}
	if err := b.eachUser(ctx, func(u *indexedUser) {
		u.eachPrefix(func(text string) {
			if *counter(text) > uint32(b.searchLimits.maxDirect) {
				add(text, u)
			}
		})
		if u.Suspended {
			add(suspendedTerm, u)
		}
		if u.Roles != nil {
			for id := range strings.FieldsSeq(*u.Roles) {
				add(roleTerm+id, u)
			}
		}
	}); err != nil {
		return err
	}
	// 3. Leave out the overestimated ones, which are rare, and may be personal.
	maps.DeleteFunc(sets, func(text string, set *roaring.Bitmap) bool {
		return !strings.HasPrefix(text, " ") && set.GetCardinality() <= uint64(b.searchLimits.maxDirect)
	})
	// 4. Write the others.
	for words := range slices.Chunk(slices.Sorted(maps.Keys(sets)), indexRows) {
		var rows []any
		for _, word := range words {
			sets[word].RunOptimize()
			data, err := sets[word].ToBytes()
			if err != nil {
				return err
			}
			rows = append(rows, b.generation, word, int64(sets[word].GetCardinality()), data)
		}
		if err := b.hold(ctx, func(tx *sqlx.Tx) error {
			return insertRows(ctx, tx, `user_index_words (generation, word, accounts, numbers)`, 4, rows, ``)
		}); err != nil {
			return err
		}
	}
	return nil
}

// writeOrder writes the blocks of an order.
func (b *indexBuild) writeOrder(ctx context.Context, by account.UserOrderField) error {
	type place struct {
		Time   int64  `db:"time"`
		Text   string `db:"text"`
		ID     string `db:"id"`
		Number *int64 `db:"number"` // nil for an account that came during the build
	}
	value := b.dialect.sortValue(by)
	columns, isText := `0 AS time, `+value+` AS text`, by == account.ByEmail || by == account.ByName
	if !isText {
		columns = value + ` AS time, '' AS text`
	}
	var after *place
	for block := 0; ; {
		w := &whereClause{}
		switch {
		case after == nil:
		case by == account.ByEmail:
			w.and(value + ` > ` + w.arg(after.Text))
		case isText:
			w.and(`(` + value + `, u.id) > (` + w.arg(after.Text) + `, ` + w.arg(after.ID) + `)`)
		default:
			w.and(`(` + value + `, u.id) > (` + w.arg(after.Time) + `, ` + w.arg(after.ID) + `)`)
		}
		var places []place
		if err := b.read.SelectContext(ctx, &places, `
			SELECT u.*, (SELECT n.number FROM user_numbers n WHERE n.user_id = u.id) AS number FROM (
				SELECT u.id, `+columns+` FROM users u WHERE `+w.String()+`
				ORDER BY `+orderOf(value, by, false)+` LIMIT `+w.arg(indexBatch)+`
			) AS u`, w.args...); err != nil || len(places) == 0 {
			return err
		}
		after = &places[len(places)-1]
		var rows []any
		for chunk := range slices.Chunk(places, b.searchLimits.blockSize) {
			var numbers []byte
			for _, p := range chunk {
				if p.Number != nil {
					numbers = binary.LittleEndian.AppendUint32(numbers, uint32(*p.Number))
				}
			}
			first := account.UserCursor{Key: chunk[0].Text, At: fromMicros(chunk[0].Time), ID: chunk[0].ID}
			key, id := orderKey(by, first)
			rows = append(rows, b.generation, string(by), block, key, id, numbers)
			block++
		}
		if err := b.hold(ctx, func(tx *sqlx.Tx) error {
			return insertRows(ctx, tx, `user_index_orders (generation, part, block, value, user_id, numbers)`, 6, rows, ``)
		}); err != nil {
			return err
		}
	}
}
