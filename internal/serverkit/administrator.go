package serverkit

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"authgraph/account"
)

const CreateAdministratorCommand = " user create --email you@example.com --role admin --password-stdin"

// invocation returns how a user starts this program. `go run` starts it from a folder of the Go tool, by a name that no user can type.
func invocation(executable string) string {
	if strings.Contains(filepath.ToSlash(filepath.Dir(executable)), "/go-build") {
		return "go run ."
	}
	return "authgraph"
}

// announceAdministrator tells how to create the first administrator while no account has the role.
func (a *App) announceAdministrator(ctx context.Context, out io.Writer, log *slog.Logger) {
	has, err := a.Store.HasAdministrator(ctx, account.RoleAdmin)
	if err != nil {
		log.Warn("administrators could not be counted", "error", err.Error())
		return
	}
	if has {
		return
	}
	command := invocation(os.Args[0]) + CreateAdministratorCommand
	_, _ = fmt.Fprintf(out, "No account is an administrator yet. Create one at this machine:\n  %s\n", command)
	log.Info("no account is an administrator", "create", command)
}
