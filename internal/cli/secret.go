package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"

	"authgraph/account"
	"authgraph/auth/token"
	"authgraph/internal/seal"
)

func newSecret(out io.Writer) error {
	secret, err := seal.Generate(rand.Reader)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, secret.Encode())
	return err
}

func (k KeyCommand) reseal(ctx context.Context, out io.Writer) error {
	resealed, errKeys := token.Reseal(ctx, k.store, k.box)
	mails, errMails := account.ResealMails(ctx, k.store, k.box)
	resealed, err := resealed+mails, errors.Join(errKeys, errMails)
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
