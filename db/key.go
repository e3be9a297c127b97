package db

import (
	"context"
	"errors"

	"authgraph/account"
	"authgraph/auth/token"
)

// ActiveKey implements token.KeyStore.
func (s *Store) ActiveKey(ctx context.Context) (token.SealedKey, error) {
	var row struct {
		ID        string `db:"id"`
		Algorithm string `db:"algorithm"`
		Private   []byte `db:"private_key"`
	}
	err := fault(s.read.GetContext(ctx, &row,
		`SELECT id, algorithm, private_key FROM signing_keys WHERE state = 'active'`))
	if errors.Is(err, account.ErrNotFound) {
		return token.SealedKey{}, token.ErrNoKey
	}
	return token.SealedKey(row), err
}

// AddActiveKey implements token.KeyStore.
func (s *Store) AddActiveKey(ctx context.Context, k token.SealedKey) error {
	_, err := s.write.ExecContext(ctx, s.dialect.sql(`
		INSERT INTO signing_keys (id, algorithm, state, private_key, created_at)
		VALUES ($1, $2, 'active', $3, {now}) ON CONFLICT (state) WHERE state = 'active' DO NOTHING`),
		k.ID, k.Algorithm, k.Private)
	return fault(err)
}
