package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"authgraph/account"
)

const createAdministrator = "authgraph user create --email you@example.com --role admin --password-stdin"

// announceAdministrator tells how to create the first administrator while no account has the role.
func (a *app) announceAdministrator(ctx context.Context, out io.Writer, log *slog.Logger) {
	has, err := a.store.HasAdministrator(ctx, account.RoleAdmin)
	if err != nil {
		log.Warn("the administrators could not be looked up", "error", err.Error())
		return
	}
	if has {
		return
	}
	_, _ = fmt.Fprintf(out, "No account is an administrator yet. Create one at this machine:\n  %s\n", createAdministrator)
	log.Info("no account is an administrator", "create", createAdministrator)
}
