package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"authgraph/config"
	"authgraph/internal/serverkit"
)

// vacuum rewrites the SQLite file.
func vacuum(ctx context.Context, c config.Config, out, logs io.Writer) error {
	store, err := serverkit.OpenExistingStore(ctx, c, logs)
	if err != nil {
		return err
	}
	if err := store.Vacuum(ctx); err != nil {
		return errors.Join(err, store.Close())
	}
	_, err = fmt.Fprintln(out, "The database file is rewritten.")
	return errors.Join(err, store.Close())
}
