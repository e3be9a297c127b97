package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"authgraph/account"
	"authgraph/auth"
	"authgraph/graph"
	"authgraph/internal/schemadiff"
)

type schemaOf struct {
	As         string `enum:",nobody,user,admin" default:"" help:"Only what a caller with this role could use: nobody, user or admin."`
	Federation bool   `help:"As a subgraph of Apollo Federation 2, to compose a supergraph from."`
}

func (s schemaOf) run(out io.Writer) error {
	switch {
	case s.Federation && s.As != "":
		return errors.New("--as and --federation can't be used together: a supergraph is composed from the whole")
	case s.Federation:
		sdl, err := graph.FederationSDL()
		if err == nil {
			_, err = io.WriteString(out, sdl)
		}
		return err
	}
	var caller *auth.Principal
	switch s.As {
	case account.RoleUser:
		caller = &auth.Principal{Roles: []string{account.RoleUser}}
	case account.RoleAdmin:
		caller = &auth.Principal{Roles: []string{account.RoleAdmin, account.RoleUser}, Permissions: account.PermissionNames()}
	}
	sdl, err := graph.SDL(s.As != "", caller)
	if err != nil {
		return err
	}
	_, err = io.WriteString(out, sdl)
	return err
}

type checkSchema struct {
	Old string `arg:"" help:"The schema that clients rely on (SDL)."`
	New string `arg:"" optional:"" help:"The one that is to take its place (SDL). Without it, that of this program."`
}

// run lists what has changed, and fails with what breaks, and for whom.
func (c checkSchema) run(out io.Writer) error {
	was, _, err := loadRules(c.Old)
	if err != nil {
		return err
	}
	var is *ast.Schema
	if c.New == "" {
		is, _, err = graph.Rules()
	} else {
		is, _, err = loadRules(c.New)
	}
	if err != nil {
		return err
	}
	changes, err := schemadiff.Compare(was, is)
	if err != nil {
		return err
	}
	var breaking []string
	for _, change := range changes {
		if change.Breaking {
			breaking = append(breaking, change.String())
			continue
		}
		if _, err := fmt.Fprintln(out, change); err != nil {
			return err
		}
	}
	if len(breaking) > 0 {
		return fmt.Errorf("%s what clients rely on:\n%s", plural(len(breaking), "change breaks", "changes break"), strings.Join(breaking, "\n"))
	}
	_, err = fmt.Fprintln(out, "Nothing breaks.")
	return err
}
