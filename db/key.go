package db

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"authgraph/account"
	"authgraph/auth/token"
)

// Keys implements token.KeyStore, in one query.
func (s *Store) Keys(ctx context.Context) (token.StoredKeys, error) {
	const server = "server" // state of rows that are not signing keys
	var rows []struct {
		ID          string `db:"id"`
		Algorithm   string `db:"algorithm"`
		State       string `db:"state"`
		Sealed      []byte `db:"private_key"`
		CreatedAt   int64  `db:"created_at"`
		ActivatedAt *int64 `db:"activated_at"`
		RetiredAt   *int64 `db:"retired_at"`
		RevokedAt   *int64 `db:"revoked_at"`
		Now         int64  `db:"now"`
	}
	err := s.read.SelectContext(ctx, &rows, s.dialect.sql(`
		SELECT id, algorithm, state, private_key, created_at, activated_at, retired_at, revoked_at, {now} AS now
		FROM signing_keys
		UNION ALL
		SELECT purpose, '', '`+server+`', sealed, created_at, NULL, NULL, NULL, {now} FROM server_keys
		ORDER BY created_at, id`))
	if err != nil {
		return token.StoredKeys{}, storeError(err)
	}
	stored := token.StoredKeys{Server: map[string][]byte{}}
	for _, r := range rows {
		stored.Now = fromMicros(r.Now)
		if r.State == server {
			stored.Server[r.ID] = r.Sealed
			continue
		}
		stored.Signing = append(stored.Signing, token.SealedKey{
			ID: r.ID, Algorithm: r.Algorithm, State: token.State(r.State), Private: r.Sealed,
			CreatedAt: fromMicros(r.CreatedAt), ActivatedAt: fromNullMicros(r.ActivatedAt),
			RetiredAt: fromNullMicros(r.RetiredAt), RevokedAt: fromNullMicros(r.RevokedAt),
		})
	}
	return stored, nil
}

// changeKeys runs f in one transaction and announces a change of the keys. Changes of keys are serialized.
func (s *Store) changeKeys(ctx context.Context, f func(tx *changeTx) error) error {
	return s.inChangeTx(ctx, func(tx *changeTx) error {
		if s.dialect == onPostgres { // readers do not wait
			if _, err := tx.ExecContext(ctx, `LOCK TABLE signing_keys IN SHARE ROW EXCLUSIVE MODE`); err != nil {
				return err
			}
		}
		tx.changed.Keys = true
		return f(tx)
	})
}

// AddSigningKey implements token.KeyStore.
func (s *Store) AddSigningKey(ctx context.Context, k token.SealedKey) error {
	return s.changeKeys(ctx, func(tx *changeTx) error { return tx.addKey(ctx, k) })
}

func (c *changeTx) addKey(ctx context.Context, k token.SealedKey) error {
	_, err := c.ExecContext(ctx, c.dialect.sql(`
		INSERT INTO signing_keys (id, algorithm, state, private_key, created_at, activated_at)
		VALUES ($1, $2, $3, $4, {now}, CASE WHEN $5 THEN {now} END) ON CONFLICT DO NOTHING`),
		k.ID, k.Algorithm, k.State, k.Private, k.State == token.Active)
	return err
}

// ReplaceNextKey implements token.KeyStore.
func (s *Store) ReplaceNextKey(ctx context.Context, next string, fresh token.SealedKey) error {
	return s.changeKeys(ctx, func(tx *changeTx) error {
		err := requireOneRow(tx.ExecContext(ctx, `DELETE FROM signing_keys WHERE id = $1 AND state = 'next'`, next))
		if errors.Is(err, errNoEffect) {
			return nil
		}
		if err != nil {
			return err
		}
		return tx.addKey(ctx, fresh)
	})
}

// RotateKeys implements token.KeyStore.
func (s *Store) RotateKeys(ctx context.Context, active string, fresh token.SealedKey) (rotated bool, err error) {
	err = s.changeKeys(ctx, func(tx *changeTx) error {
		err := requireOneRow(tx.ExecContext(ctx, s.dialect.sql(
			`UPDATE signing_keys SET state = 'retired', retired_at = {now} WHERE id = $1 AND state = 'active'`), active))
		if errors.Is(err, errNoEffect) {
			tx.changed.Keys = false
			return nil
		}
		if err != nil {
			return err
		}
		signs, err := tx.activate(ctx, fresh)
		if err != nil {
			return err
		}
		rotated = true
		return tx.audit(ctx, event{action: account.ActionKeyRotate, details: map[string]any{"retired": active, "active": signs}})
	})
	return rotated && err == nil, err
}

// activate makes the next key sign, and fresh the next.
func (c *changeTx) activate(ctx context.Context, fresh token.SealedKey) (signs string, err error) {
	err = c.GetContext(ctx, &signs, c.dialect.sql(
		`UPDATE signing_keys SET state = 'active', activated_at = {now} WHERE state = 'next' RETURNING id`))
	if err != nil {
		return "", err
	}
	return signs, c.addKey(ctx, fresh)
}

// RevokeKey implements token.KeyStore.
func (s *Store) RevokeKey(ctx context.Context, id string, fresh token.SealedKey) error {
	return s.changeKeys(ctx, func(tx *changeTx) error {
		var was token.State
		err := tx.GetContext(ctx, &was, `SELECT state FROM signing_keys WHERE id = $1`, id)
		if errors.Is(err, sql.ErrNoRows) {
			return token.ErrNoSuchKey
		}
		if err != nil || was == token.Revoked {
			return err
		}
		if _, err := tx.ExecContext(ctx, s.dialect.sql(`
			UPDATE signing_keys SET state = 'revoked', revoked_at = {now}, private_key = $2 WHERE id = $1`),
			id, []byte{}); err != nil {
			return err
		}
		tx.revoke(account.RevokedKey, id)
		switch was {
		case token.Active:
			_, err = tx.activate(ctx, fresh)
		case token.Next:
			err = tx.addKey(ctx, fresh)
		}
		if err != nil {
			return err
		}
		return tx.audit(ctx, event{action: account.ActionKeyRevoke, details: map[string]any{"key": id, "was": was}})
	})
}

// PurgeKeys implements token.KeyStore. It announces no change, because no token of these keys is valid any more.
func (s *Store) PurgeKeys(ctx context.Context, retired, revoked time.Duration) error {
	_, err := s.exec(ctx, s.dialect.sql(`
		DELETE FROM signing_keys WHERE state = 'retired' AND retired_at < {now} - $1
			OR state = 'revoked' AND revoked_at < {now} - $2`), retired.Microseconds(), revoked.Microseconds())
	return err
}

// ResealSigningKey implements token.KeyStore.
func (s *Store) ResealSigningKey(ctx context.Context, id string, old, sealed []byte) error {
	_, err := s.exec(ctx,
		`UPDATE signing_keys SET private_key = $3 WHERE id = $1 AND private_key = $2`, id, old, sealed)
	return err
}

// AddServerKey implements token.KeyStore.
func (s *Store) AddServerKey(ctx context.Context, purpose string, sealed []byte) error {
	_, err := s.exec(ctx, s.dialect.sql(`
		INSERT INTO server_keys (purpose, sealed, created_at) VALUES ($1, $2, {now}) ON CONFLICT DO NOTHING`),
		purpose, sealed)
	return err
}

// ReplaceServerKey implements token.KeyStore.
func (s *Store) ReplaceServerKey(ctx context.Context, purpose string, sealed []byte) error {
	return s.changeKeys(ctx, func(tx *changeTx) error {
		err := requireOneRow(tx.ExecContext(ctx, s.dialect.sql(
			`UPDATE server_keys SET sealed = $2, created_at = {now} WHERE purpose = $1`), purpose, sealed))
		if errors.Is(err, errNoEffect) {
			return token.ErrNoSuchKey
		}
		if err != nil {
			return err
		}
		return tx.audit(ctx, event{action: account.ActionKeyRevoke, details: map[string]any{"key": purpose}})
	})
}

// ResealServerKey implements token.KeyStore.
func (s *Store) ResealServerKey(ctx context.Context, purpose string, old, sealed []byte) error {
	_, err := s.exec(ctx,
		`UPDATE server_keys SET sealed = $3 WHERE purpose = $1 AND sealed = $2`, purpose, old, sealed)
	return err
}

var _ interface {
	token.KeyStore
	account.Store
} = (*Store)(nil)
