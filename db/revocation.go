package db

import (
	"context"
	"slices"
	"strings"
	"time"

	"go.jetify.com/typeid/v2"

	"authgraph/account"
)

// revocationPrefix is the prefix of the ids of revocations.
const revocationPrefix = "revocation"

// revoke adds revocations to the change, for servers that verify tokens themselves.
func (c *changeTx) revoke(kind account.RevocationKind, ids ...string) {
	for _, id := range ids {
		c.revoked = append(c.revoked, account.Revocation{Kind: kind, Named: id})
	}
}

// maxRows is the maximum number of rows per INSERT.
const maxRows = 500

// insertRevocations inserts the revocations that revoke collected. It is the last step before the commit.
func (c *changeTx) insertRevocations(ctx context.Context) error {
	for chunk := range slices.Chunk(c.revoked, maxRows) {
		w := &whereClause{}
		var rows []string
		for _, r := range chunk {
			rows = append(rows, `(`+w.arg(typeid.MustGenerate(revocationPrefix).String())+`, {now}, `+w.arg(string(r.Kind))+`, `+w.arg(r.Named)+`)`)
		}
		if _, err := c.ExecContext(ctx, c.dialect.sql(
			`INSERT INTO revocations (id, at, kind, named_id) VALUES `+strings.Join(rows, `, `)), w.args...); err != nil {
			return err
		}
	}
	return nil
}

// Revocations implements account.Store.
func (s *Store) Revocations(ctx context.Context, since time.Time) ([]account.Revocation, time.Time, error) {
	var rows []struct {
		ID    *string `db:"id"`
		At    *int64  `db:"at"`
		Kind  *string `db:"kind"`
		Named *string `db:"named_id"`
		Now   int64   `db:"now"`
	}
	// The clock is read with the rows, and is returned without rows too.
	err := s.read.SelectContext(ctx, &rows, s.dialect.sql(`
		SELECT r.id, r.at, r.kind, r.named_id, clock.now FROM (SELECT {now} AS now) AS clock
		LEFT JOIN revocations r ON r.at >= $1 ORDER BY r.at, r.id`), since.UnixMicro())
	if err != nil {
		return nil, time.Time{}, storeError(err)
	}
	var all []account.Revocation
	for _, r := range rows {
		if r.ID != nil {
			all = append(all, account.Revocation{
				ID: *r.ID, At: fromMicros(*r.At), Kind: account.RevocationKind(*r.Kind), Named: *r.Named,
			})
		}
	}
	return all, fromMicros(rows[0].Now), nil
}

// PurgeRevocations deletes revocations older than retention.
func (s *Store) PurgeRevocations(ctx context.Context, retention time.Duration) error {
	_, err := s.exec(ctx, s.dialect.sql(`DELETE FROM revocations WHERE at < {now} - $1`), retention.Microseconds())
	return err
}
