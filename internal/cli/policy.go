package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"authgraph/account"
	"authgraph/auth/policydoc"
	"authgraph/config"
	"authgraph/graph"
	"authgraph/internal/serverkit"
)

type showPolicy struct {
	Markdown bool `help:"As a table in Markdown." xor:"form"`
	JSON     bool `help:"As JSON: for each field its rule, and the code that each kind of caller gets; an empty one may." xor:"form"`
}

type lockFile struct {
	Lock string `default:"policy.lock" help:"The file that the rules are written down in."`
}

type explainPolicy struct {
	Field string `arg:"" help:"A field, such as Query.users."`
	As    string `required:"" help:"The address or the id of an account."`
}

func (s showPolicy) run(out io.Writer) error {
	policy, err := graph.Policy()
	if err != nil {
		return err
	}
	columns := append(policydoc.Columns(account.PermissionNames()), policydoc.PendingColumns(policy)...)
	if s.JSON {
		return policydoc.WriteJSON(out, policy, columns)
	}
	return policydoc.WriteTable(out, policy, columns, s.Markdown)
}

func (l lockFile) write() (err error) {
	policy, err := graph.Policy()
	if err != nil {
		return err
	}
	file, err := os.Create(l.Lock)
	if err != nil {
		return err
	}
	return errors.Join(policydoc.WriteLock(file, policy), file.Close())
}

// check compares the rules with what is written down, and says what has become more open and what more closed.
func (l lockFile) check(out io.Writer) error {
	policy, err := graph.Policy()
	if err != nil {
		return err
	}
	file, err := os.Open(l.Lock)
	if err != nil {
		return err
	}
	changes, err := policydoc.Compare(policy, file)
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("%s: %w", l.Lock, err)
	}
	for _, change := range changes {
		if _, err := fmt.Fprintln(out, change); err != nil {
			return err
		}
	}
	if len(changes) > 0 {
		return fmt.Errorf("%s differs in %s; if that is intended: authgraph policy lock", l.Lock, plural(len(changes), "place", "places"))
	}
	_, err = fmt.Fprintln(out, "The rules are as they are written down.")
	return err
}

func (e explainPolicy) run(ctx context.Context, c config.Config, out, logs io.Writer) error {
	policy, err := graph.Policy()
	if err != nil {
		return err
	}
	a, err := serverkit.OpenExisting(ctx, c, logs)
	if err != nil {
		return err
	}
	defer func() { _ = a.Store.Close() }() // nothing was written
	user, err := a.Accounts.UserByIDOrEmail(ctx, e.As)
	if err != nil {
		return fmt.Errorf("%s: %w", e.As, err)
	}
	now := time.Now()
	lines, err := policy.Explain(e.Field, account.PrincipalAfterLogin(user, now), now)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(out, "%s as %s, who has just signed in:\n", e.Field, user.Email); err != nil {
		return err
	}
	for _, line := range lines {
		if _, err := fmt.Fprintln(out, "  "+line); err != nil {
			return err
		}
	}
	return nil
}
