package db

import (
	"context"

	"authgraph/account"
)

// CredentialByEmailKey implements account.Store.
func (s *Store) CredentialByEmailKey(ctx context.Context, key string) (account.Credential, error) {
	return s.credential(ctx, `email_key`, key)
}

func (s *Store) credential(ctx context.Context, column, value string) (account.Credential, error) {
	var row struct {
		ID          string  `db:"id"`
		Hash        *string `db:"password_hash"`
		Version     int64   `db:"credential_version"`
		SuspendedAt *int64  `db:"suspended_at"`
		EraseAt     *int64  `db:"erase_at"`
	}
	err := s.read.GetContext(ctx, &row,
		`SELECT id, password_hash, credential_version, suspended_at, erase_at FROM users WHERE `+column+` = $1`, value)
	if err != nil {
		return account.Credential{}, storeError(err)
	}
	c := account.Credential{
		UserID: row.ID, Version: row.Version, SuspendedAt: fromNullMicros(row.SuspendedAt), EraseAt: fromNullMicros(row.EraseAt),
	}
	if row.Hash != nil {
		c.PasswordHash = *row.Hash
	}
	return c, nil
}

// ReplacePasswordHash implements account.Store.
func (s *Store) ReplacePasswordHash(ctx context.Context, userID, old, hash string) error {
	_, err := s.exec(ctx,
		`UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2`, userID, old, hash)
	return err
}
