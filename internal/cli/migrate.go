package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"authgraph/config"
	"authgraph/internal/serverkit"
)

// migrate creates the database or brings its schema up to date.
func migrate(ctx context.Context, c config.Config, out, logs io.Writer) error {
	store, done, err := serverkit.OpenStore(ctx, c)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintln(logs, "Database:", store.Describe(ctx))
	switch {
	case done.Newer():
		_, err = fmt.Fprintln(out, serverkit.NewerText(done.Schema)+" Nothing was migrated.")
	case done.From == done.Version:
		_, err = fmt.Fprintf(out, "The schema is up to date: version %d.\n", done.Version)
	case done.From == 0:
		_, err = fmt.Fprintf(out, "The schema is created: version %d.\n", done.Version)
	default:
		_, err = fmt.Fprintf(out, "The schema is migrated from version %d to version %d.\n", done.From, done.Version)
	}
	return errors.Join(err, store.Close())
}
