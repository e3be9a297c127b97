package auth

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Annotate adds to the description of each guarded field what it needs, so that introspection and what is generated
// from it tell. It is to be called once, before the schema is used.
func (p *Policy) Annotate(schema *ast.Schema) {
	for _, e := range p.Entries() {
		object, name, _ := strings.Cut(e.Field, ".")
		definition := schema.Types[object]
		if definition == nil || e.Needs() == "" {
			continue
		}
		if field := definition.Fields.ForName(name); field != nil {
			field.Description = strings.TrimSpace(field.Description + "\n\n" + e.Needs())
		}
	}
}

// VisibleSchema returns the part of schema that a caller could use; nil is an anonymous caller. Fields that need a step-up,
// and fields for owners, are in it. It is for introspection, not a control: each execution is checked against the whole
// schema.
func (p *Policy) VisibleSchema(schema *ast.Schema, caller *Principal) *ast.Schema {
	s := &surface{policy: p, schema: schema, caller: caller, types: map[string]*ast.Definition{}}
	for s.narrow() {
	}
	return s.reached()
}

type surface struct {
	policy *Policy
	schema *ast.Schema
	caller *Principal
	types  map[string]*ast.Definition // the objects and interfaces so far, with the fields that are left
	begun  bool
}

// couldUse reports whether one of the field's rules could hold for the caller, nil for an anonymous client.
func (p *Policy) couldUse(field coordinate, caller *Principal) bool {
	a := p.fields[field]
	if a == nil || len(a.rules) == 0 {
		return a != nil
	}
	return caller != nil && slices.ContainsFunc(a.rules, func(r Rule) bool {
		return caller.HasPermissions(r.Permissions) && (len(r.Roles) == 0 || caller.HasAnyRole(r.Roles)) &&
			r.admitsStep(caller) && (!caller.APIKey || a.at.self() || r.admitsKeys()) && (caller.Actor == "" || r.admitsActors(a.at))
	})
}

// narrow drops the fields that the caller could not use, then those of types that have none left, and so on. It reports
// whether it has dropped any.
func (s *surface) narrow() (dropped bool) {
	for name, definition := range s.schema.Types {
		before := definition
		if s.begun {
			before = s.types[name]
		}
		after := *before
		after.Fields = nil
		for _, field := range before.Fields {
			if s.keeps(definition, field) {
				after.Fields = append(after.Fields, field)
			}
		}
		dropped = dropped || len(after.Fields) != len(before.Fields)
		s.types[name] = &after
	}
	first := !s.begun
	s.begun = true
	return dropped || first
}

func (s *surface) keeps(definition *ast.Definition, field *ast.FieldDefinition) bool {
	if definition.Kind == ast.Object && !definition.BuiltIn && !s.policy.couldUse(coordinate{definition.Name, field.Name}, s.caller) {
		return false
	}
	if !s.begun {
		return true
	}
	of := s.types[field.Type.Name()]
	return of == nil || (of.Kind != ast.Object && of.Kind != ast.Interface) || len(of.Fields) > 0
}

// reached returns the schema of what is left and can be reached from its root types.
func (s *surface) reached() *ast.Schema {
	to := &ast.Schema{
		Types: map[string]*ast.Definition{}, Directives: s.schema.Directives, Description: s.schema.Description,
		PossibleTypes: map[string][]*ast.Definition{}, Implements: map[string][]*ast.Definition{},
	}
	for _, root := range []*ast.Definition{s.schema.Query, s.schema.Mutation, s.schema.Subscription} {
		if root != nil && len(s.types[root.Name].Fields) > 0 {
			s.reach(to, root.Name)
		}
	}
	root := func(definition *ast.Definition) *ast.Definition {
		if definition == nil {
			return nil
		}
		return to.Types[definition.Name]
	}
	to.Query, to.Mutation, to.Subscription = root(s.schema.Query), root(s.schema.Mutation), root(s.schema.Subscription)
	for _, directive := range s.schema.Directives {
		for _, argument := range directive.Arguments {
			s.reach(to, argument.Type.Name())
		}
	}
	for name, definition := range s.types {
		if definition.BuiltIn { // scalars, and what introspection itself is made of
			s.reach(to, name)
		}
	}
	for name, all := range s.schema.PossibleTypes {
		for _, definition := range all {
			if to.Types[name] != nil && to.Types[definition.Name] != nil {
				to.PossibleTypes[name] = append(to.PossibleTypes[name], to.Types[definition.Name])
			}
		}
	}
	for name, all := range s.schema.Implements {
		for _, definition := range all {
			if to.Types[name] != nil && to.Types[definition.Name] != nil {
				to.Implements[name] = append(to.Implements[name], to.Types[definition.Name])
			}
		}
	}
	return to
}

// reach adds a type and all that its fields lead to.
func (s *surface) reach(to *ast.Schema, name string) {
	definition := s.types[name]
	if definition == nil || to.Types[name] != nil {
		return
	}
	to.Types[name] = definition
	for _, field := range definition.Fields {
		s.reach(to, field.Type.Name())
		for _, argument := range field.Arguments {
			s.reach(to, argument.Type.Name())
		}
	}
	for _, of := range definition.Interfaces {
		s.reach(to, of)
	}
	if definition.Kind == ast.Interface || definition.Kind == ast.Union {
		for _, possible := range s.schema.PossibleTypes[name] {
			if len(s.types[possible.Name].Fields) > 0 {
				s.reach(to, possible.Name)
			}
		}
	}
}
