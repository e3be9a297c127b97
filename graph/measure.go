package graph

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"authgraph/auth"
	"authgraph/graph/reqctx"
)

const (
	// OperationNone is the operation of a request that was refused before it was executed.
	OperationNone = "none"
	// OperationSeveral is the operation of a document with several root fields.
	OperationSeveral = "several"
	// CodeOK is the code of an answer without errors.
	CodeOK = "OK"
)

// Answered is called for each response: its root field as a schema coordinate such as "Query.me", OperationSeveral or
// OperationNone; its first error's code, or CodeOK; and how long it took to execute, 0 if nothing was executed and for
// events of subscriptions.
type Answered func(operation, code string, took time.Duration)

// measure names the operations of answers. It allocates nothing, because each request passes it.
type measure struct {
	answered   Answered
	operations map[ast.Operation]map[string]string // coordinates by the name of a root field
}

// RootFields returns each operation that Answered may be told of.
func RootFields() []string {
	names := []string{OperationNone, OperationSeveral, "Query._entities", "Query._service"} // the last two: AUTHGRAPH_FEDERATION
	for _, fields := range rootFieldsOf(servedSchema()) {
		names = slices.AppendSeq(names, maps.Values(fields))
	}
	return names
}

func rootFieldsOf(schema *ast.Schema) map[ast.Operation]map[string]string {
	all := map[ast.Operation]map[string]string{}
	for operation, object := range map[ast.Operation]*ast.Definition{
		ast.Query: schema.Query, ast.Mutation: schema.Mutation, ast.Subscription: schema.Subscription,
	} {
		fields := map[string]string{"__typename": "__typename"}
		if object != nil {
			for _, field := range object.Fields {
				fields[field.Name] = object.Name + "." + field.Name
			}
		}
		all[operation] = fields
	}
	return all
}

func newMeasure(schema *ast.Schema, answered Answered) *measure {
	if answered == nil {
		answered = func(string, string, time.Duration) {}
	}
	return &measure{answered, rootFieldsOf(schema)}
}

// refused notes a request that was refused before it was executed.
func (m *measure) refused(code auth.Code) { m.answered(OperationNone, string(code), 0) }

// note notes an answer whose execution began at a time; nil is the end of a subscription.
func (m *measure) note(ctx context.Context, response *graphql.Response, began time.Time) {
	if response == nil {
		return
	}
	operation, took := OperationNone, time.Duration(0)
	if op := graphql.GetOperationContext(ctx).Operation; op != nil {
		operation = m.operation(op)
		if op.Operation != ast.Subscription {
			took = time.Since(began)
		}
	}
	code := codeOf(response)
	if code == string(auth.ServiceUnavailable) {
		if r := reqctx.RecordOf(ctx); r != nil && r.ClientGone() {
			code = CodeCancelled
		}
	}
	m.answered(operation, code, took)
}

// operation returns the coordinate of the only root field of an operation.
func (m *measure) operation(op *ast.OperationDefinition) string {
	name, several := rootField(op.SelectionSet, "")
	if several || name == "" {
		return OperationSeveral
	}
	if coordinate, known := m.operations[op.Operation][name]; known {
		return coordinate
	}
	return OperationSeveral
}

// rootField returns the one field of a selection and of its fragments; several means that there are more.
func rootField(set ast.SelectionSet, before string) (name string, several bool) {
	name = before
	for _, selection := range set {
		found := ""
		switch s := selection.(type) {
		case *ast.Field:
			found = s.Name
		case *ast.InlineFragment:
			found, several = rootField(s.SelectionSet, name)
		case *ast.FragmentSpread:
			if s.Definition != nil {
				found, several = rootField(s.Definition.SelectionSet, name)
			}
		}
		if several || name != "" && found != name {
			return name, true
		}
		name = found
	}
	return name, false
}

// codeOf returns the code of the first error.
func codeOf(response *graphql.Response) string {
	if len(response.Errors) == 0 {
		return CodeOK
	}
	switch code := response.Errors[0].Extensions["code"].(type) {
	case auth.Code:
		return string(code)
	case string:
		return code
	}
	return string(auth.Internal)
}
