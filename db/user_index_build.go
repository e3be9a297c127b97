package db

import (
	"context"
	"crypto/rand"
	"errors"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"

	"authgraph/account"
)

const (
	// indexLease is the time after which another process may build, unless the lease is renewed.
	indexLease = time.Minute
	// indexAge is the time after which the index is built again even though few accounts have changed.
	indexAge = 24 * time.Hour
	// signInAge is the minimum age of the order of sign-ins when it is built again.
	signInAge = 5 * time.Minute
	// indexOverlap is the time before a build for which sign-ins are read from accounts, because a transaction commits some
	// time after its sign-in.
	indexOverlap = time.Minute
)

// indexPartNames are the parts of the search index: the sets, and each order of lists.
var indexPartNames = []string{
	wordsPart, string(account.ByCreation), string(account.ByEmail), string(account.ByName), string(account.ByLastSignIn),
}

// indexBuild is a build of the search index.
type indexBuild struct {
	*Store
	owner      string // owner of the claim
	parts      []string
	published  int64 // generation of the sets that are in use; 0 for none
	generation int64 // generation of the build
	forget     bool  // there are too few accounts for an index: changes need not be kept
}

// IndexUsers builds the search index when it is due: among enough accounts, after many changes, and a day after the last
// build. After many sign-ins it builds their order alone. It reports whether it has built. A single process builds at a time.
func (s *Store) IndexUsers(ctx context.Context) (built bool, err error) {
	b := &indexBuild{Store: s, owner: rand.Text()}
	if err := b.plan(ctx); err != nil || len(b.parts) == 0 && !b.forget {
		return false, storeError(err)
	}
	err = requireOneRow(s.exec(ctx, s.dialect.sql(`UPDATE user_index_claim SET owner = $1, until = {now} + $2 WHERE until < {now}`),
		b.owner, indexLease.Microseconds()))
	if errors.Is(err, errNoEffect) {
		return false, nil
	}
	if err != nil {
		return false, storeError(err)
	}
	defer func() {
		_, released := s.exec(context.WithoutCancel(ctx), `UPDATE user_index_claim SET until = 0 WHERE owner = $1`, b.owner)
		err = errors.Join(err, storeError(released))
	}()
	if err := b.plan(ctx); err != nil { // another process may have built before the claim
		return false, storeError(err)
	}
	if b.forget {
		return false, storeError(b.delete(ctx, `user_changes`, `id`, `true`))
	}
	if len(b.parts) == 0 {
		return false, nil
	}
	return true, storeError(b.build(ctx))
}

// plan determines which parts are due.
func (b *indexBuild) plan(ctx context.Context) error {
	b.parts, b.forget, b.generation = nil, false, 1
	published, err := indexParts(ctx, b.read)
	if err != nil {
		return err
	}
	for _, p := range published {
		b.generation = max(b.generation, p.Generation+1)
	}
	words := published[wordsPart]
	b.published = words.Generation
	if len(published) < len(indexPartNames) {
		many, err := b.more(ctx, b.searchLimits.maxUnindexed, `SELECT 1 FROM users`)
		if err == nil && many {
			b.parts = indexPartNames
		} else if err == nil {
			b.forget, err = b.more(ctx, 0, `SELECT 1 FROM user_changes`)
		}
		return err
	}
	var state struct{ Now, Last int64 }
	if err := b.read.GetContext(ctx, &state,
		b.dialect.sql(`SELECT {now} AS now, (SELECT coalesce(max(number), 0) FROM user_numbers) AS last`)); err != nil {
		return err
	}
	limit := max(b.searchLimits.maxChanges, int(state.Last/2000)) // each changed account costs a search some microseconds
	age := time.Duration(state.Now-words.BuiltAt) * time.Microsecond
	if age >= b.searchLimits.buildPause {
		changes := limit
		if age > indexAge {
			changes = 0
		}
		many, err := b.more(ctx, changes, `SELECT 1 FROM user_changes WHERE generation > $1`, b.published)
		if err != nil {
			return err
		}
		if many {
			b.parts = indexPartNames
			return nil
		}
	}
	order := published[string(account.ByLastSignIn)]
	if state.Now-order.BuiltAt < signInAge.Microseconds() {
		return nil
	}
	many, err := b.more(ctx, limit, `SELECT 1 FROM users WHERE last_sign_in_at >= $1`, order.BuiltAt)
	if many {
		b.parts = []string{order.Name}
	}
	return err
}

// more reports whether a query returns more rows than a limit.
func (b *indexBuild) more(ctx context.Context, limit int, query string, args ...any) (bool, error) {
	var n int
	err := b.read.GetContext(ctx, &n,
		`SELECT count(*) FROM (`+query+` LIMIT `+strconv.Itoa(limit+1)+`) AS counted`, args...)
	return n > limit, err
}

// build builds the parts that are due and publishes them.
func (b *indexBuild) build(ctx context.Context) error {
	// 1. Delete rows that a process left behind when it ended during a build.
	if err := b.clean(ctx); err != nil {
		return err
	}
	// 2. Take note of the time and the changes. The build includes whatever has committed by now.
	var now int64
	if err := b.read.GetContext(ctx, &now, b.dialect.sql(`SELECT {now}`)); err != nil {
		return err
	}
	if b.parts[0] == wordsPart {
		if err := b.note(ctx); err != nil {
			return err
		}
		// 3. Give numbers to accounts without one.
		if err := b.number(ctx); err != nil {
			return err
		}
	}
	// 4. Write the rows.
	for _, part := range b.parts {
		if part == wordsPart {
			if err := b.writeWords(ctx); err != nil {
				return err
			}
		} else if err := b.writeOrder(ctx, account.UserOrderField(part)); err != nil {
			return err
		}
	}
	// 5. Publish all parts at once.
	if err := b.publish(ctx, now); err != nil {
		return err
	}
	// 6. Delete the former rows.
	return b.clean(ctx)
}

// publish makes searches use the build.
func (b *indexBuild) publish(ctx context.Context, now int64) error {
	return b.hold(ctx, func(tx *sqlx.Tx) error {
		for _, part := range b.parts {
			at := now
			if part == string(account.ByLastSignIn) {
				at -= indexOverlap.Microseconds()
			}
			if _, err := tx.ExecContext(ctx, `INSERT INTO user_index (part, generation, built_at) VALUES ($1, $2, $3)
				ON CONFLICT (part) DO UPDATE SET generation = excluded.generation, built_at = excluded.built_at`,
				part, b.generation, at); err != nil {
				return err
			}
		}
		return nil
	})
}

// errClaimLost means that another process has taken over a build that did not renew its lease.
var errClaimLost = errors.New("another process builds the search index")

// hold runs f in a transaction that renews the lease, and pauses. errClaimLost.
func (b *indexBuild) hold(ctx context.Context, f func(tx *sqlx.Tx) error) error {
	err := b.inTx(ctx, func(tx *sqlx.Tx) error {
		err := requireOneRow(tx.ExecContext(ctx, b.dialect.sql(`UPDATE user_index_claim SET until = {now} + $2 WHERE owner = $1`),
			b.owner, indexLease.Microseconds()))
		if errors.Is(err, errNoEffect) {
			return errClaimLost
		}
		if err != nil {
			return err
		}
		return f(tx)
	})
	if err != nil {
		return err
	}
	return pause(ctx)
}

// indexPause leaves the database to other callers between two statements of a build.
const indexPause = 10 * time.Millisecond

func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(indexPause):
		return nil
	}
}
