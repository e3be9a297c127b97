package db

import (
	"context"

	"github.com/jmoiron/sqlx"
)

// AddServerKey implements token.RootStore.
func (s *Store) AddServerKey(ctx context.Context, purpose string, sealed []byte) (kept []byte, err error) {
	err = s.inTx(ctx, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, s.dialect.sql(`
			INSERT INTO server_keys (purpose, sealed, created_at) VALUES ($1, $2, {now})
			ON CONFLICT (purpose) DO NOTHING`), purpose, sealed); err != nil {
			return err
		}
		return tx.GetContext(ctx, &kept, `SELECT sealed FROM server_keys WHERE purpose = $1`, purpose)
	})
	return kept, err
}
