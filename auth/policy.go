package auth

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// Policy is who may use which field, compiled once from the schema. Everything that decides asks it.
type Policy struct {
	fields  map[coordinate]*access
	objects map[string][]Rule
	roots   roots
}

// roots are the names of the root types; "" for one that there is not.
type roots struct{ query, mutation, subscription string }

// rank orders the root types; -1 for every other.
func (r roots) rank(object string) int {
	return slices.Index([]string{r.subscription, r.mutation, r.query}, object)
}

func rootsOf(schema *ast.Schema) (r roots) {
	for definition, name := range map[*ast.Definition]*string{
		schema.Query: &r.query, schema.Mutation: &r.mutation, schema.Subscription: &r.subscription,
	} {
		if definition != nil {
			*name = definition.Name
		}
	}
	return r
}

// coordinate names a field: "User.email".
type coordinate struct{ object, field string }

func (c coordinate) String() string { return c.object + "." + c.field }

// access is the compiled policy of one field.
type access struct {
	public bool   // @public: open to everyone
	rules  []Rule // alternatives; none: open to every caller who reached the object
	own    bool   // the rules stand on the field itself
	at     place
}

// NewPolicy compiles the rules of schema. The error names every fault at once: each root field without @auth
// or @public, and each rule that could not be kept.
func NewPolicy(schema *ast.Schema) (*Policy, error) {
	p := &Policy{fields: map[coordinate]*access{}, objects: map[string][]Rule{}, roots: rootsOf(schema)}
	var faults []error
	if misplaced(schema.SchemaDirectives) {
		faults = append(faults, errors.New("schema: "+guardsNothing))
	}
	for _, definition := range schema.Types {
		faults = append(faults, p.addType(schema, definition)...)
	}
	faults = append(faults, p.entityFaults(schema)...)
	if len(faults) > 0 {
		return nil, sorted(faults)
	}
	return p, nil
}

func (p *Policy) addType(schema *ast.Schema, definition *ast.Definition) (faults []error) {
	faults = misplacedFaults(definition)
	if definition.Kind != ast.Object {
		return faults
	}
	objectRules, bad := parseRules(schema, definition.Name, definition.Directives)
	faults = append(faults, bad...)
	p.objects[definition.Name] = objectRules
	root := definition == schema.Query || definition == schema.Mutation || definition == schema.Subscription
	for _, field := range definition.Fields {
		at := coordinate{definition.Name, field.Name}
		own, bad := parseRules(schema, at.String(), field.Directives)
		faults = append(faults, bad...)
		a := &access{
			public: field.Directives.ForName("public") != nil || (root && strings.HasPrefix(field.Name, "__")) ||
				(definition == schema.Query && len(own)+len(bad) == 0 && addedByFederation(field.Name)),
			rules: own, own: len(own) > 0,
			at: place{query: definition == schema.Query, mutation: definition == schema.Mutation, field: field.Name},
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
		if root {
			faults = append(faults, rootFaults(at, a, field, definition == schema.Subscription)...)
		}
		p.fields[at] = a
	}
	return faults
}

// rootFaults refuses rules on a root field that no caller can fulfil, and a guarded field that may not be null: its denial
// would take its siblings with it. A subscription has none, and Relay's Query.nodes is as Relay has it,
// and Apollo Federation's `_entities` as that does.
func rootFaults(at coordinate, a *access, field *ast.FieldDefinition, subscription bool) (faults []error) {
	for _, r := range a.rules {
		if r.Owner {
			faults = append(faults, fmt.Errorf("%s: owner can never hold here: a root field is on no object", at))
			break
		}
	}
	if len(a.rules) > 0 && field.Type.NonNull && !subscription && !(a.at.query && (field.Name == "nodes" || field.Name == entitiesField)) {
		faults = append(faults, fmt.Errorf("%s: is guarded and must be nullable: a denial would also remove its siblings", at))
	}
	return faults
}

const guardsNothing = "a rule guards nothing here; put it on an object or on a field of one"

// misplacedFaults refuses rules where they are never evaluated: objects and their fields are what is resolved.
func misplacedFaults(definition *ast.Definition) (faults []error) {
	refuse := func(at string) { faults = append(faults, fmt.Errorf("%s: %s", at, guardsNothing)) }
	if definition.Kind != ast.Object && misplaced(definition.Directives) {
		refuse(definition.Name)
	}
	for _, field := range definition.Fields {
		at := coordinate{definition.Name, field.Name}.String()
		if definition.Kind != ast.Object && misplaced(field.Directives) {
			refuse(at)
		}
		for _, argument := range field.Arguments {
			if misplaced(argument.Directives) {
				refuse(at + "(" + argument.Name + ":)")
			}
		}
	}
	for _, value := range definition.EnumValues {
		if misplaced(value.Directives) {
			refuse(definition.Name + "." + value.Name)
		}
	}
	return faults
}

func misplaced(directives ast.DirectiveList) bool {
	return directives.ForName("auth") != nil || directives.ForName("public") != nil
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

// Decide returns nil if a caller, nil for an anonymous client, may use a field of an object, nil for none. Otherwise it
// returns the refusal, NOT_FOUND if the field does not exist.
func (p *Policy) Decide(field string, caller *Principal, object any, now time.Time) *Error {
	name, of, _ := strings.Cut(field, ".")
	a := p.fields[coordinate{name, of}]
	switch {
	case a == nil:
		return &Error{Code: NotFound, Message: "The field does not exist"}
	case len(a.rules) == 0:
		return nil
	case caller == nil:
		return ErrTokenMissing
	}
	return a.refusal(caller, object, func() time.Time { return now })
}

func sorted(faults []error) error {
	lines := make([]string, len(faults))
	for i, fault := range faults {
		lines[i] = fault.Error()
	}
	slices.Sort(lines)
	return errors.New(strings.Join(lines, "\n"))
}
