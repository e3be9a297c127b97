package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"authgraph/auth/token"
	"authgraph/config"
	"authgraph/db"
	"authgraph/internal/seal"
	"authgraph/internal/serverkit"
)

type revokeKey struct {
	Key string `arg:"" help:"Its name from \"keys list\"; \"refresh\" for the key of refresh tokens: then everybody has to sign in again; \"audit\" for that of the audit log: then what it has sealed can't be proven any more; \"limit\" for the key of device cookies and limits."`
}

// KeyCommand is what the commands about keys and secrets work with. They open no key unless they have to, so that they
// work when one can't be opened.
type KeyCommand struct {
	store     *db.Store
	box       *seal.Box
	algorithm string
}

// NewKeyCommand returns the commands on the keys of store, which box opens. New keys sign with the algorithm.
func NewKeyCommand(store *db.Store, box *seal.Box, algorithm string) KeyCommand {
	return KeyCommand{store, box, algorithm}
}

func withKeys(ctx context.Context, c config.Config, logs io.Writer, f func(KeyCommand) error) error {
	store, err := serverkit.OpenExistingStore(ctx, c, logs)
	if err != nil {
		return err
	}
	box, err := serverkit.OpenBox(c)
	if err == nil {
		err = f(NewKeyCommand(store, box, c.SigningAlgorithm))
	}
	return errors.Join(err, store.Close())
}

// auditLog returns the log, which opens only its own key, again for each use.
func (k KeyCommand) auditLog() *db.AuditLog {
	return db.NewAuditLog(k.store, func(ctx context.Context) ([]byte, error) { return token.OpenAuditKey(ctx, k.store, k.box) })
}

func (k KeyCommand) list(ctx context.Context, out io.Writer) error {
	listed, err := token.List(ctx, k.store, k.box)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "KEY\tALGORITHM\tSTATE\tSINCE\tOPENS")
	for _, key := range listed {
		since, opens := "-", "yes"
		if !key.Since.IsZero() {
			since = key.Since.Format(time.RFC3339)
		}
		if key.State == token.Revoked {
			opens = "-"
		}
		if key.Err != nil {
			opens = key.Err.Error()
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", key.ID, key.Algorithm, key.State, since, opens)
	}
	return table.Flush()
}

func (k KeyCommand) Rotate(ctx context.Context, out io.Writer) error {
	ring, err := token.OpenKeyring(ctx, k.store, k.box, k.store, k.algorithm)
	if err != nil {
		return err
	}
	rotated, err := ring.Rotate(ctx)
	if err != nil {
		return err
	}
	if !rotated {
		return errors.New("another instance has just rotated the keys: try again")
	}
	_, err = fmt.Fprintln(out, "The next key signs from now on.")
	return err
}

func (k KeyCommand) Revoke(ctx context.Context, id string, out io.Writer) error {
	err := token.Revoke(ctx, k.store, k.box, k.algorithm, id)
	if errors.Is(err, token.ErrNoSuchKey) {
		return fmt.Errorf("there is no key %q; \"keys list\" names them", id)
	}
	if err == nil && id == token.AuditKeyID {
		err = k.auditLog().Restart(ctx)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, "The key counts for nothing any more.")
	return err
}
