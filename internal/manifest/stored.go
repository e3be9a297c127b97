package manifest

import (
	"errors"
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"authgraph/graph/document"
)

// Stored is a document that may be executed.
type Stored struct {
	Document
	Query *ast.QueryDocument
}

// Check validates and measures documents, as those are that clients send. The error names every fault of all of them. The cost of
// an operation is estimated without variables, because they are known only in a request.
func Check(schema *ast.Schema, documents []Document, limits document.Limits) ([]Stored, error) {
	costs, err := document.NewCosts(schema)
	if err != nil {
		return nil, err
	}
	var good []Stored
	var faults []error
	for _, d := range documents {
		doc, errs := document.Read(schema, d.Source, limits)
		for _, op := range operations(doc) {
			if _, refused := costs.Check(op, nil, limits.Cost); refused != nil {
				errs = append(errs, refused)
			}
		}
		if len(errs) > 0 {
			faults = append(faults, &Fault{d, errs})
			continue
		}
		good = append(good, Stored{d, doc})
	}
	return good, errors.Join(faults...)
}

func operations(doc *ast.QueryDocument) ast.OperationList {
	if doc == nil {
		return nil
	}
	return doc.Operations
}

// Fault is why a document can't be executed.
type Fault struct {
	Document Document
	Errs     gqlerror.List
}

// Error is a line for each of its errors.
func (f *Fault) Error() string {
	lines := make([]string, len(f.Errs))
	for i, err := range f.Errs {
		lines[i] = fmt.Sprintf("%s breaks: %s", f.Document, err.Message)
	}
	return strings.Join(lines, "\n")
}

// Title names the document's operations: "query Me".
func (s Stored) Title() string {
	var names []string
	for _, op := range s.Query.Operations {
		names = append(names, strings.TrimSpace(string(op.Operation)+" "+op.Name))
	}
	return strings.Join(names, ", ")
}
