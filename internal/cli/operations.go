package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"authgraph/auth"
	"authgraph/auth/policydoc"
	"authgraph/graph"
	"authgraph/graph/document"
	"authgraph/internal/manifest"
	"authgraph/internal/schemadiff"
)

type checkOperations struct {
	Files  []string `arg:"" help:"Manifests of operations, as Relay's and graphql-codegen's compilers write them, or Apollo's."`
	Schema string   `help:"The schema to be deployed (SDL). Without it, that of this program."`
	Before string   `xor:"before" help:"The schema that is deployed (SDL): what its operations may lose by the change is told."`
	Lock   string   `xor:"before" help:"The rules that are deployed, as policy lock wrote them."`
}

// run tells what each operation needs, and fails when one can't be executed, or needs what it did not need before.
func (c checkOperations) run(limits document.Limits, out io.Writer) error {
	documents, err := manifest.ReadFiles(c.Files)
	if err != nil {
		return err
	}
	schema, policy, err := graph.Rules()
	if c.Schema != "" {
		schema, policy, err = loadRules(c.Schema)
	}
	if err != nil {
		return err
	}
	changes, err := c.changes(policy)
	if err != nil {
		return err
	}
	var concerned map[string][]schemadiff.Change
	if c.Before != "" {
		if concerned, err = c.concerned(schema, documents, limits); err != nil {
			return err
		}
	}
	stored, broken := manifest.Check(schema, documents, limits)
	var faults []string
	for _, s := range stored {
		needs := s.Needs(schema, policy)
		if _, err := io.WriteString(out, manifest.Describe(s.Title()+" ("+s.String()+")", needs)); err != nil {
			return err
		}
		for _, lost := range s.Lost(schema, policy, changes) {
			faults = append(faults, fmt.Sprintf("%s: %s loses a permission: %s", s, s.Title(), lost))
		}
		for _, change := range concerned[s.ID] {
			faults = append(faults, fmt.Sprintf("%s: %s breaks: %s", s, s.Title(), change))
		}
	}
	if broken != nil {
		faults = append(strings.Split(broken.Error(), "\n"), faults...)
	}
	if len(faults) > 0 {
		return errors.New(strings.Join(faults, "\n"))
	}
	_, err = fmt.Fprintf(out, "%s can be executed, and none loses a permission.\n", plural(len(stored), "operation", "operations"))
	return err
}

// changes is how the rules differ from those of a lock; none if there is no lock.
func (c checkOperations) changes(policy *auth.Policy) ([]policydoc.Change, error) {
	if c.Lock == "" {
		return nil, nil
	}
	lock, err := os.ReadFile(c.Lock)
	if err != nil {
		return nil, err
	}
	return policydoc.Compare(policy, bytes.NewReader(lock))
}

// concerned returns the breaking changes of each operation since the schema before. An operation that is invalid in that schema
// is new.
func (c checkOperations) concerned(
	schema *ast.Schema, documents []manifest.Document, limits document.Limits,
) (map[string][]schemadiff.Change, error) {
	before, _, err := loadRules(c.Before)
	if err != nil {
		return nil, err
	}
	changes, err := schemadiff.Compare(before, schema)
	if err != nil {
		return nil, err
	}
	breaking := slices.DeleteFunc(changes, func(change schemadiff.Change) bool { return !change.Breaking })
	concerned := map[string][]schemadiff.Change{}
	stored, _ := manifest.Check(before, documents, limits)
	for _, s := range stored {
		concerned[s.ID] = schemadiff.Concerns(before, s.Query, breaking)
	}
	return concerned, nil
}

// loadRules reads a schema as "schema" prints it.
func loadRules(path string) (*ast.Schema, *auth.Policy, error) {
	sdl, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: path, Input: string(sdl)})
	if err != nil {
		return nil, nil, err
	}
	auth.RemoveDrafts(schema)
	policy, err := auth.NewPolicy(schema)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	return schema, policy, nil
}
