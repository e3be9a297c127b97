package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"authgraph/graph"
	"authgraph/internal/schemadiff"
)

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
