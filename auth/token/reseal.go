package token

import (
	"context"
	"errors"
	"fmt"
)

// Reseal seals with the first secret whatever was sealed with another, row by row: what it has done stays done when
// it is interrupted, and it may be run again. It returns how many rows it has resealed. A row that can't be
// opened does not stop the rest.
func Reseal(ctx context.Context, store KeyStore, sealer Sealer) (resealed int, err error) {
	stored, err := store.Keys(ctx)
	if err != nil {
		return 0, err
	}
	var unopened []error
	again := func(purpose, subject string, old []byte, replace func(sealed []byte) error) error {
		if len(old) == 0 || !sealer.Stale(old) {
			return nil
		}
		plain, err := sealer.Open(purpose, subject, old)
		if err != nil {
			unopened = append(unopened, fmt.Errorf("%s %s: %w", purpose, subject, err))
			return nil
		}
		if err := replace(sealer.Seal(purpose, subject, plain)); err != nil {
			return err
		}
		resealed++
		return nil
	}
	for _, key := range stored.Signing {
		err := again(purpose, key.ID, key.Private, func(sealed []byte) error {
			return store.ResealSigningKey(ctx, key.ID, key.Private, sealed)
		})
		if err != nil {
			return resealed, err
		}
	}
	for name, old := range stored.Server {
		err := again(name, "", old, func(sealed []byte) error { return store.ResealServerKey(ctx, name, old, sealed) })
		if err != nil {
			return resealed, err
		}
	}
	return resealed, errors.Join(unopened...)
}
