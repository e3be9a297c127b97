package auth

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Policy is who may use which field, compiled once from the schema. Everything that decides asks it.
type Policy struct {
	fields  map[coordinate]*access
	objects map[string][]Rule
}

// coordinate names a field: "User.email".
type coordinate struct{ object, field string }

func (c coordinate) String() string { return c.object + "." + c.field }

// access is what the policy says of one field.
type access struct {
	public bool   // @public: open to everyone
	rules  []Rule // one must hold; none: open to whoever reached the object
	own    bool   // the rules stand on the field itself, where gqlgen calls the directive
	signIn bool   // a field of Mutation: it may sign somebody in
}

// NewPolicy compiles the rules of schema. The error names every fault at once: each root field that nobody guarded
// or opened, and each rule that could not be kept.
func NewPolicy(schema *ast.Schema) (*Policy, error) {
	p := &Policy{fields: map[coordinate]*access{}, objects: map[string][]Rule{}}
	var faults []error
	for _, definition := range schema.Types {
		faults = append(faults, p.addType(schema, definition)...)
	}
	if len(faults) > 0 {
		return nil, sorted(faults)
	}
	return p, nil
}

func (p *Policy) addType(schema *ast.Schema, definition *ast.Definition) (faults []error) {
	switch definition.Kind {
	case ast.Object:
	case ast.Interface:
		return interfaceFaults(definition)
	default:
		return nil
	}
	objectRules, faults := parseRules(schema, definition.Name, definition.Directives)
	p.objects[definition.Name] = objectRules
	root := definition == schema.Query || definition == schema.Mutation || definition == schema.Subscription
	for _, field := range definition.Fields {
		at := coordinate{definition.Name, field.Name}
		own, bad := parseRules(schema, at.String(), field.Directives)
		faults = append(faults, bad...)
		a := &access{
			public: field.Directives.ForName("public") != nil || (root && strings.HasPrefix(field.Name, "__")),
			rules:  own, own: len(own) > 0, signIn: definition == schema.Mutation,
		}
		switch {
		case a.public && a.own:
			faults = append(faults, fmt.Errorf("%s: has both @auth and @public", at))
		case !a.public && !a.own:
			a.rules = objectRules
		}
		if root && !a.public && len(a.rules) == 0 && len(bad) == 0 {
			faults = append(faults, fmt.Errorf("%s: has neither @auth nor @public", at))
		}
		p.fields[at] = a
	}
	return faults
}

// interfaceFaults refuses rules on the fields of an interface: objects are what is resolved, so nobody would ask
// for them.
func interfaceFaults(definition *ast.Definition) (faults []error) {
	for _, field := range definition.Fields {
		if field.Directives.ForName("auth") != nil || field.Directives.ForName("public") != nil {
			faults = append(faults, fmt.Errorf(
				"%s.%s: a rule on an interface guards nothing; put it on the objects", definition.Name, field.Name))
		}
	}
	return faults
}

func parseRules(schema *ast.Schema, at string, directives ast.DirectiveList) (rules []Rule, faults []error) {
	for _, d := range directives.ForNames("auth") {
		rule, err := parseRule(schema, d)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", at, err))
			continue
		}
		rules = append(rules, rule)
	}
	return rules, faults
}

// Public reports whether everybody may use the root field: the transport asks it before anything is executed.
func (p *Policy) Public(object, field string) bool {
	if field == "__typename" {
		return true
	}
	a := p.fields[coordinate{object, field}]
	return a != nil && a.public
}

func sorted(faults []error) error {
	lines := make([]string, len(faults))
	for i, fault := range faults {
		lines[i] = fault.Error()
	}
	slices.Sort(lines)
	return errors.New(strings.Join(lines, "\n"))
}
