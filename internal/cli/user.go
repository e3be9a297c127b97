package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"authgraph/account"
	"authgraph/config"
	"authgraph/internal/serverkit"
)

type createUser struct {
	Email         string   `required:"" help:"The address that the account signs in with."`
	Name          string   `help:"What others see."`
	Role          []string `help:"A role beside \"user\", such as admin; may be repeated."`
	PasswordStdin bool     `required:"" help:"Read the password from the first line of standard input. A terminal is asked, and does not show it."`
}

func (u *createUser) run(ctx context.Context, c config.Config, in io.Reader, out, logs io.Writer) error {
	a, err := serverkit.OpenExisting(ctx, c, logs)
	if err != nil {
		return err
	}
	password, err := readPassword(in, logs)
	if err != nil {
		return errors.Join(err, a.Store.Close())
	}
	registration := account.Registration{
		Email: u.Email, Password: password, DisplayName: &u.Name,
	}
	made, err := a.Accounts.Create(ctx, registration, u.Role...)
	if err == nil {
		_, err = fmt.Fprintln(out, made.ID)
	}
	return errors.Join(err, a.Store.Close())
}

func listUsers(ctx context.Context, c config.Config, out, logs io.Writer) error {
	a, err := serverkit.OpenExisting(ctx, c, logs)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "ID\tEMAIL\tROLES\tCREATED\tSUSPENDED")
	err = a.Store.Users(ctx, func(u *account.User) error {
		suspended := "-"
		if u.SuspendedAt != nil {
			suspended = u.SuspendedAt.Format(time.RFC3339)
		}
		_, err := fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n",
			u.ID, u.Email, strings.Join(u.Roles, ","), u.CreatedAt.Format(time.RFC3339), suspended)
		return err
	})
	return errors.Join(err, table.Flush(), a.Store.Close())
}
