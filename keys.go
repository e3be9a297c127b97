package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"authgraph/account"
	"authgraph/auth/token"
	"authgraph/config"
	"authgraph/db"
	"authgraph/internal/seal"
)

type revokeKey struct {
	Key string `arg:"" help:"Its name from \"keys list\"; \"refresh\" for the key of refresh tokens: then everybody has to sign in again; \"audit\" for that of the audit log: then what it has sealed can't be proven any more; \"limit\" for the key of device cookies and limits."`
}

// keyCommand is what the commands about keys and secrets work with. They open no key unless they have to, so that they
// work when one can't be opened.
type keyCommand struct {
	store     *db.Store
	box       *seal.Box
	algorithm string
}

func withKeys(ctx context.Context, c config.Config, logs io.Writer, f func(keyCommand) error) error {
	store, err := existingStore(ctx, c, logs)
	if err != nil {
		return err
	}
	box, err := sealer(c)
	if err == nil {
		err = f(keyCommand{store, box, c.SigningAlgorithm})
	}
	return errors.Join(err, store.Close())
}

// auditLog opens the key of the log alone, and each time anew.
func (k keyCommand) auditLog() *db.AuditLog {
	return db.NewAuditLog(k.store, func(ctx context.Context) ([]byte, error) { return token.OpenAuditKey(ctx, k.store, k.box) })
}

func (k keyCommand) list(ctx context.Context, out io.Writer) error {
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

func (k keyCommand) rotate(ctx context.Context, out io.Writer) error {
	ring, err := token.OpenKeyring(ctx, k.store, k.box, k.store, k.algorithm)
	if err != nil {
		return err
	}
	rotated, err := ring.Rotate(ctx)
	if err != nil {
		return err
	}
	if !rotated {
		return errors.New("the keys have been rotated by another at this moment")
	}
	_, err = fmt.Fprintln(out, "The next key signs from now on.")
	return err
}

func (k keyCommand) revoke(ctx context.Context, id string, out io.Writer) error {
	err := token.Revoke(ctx, k.store, k.box, k.algorithm, id)
	if errors.Is(err, token.ErrNoSuchKey) {
		return fmt.Errorf("there is no key %q; \"keys list\" names them", id)
	}
	if err == nil && id == token.AuditKeyID {
		err = k.auditLog().BeginAnew(ctx)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, "The key counts for nothing any more.")
	return err
}

func (k keyCommand) reseal(ctx context.Context, out io.Writer) error {
	resealed, err := token.Reseal(ctx, k.store, k.box)
	_, _ = fmt.Fprintf(out, "Sealed again: %d.\n", resealed)
	if err == nil {
		err = k.auditLog().Note(ctx, account.AuditNote{
			Action: account.ActionSecretReseal, Outcome: account.Succeeded, Details: map[string]any{"rows": resealed},
		})
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, "Secrets behind the first are no longer needed.")
	return err
}
