package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"authgraph/auth"
)

// maxSelections is how many fields a document may select when its fragments are spread out. GraphiQL's introspection
// selects some 300. Introspection has no other bound: it multiplies with each level, and no deadline stops it.
const maxSelections = 1000

// documents is an extension that refuses what must not be executed though it is valid.
type documents struct{}

// ExtensionName implements graphql.HandlerExtension.
func (documents) ExtensionName() string { return "Documents" }

// Validate implements graphql.HandlerExtension.
func (documents) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext implements graphql.OperationContextMutator.
func (documents) MutateOperationContext(_ context.Context, op *graphql.OperationContext) *gqlerror.Error {
	w := &walk{}
	w.selections(op.Operation.SelectionSet)
	switch {
	case w.deferred:
		return (&auth.Error{Code: auth.ValidationFailed, Message: "@defer is not served"}).GraphQL()
	case w.fields > maxSelections:
		return (&auth.Error{
			Code: auth.LimitExceeded, Message: "The document selects more than 1000 fields, fragments spread out",
		}).GraphQL()
	}
	return nil
}

// walk counts fields, and stops when there are too many. Validation has refused fragments that contain themselves.
type walk struct {
	fields   int
	deferred bool
}

func (w *walk) selections(set ast.SelectionSet) {
	for _, selection := range set {
		if w.fields > maxSelections {
			return
		}
		switch s := selection.(type) {
		case *ast.Field:
			w.fields++
			w.selections(s.SelectionSet)
		case *ast.InlineFragment:
			w.fragment(s.Directives, s.SelectionSet)
		case *ast.FragmentSpread:
			w.fragment(s.Directives, s.Definition.SelectionSet)
		}
	}
}

// fragment counts as one itself, so that fragments of nothing but fragments come to an end too.
func (w *walk) fragment(directives ast.DirectiveList, set ast.SelectionSet) {
	w.fields++
	w.deferred = w.deferred || directives.ForName("defer") != nil
	w.selections(set)
}

// maxCachedDocument is in bytes: the cache counts documents, and most of a long one may be a comment.
const maxCachedDocument = 8 << 10

// shortDocuments is a cache that passes long ones over.
type shortDocuments struct {
	graphql.Cache[*ast.QueryDocument]
}

// Add implements graphql.Cache.
func (c shortDocuments) Add(ctx context.Context, document string, parsed *ast.QueryDocument) {
	if len(document) <= maxCachedDocument {
		c.Cache.Add(ctx, document, parsed)
	}
}
