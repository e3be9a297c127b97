package schemadiff

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// Concerns returns which changes concern a document that was valid in the old schema.
func Concerns(was *ast.Schema, doc *ast.QueryDocument, changes []Change) (concerned []Change) {
	u := &usage{was, map[string]bool{}}
	for _, op := range doc.Operations {
		for _, variable := range op.VariableDefinitions {
			u.input(variable.Type.Name())
		}
		u.directives(op.Directives)
		u.set(op.SelectionSet)
	}
	for _, fragment := range doc.Fragments {
		u.used[fragment.TypeCondition] = true
		u.set(fragment.SelectionSet)
	}
	for _, change := range changes {
		if slices.ContainsFunc(change.uses, func(at string) bool { return u.used[at] }) {
			concerned = append(concerned, change)
		}
	}
	return concerned
}

// usage is which coordinates of a schema a document uses.
type usage struct {
	schema *ast.Schema
	used   map[string]bool
}

func (u *usage) set(set ast.SelectionSet) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			u.field(s)
		case *ast.InlineFragment:
			u.used[s.TypeCondition] = true
			u.directives(s.Directives)
			u.set(s.SelectionSet)
		case *ast.FragmentSpread:
			u.directives(s.Directives)
		}
	}
}

func (u *usage) field(s *ast.Field) {
	definitions := []*ast.Definition{s.ObjectDefinition}
	for _, object := range append(definitions, u.schema.GetPossibleTypes(s.ObjectDefinition)...) {
		at := object.Name + "." + s.Name
		u.used[object.Name], u.used[at] = true, true
		for _, argument := range s.Arguments {
			u.used[at+"("+argument.Name+":)"] = true
		}
	}
	for _, argument := range s.Arguments {
		u.value(argument.Value)
	}
	u.directives(s.Directives)
	if of := u.schema.Types[s.Definition.Type.Name()]; of != nil {
		u.used[of.Name] = true
		for _, value := range of.EnumValues { // the client has to know each that may come
			u.used[of.Name+"."+value.Name] = true
		}
	}
	u.set(s.SelectionSet)
}

func (u *usage) directives(list ast.DirectiveList) {
	for _, d := range list {
		u.used["@"+d.Name] = true
	}
}

// value adds the parts of a literal. A variable adds its whole type, because its value may have any part of the type.
func (u *usage) value(v *ast.Value) {
	if v.Definition != nil && v.Kind != ast.Variable {
		u.used[v.Definition.Name] = true
		if v.Kind == ast.EnumValue {
			u.used[v.Definition.Name+"."+v.Raw] = true
		}
	}
	for _, child := range v.Children {
		if v.Kind == ast.ObjectValue && v.Definition != nil {
			u.used[v.Definition.Name+"."+child.Name] = true
		}
		u.value(child.Value)
	}
}

// input notes all that a type of a variable has in it.
func (u *usage) input(name string) {
	definition := u.schema.Types[name]
	if definition == nil || u.used[name] {
		return
	}
	u.used[name] = true
	for _, value := range definition.EnumValues {
		u.used[name+"."+value.Name] = true
	}
	for _, field := range definition.Fields {
		u.used[name+"."+field.Name] = true
		u.input(field.Type.Name())
	}
}
