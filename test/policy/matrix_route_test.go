package policy

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"authgraph/test/harness"
)

// step is a field on the way to an object. Where it returns an interface, on is the object that it is taken for.
type step struct {
	object string // the object of the field
	field  *ast.FieldDefinition
	on     string // the type of the result; "" for a scalar
}

func (s step) coordinate() string { return s.object + "." + s.field.Name }

// route leads from a root type to an object.
type route []step

func (w route) String() string {
	var b strings.Builder
	b.WriteString(w[0].object)
	for _, s := range w {
		b.WriteString("." + s.field.Name)
		if s.field.Type.Name() != s.on && s.on != "" {
			b.WriteString("(" + s.on + ")")
		}
	}
	return b.String()
}

// routes are all that the schema has from its root types to its objects, none of which a route comes by twice; those to
// scalars on a root type too. Each addition to the schema has its routes here.
func routes(schema *ast.Schema) []route {
	var all []route
	for _, root := range []*ast.Definition{schema.Query, schema.Mutation, schema.Subscription} {
		all = onward(all, schema, nil, root)
	}
	return all
}

func onward(all []route, schema *ast.Schema, so route, from *ast.Definition) []route {
	for _, field := range from.Fields {
		if strings.HasPrefix(field.Name, "__") {
			continue
		}
		to := schema.Types[field.Type.Name()]
		if !to.IsCompositeType() {
			if len(so) == 0 {
				all = append(all, route{{from.Name, field, ""}})
			}
			continue
		}
		for _, object := range schema.GetPossibleTypes(to) {
			if slices.ContainsFunc(so, func(s step) bool { return s.on == object.Name }) {
				continue
			}
			next := append(slices.Clone(so), step{from.Name, field, object.Name})
			all = onward(append(all, next), schema, next, object)
		}
	}
	return all
}

// style is how a document asks for the same: GraphQL has many.
type style struct {
	name string
	wrap func(d *drawing, on, selection string) string
}

var plainStyle = style{"plain", func(_ *drawing, _, selection string) string { return selection }}

var otherStyles = []style{
	{"named fragments", func(d *drawing, on, selection string) string {
		name := fmt.Sprintf("F%d", len(d.fragments))
		d.fragments = append(d.fragments, fmt.Sprintf("fragment %s on %s { %s }", name, on, selection))
		return "..." + name
	}},
	{"inline fragments, and the field twice", func(_ *drawing, on, selection string) string {
		return fmt.Sprintf("... { ... on %s { %s } } ... on %s { %s }", on, selection, on, selection)
	}},
	{"conditions", func(_ *drawing, on, selection string) string {
		return fmt.Sprintf("... on %s @include(if: $yes) @skip(if: $no) { %s }", on, selection)
	}},
}

// drawing is a document while it is written.
type drawing struct {
	t         *testing.T
	schema    *ast.Schema
	style     style
	declared  []string
	variables map[string]any
	fragments []string
}

// call writes a field with its arguments: those that are given, and a sample of each other that it demands.
func (d *drawing) call(alias string, field *ast.FieldDefinition, input map[string]any) string {
	var arguments []string
	for _, a := range field.Arguments {
		value, ok := input[a.Name]
		if !ok && (!a.Type.NonNull || a.DefaultValue != nil) {
			continue
		}
		if !ok {
			value = harness.Filled(d.t, d.schema, a.Type, nil, nil)
		}
		name := fmt.Sprintf("v%d", len(d.declared))
		d.declared = append(d.declared, fmt.Sprintf("$%s: %s", name, a.Type))
		d.variables[name] = value
		arguments = append(arguments, fmt.Sprintf("%s: $%s", a.Name, name))
	}
	text := alias + ": " + field.Name
	if len(arguments) > 0 {
		text += "(" + strings.Join(arguments, ", ") + ")"
	}
	return text
}

// leafAlias names a field in an answer otherwise than the schema does.
func leafAlias(field *ast.FieldDefinition) string { return "leaf_" + field.Name }

// leaves selects all fields of an object.
func (d *drawing) leaves(object string) string {
	var selected []string
	for _, field := range d.schema.Types[object].Fields {
		text := d.call(leafAlias(field), field, nil)
		if d.schema.Types[field.Type.Name()].IsCompositeType() {
			text += " { __typename }"
		}
		selected = append(selected, text)
	}
	return d.style.wrap(d, object, strings.Join(selected, " "))
}

// document asks for all fields of the object that the route leads to; the arguments are those of its first field.
func (w route) document(t *testing.T, schema *ast.Schema, s style, arguments map[string]any) (string, map[string]any) {
	t.Helper()
	d := &drawing{t: t, schema: schema, style: s, variables: map[string]any{}}
	if s.name == "conditions" {
		d.declared, d.variables = []string{"$yes: Boolean!", "$no: Boolean!"}, map[string]any{"yes": true, "no": false}
	}
	root := w[0].object
	text := d.from(w, 0, arguments)
	if root != schema.Subscription.Name { // whose one root field must stand where it can be counted
		text = s.wrap(d, root, text)
	}
	operation := map[string]string{schema.Query.Name: "query", schema.Mutation.Name: "mutation"}[root]
	if operation == "" {
		operation = "subscription"
	}
	declared := ""
	if len(d.declared) > 0 {
		declared = "(" + strings.Join(d.declared, ", ") + ")"
	}
	return operation + declared + " { " + text + " } " + strings.Join(d.fragments, " "), d.variables
}

func (d *drawing) from(w route, i int, arguments map[string]any) string {
	s := w[i]
	text := d.call(stepAlias(i), s.field, arguments)
	if s.on == "" {
		return text
	}
	below := ""
	if i+1 < len(w) {
		below = d.from(w, i+1, nil)
	} else {
		below = d.leaves(s.on)
	}
	if s.on == "User" {
		below = "whose: id " + below
	}
	if s.field.Type.Name() != s.on {
		below = "... on " + s.on + " { " + below + " }"
	}
	return text + " { " + below + " }"
}

func stepAlias(i int) string { return fmt.Sprintf("s%d", i) }
