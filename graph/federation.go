package graph

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"authgraph/account"
	"authgraph/auth"
	"authgraph/graph/generated"
)

//go:embed federation.graphqls
var subgraphFields string

// subgraphLink is what a subgraph's schema begins with.
const subgraphLink = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@shareable"])

`

// FederationSDL returns the schema for composing a supergraph: User is an entity, PageInfo may be other subgraphs' too, and
// Query.node and Query.nodes are left out, since of several subgraphs' none knows the ids of the others.
func FederationSDL() (string, error) {
	schema, _, err := Rules()
	if err != nil {
		return "", err
	}
	part := *schema
	part.Directives = maps.Clone(schema.Directives)
	for _, name := range costDirectives {
		delete(part.Directives, name)
	}
	part.Types = map[string]*ast.Definition{}
	for name, definition := range schema.Types {
		changed := withoutCosts(definition)
		switch name {
		case "User":
			changed.Directives = append(slices.Clone(changed.Directives), &ast.Directive{Name: "key", Arguments: ast.ArgumentList{
				{Name: "fields", Value: &ast.Value{Kind: ast.StringValue, Raw: "id"}},
			}})
		case "PageInfo":
			changed.Directives = append(slices.Clone(changed.Directives), &ast.Directive{Name: "shareable"})
		case schema.Query.Name:
			changed.Fields = slices.DeleteFunc(changed.Fields, func(f *ast.FieldDefinition) bool {
				return f.Name == "node" || f.Name == "nodes"
			})
			part.Query = &changed
		}
		part.Types[name] = &changed
	}
	var b strings.Builder
	b.WriteString(subgraphLink)
	formatter.NewFormatter(&b, formatter.WithIndent("  ")).FormatSchema(&part)
	return b.String(), nil
}

// costDirectives are left out of a subgraph's schema, because routers define directives of these names with other arguments:
// WunderGraph Cosmo has weights that are integers, and no sizes by the length of a list. This server counts by them itself.
var costDirectives = []string{"cost", "listSize"}

// withoutCosts returns a copy of a definition without costs.
func withoutCosts(d *ast.Definition) ast.Definition {
	strip := func(list ast.DirectiveList) ast.DirectiveList {
		return slices.DeleteFunc(slices.Clone(list), func(d *ast.Directive) bool { return slices.Contains(costDirectives, d.Name) })
	}
	changed := *d
	changed.Directives, changed.Fields = strip(d.Directives), slices.Clone(d.Fields)
	for i, field := range d.Fields {
		f := *field
		f.Directives, f.Arguments = strip(field.Directives), slices.Clone(field.Arguments)
		for j, argument := range field.Arguments {
			a := *argument
			a.Directives = strip(argument.Directives)
			f.Arguments[j] = &a
		}
		changed.Fields[i] = &f
	}
	return changed
}

// federated is a schema that answers a gateway as well. `_entities` is executed as Query.nodes, which it becomes before
// anything is resolved: so it loads as that does, and nothing but its rules and those of what it returns decides.
type federated struct {
	graphql.ExecutableSchema
	sdl string
}

// newFederated makes the schema that the config's resolvers serve a subgraph's.
func newFederated(config generated.Config) (*federated, error) {
	full, err := SDL(false, nil)
	if err != nil {
		return nil, err
	}
	sdl, err := FederationSDL()
	if err != nil {
		return nil, err
	}
	config.Schema, err = gqlparser.LoadSchema(&ast.Source{Name: "schema", Input: full}, &ast.Source{Name: "federation", Input: subgraphFields})
	if err != nil {
		return nil, err
	}
	auth.RemoveDrafts(config.Schema)
	return &federated{generated.NewExecutableSchema(config), sdl}, nil
}

// ExtensionName implements graphql.HandlerExtension.
func (*federated) ExtensionName() string { return "Federation" }

// Validate implements graphql.HandlerExtension.
func (*federated) Validate(graphql.ExecutableSchema) error { return nil }

var (
	errServiceAlone    = &auth.Error{Code: auth.BadRequest, Message: "`_service` must be the only root field"}
	errRepresentations = &auth.Error{
		Code: auth.BadUserInput, Reason: auth.ValueTooLong, Field: "representations",
		Message: fmt.Sprintf("At most %d representations at once", maxNodes),
	}
)

// MutateOperationContext implements graphql.OperationContextMutator. The document stays as it is: others may be executing it.
func (f *federated) MutateOperationContext(_ context.Context, op *graphql.OperationContext) *gqlerror.Error {
	if op.Operation.Operation != ast.Query {
		return nil
	}
	if service, others := f.service(op); len(service) > 0 && others {
		return errServiceAlone.GraphQL()
	}
	query := f.Schema().Query
	r := &entities{nodes: query.Fields.ForName("nodes"), query: query, op: op}
	set := r.set(op.Operation.SelectionSet)
	if r.largest > maxNodes {
		return errRepresentations.GraphQL()
	}
	if r.found {
		changed := *op.Operation
		changed.SelectionSet = set
		op.Operation = &changed
	}
	return nil
}

// service returns the fields `_service` that the operation selects, and whether it selects others of this server.
func (f *federated) service(op *graphql.OperationContext) (service []graphql.CollectedField, others bool) {
	for _, field := range graphql.CollectFields(op, op.Operation.SelectionSet, []string{f.Schema().Query.Name}) {
		if field.Name == "_service" {
			service = append(service, field)
		}
		others = others || field.Name != "_service" && field.Name != "__typename"
	}
	return service, others
}

// Exec implements graphql.ExecutableSchema.
func (f *federated) Exec(ctx context.Context) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx)
	if op.Operation.Operation != ast.Query {
		return f.ExecutableSchema.Exec(ctx)
	}
	service, _ := f.service(op)
	if len(service) == 0 {
		return f.ExecutableSchema.Exec(ctx)
	}
	data := map[string]any{}
	for _, field := range graphql.CollectFields(op, op.Operation.SelectionSet, []string{f.Schema().Query.Name}) {
		data[field.Alias] = f.Schema().Query.Name // __typename
	}
	for _, field := range service {
		values := map[string]string{}
		for _, inner := range graphql.CollectFields(op, field.Selections, []string{"_Service"}) {
			values[inner.Alias] = f.sdl
			if inner.Name == "__typename" {
				values[inner.Alias] = "_Service"
			}
		}
		data[field.Alias] = values
	}
	text, err := json.Marshal(data)
	if err != nil {
		panic(err) // strings: the executor's recovery answers
	}
	return graphql.OneShot(&graphql.Response{Data: text})
}

// entities puts Query.nodes in the place of `_entities`.
type entities struct {
	nodes   *ast.FieldDefinition
	query   *ast.Definition
	op      *graphql.OperationContext
	found   bool
	largest int // maximum number of representations of one field
}

// set returns the selection of the root with Query.nodes in it.
func (r *entities) set(set ast.SelectionSet) ast.SelectionSet {
	return rewritten(set, func(s *ast.Field) *ast.Field {
		if s.Name != "_entities" {
			return s
		}
		r.found = true
		return r.field(s)
	})
}

// rewritten copies a selection with its fields changed. A fragment becomes one in place, since the document's own must stay; one
// on the union of entities applies to each, since nodes are not of it.
func rewritten(set ast.SelectionSet, field func(*ast.Field) *ast.Field) ast.SelectionSet {
	changed := make(ast.SelectionSet, len(set))
	for i, selection := range set {
		var inline ast.InlineFragment
		switch s := selection.(type) {
		case *ast.Field:
			changed[i] = field(s)
			continue
		case *ast.InlineFragment:
			inline = *s
		case *ast.FragmentSpread:
			inline = ast.InlineFragment{
				TypeCondition: s.Definition.TypeCondition, Directives: s.Directives, ObjectDefinition: s.ObjectDefinition,
				SelectionSet: s.Definition.SelectionSet, Position: s.Position,
			}
		}
		if inline.TypeCondition == "_Entity" {
			inline.TypeCondition = ""
		}
		inline.SelectionSet = rewritten(inline.SelectionSet, field)
		changed[i] = &inline
	}
	return changed
}

// field asks for the nodes of the same ids. A representation that is not a User's gets an id that no object has.
func (r *entities) field(s *ast.Field) *ast.Field {
	ids := &ast.Value{Kind: ast.ListValue, Position: s.Position}
	var representations any
	if a := s.Arguments.ForName("representations"); a != nil {
		representations, _ = a.Value.Value(r.op.Variables) // a value that can't be read names nothing
	}
	add := func(representation any) {
		ids.Children = append(ids.Children, &ast.ChildValue{Value: &ast.Value{Kind: ast.StringValue, Raw: userID(representation)}})
	}
	// GraphQL coerces a single value to a list of one. For a variable, gqlparser gives that list the type of its element.
	if list := reflect.ValueOf(representations); list.Kind() == reflect.Slice {
		for i := range list.Len() {
			add(list.Index(i).Interface())
		}
	} else {
		add(representations)
	}
	r.largest = max(r.largest, len(ids.Children))
	changed := *s
	changed.SelectionSet = rewritten(s.SelectionSet, func(s *ast.Field) *ast.Field { return s })
	changed.Name, changed.Definition, changed.ObjectDefinition = r.nodes.Name, r.nodes, r.query
	changed.Arguments = ast.ArgumentList{{Name: "ids", Value: ids, Position: s.Position}}
	return &changed
}

// userID is the id that a representation of a User has; "" for anything else: an entity is what it says it is, or null.
func userID(representation any) string {
	object, _ := representation.(map[string]any)
	id, _ := object["id"].(string)
	if object["__typename"] != "User" || !account.IsUserID(id) {
		return ""
	}
	return id
}
