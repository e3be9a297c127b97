package schemadiff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Change is one difference between two schemas.
type Change struct {
	At       string // its schema coordinate
	Text     string // the difference, without At
	Affected string // affected callers
	Breaking bool
	// uses are coordinates: the change concerns an operation that uses one of them.
	uses []string
}

// String returns the change in one line.
func (c Change) String() string {
	if c.Affected == "" {
		return c.At + " " + c.Text
	}
	return c.At + " " + c.Text + ": for " + c.Affected
}

// Compare returns how a schema differs from an older one, in the order of the coordinates. The error names rules that can't be
// kept.
func Compare(was, is *ast.Schema) ([]Change, error) {
	c := &comparison{was: was, is: is}
	for name, before := range was.Types {
		if before.BuiltIn {
			continue
		}
		if after := is.Types[name]; after == nil || after.Kind != before.Kind {
			c.typeGone(before, after)
		} else {
			c.definition(before, after)
		}
	}
	for name := range is.Types {
		if was.Types[name] == nil {
			c.note(Change{At: name, Text: "is new"})
		}
	}
	c.directives()
	if err := c.access(); err != nil {
		return nil, err
	}
	slices.SortFunc(c.changes, func(a, b Change) int { return strings.Compare(a.String(), b.String()) })
	return c.changes, nil
}

type comparison struct {
	was, is *ast.Schema
	changes []Change
}

func (c *comparison) note(change Change) { c.changes = append(c.changes, change) }

// breaks adds a change that breaks the users of one of the coordinates. The first coordinate is the changed element.
func (c *comparison) breaks(text, affected string, uses ...string) {
	c.note(Change{At: uses[0], Text: text, Affected: affected, Breaking: true, uses: uses})
}

// gone adds a removed element. Its removal breaks no promise if the element was deprecated.
func (c *comparison) gone(at, affected string, directives ast.DirectiveList) {
	if directives.ForName("deprecated") != nil {
		c.note(Change{At: at, Text: "is gone, and was deprecated before", Affected: affected, uses: []string{at}})
		return
	}
	c.breaks("is gone, and was not deprecated before", affected, at)
}

func (c *comparison) typeGone(before, after *ast.Definition) {
	if after != nil {
		c.breaks(fmt.Sprintf("was %s, is %s", before.Kind, after.Kind), "operations that use it", before.Name)
		return
	}
	if c.referred(before.Name) {
		c.breaks("is gone, and what has it was not deprecated before", "operations that use it", before.Name)
		return
	}
	c.note(Change{At: before.Name, Text: "is gone, and all that had it was deprecated before", uses: []string{before.Name}})
}

// referred reports whether something of the old schema has the type that was not deprecated.
func (c *comparison) referred(name string) bool {
	for _, definition := range c.was.Types {
		if slices.Contains(definition.Types, name) {
			return true
		}
		for _, field := range definition.Fields {
			if field.Directives.ForName("deprecated") != nil {
				continue
			}
			if field.Type.Name() == name || slices.ContainsFunc(field.Arguments, func(a *ast.ArgumentDefinition) bool {
				return a.Type.Name() == name && a.Directives.ForName("deprecated") == nil
			}) {
				return true
			}
		}
	}
	for _, implementer := range c.was.PossibleTypes[name] {
		if implementer.Name != name {
			return true // an interface may stand in a fragment
		}
	}
	return false
}

func (c *comparison) definition(before, after *ast.Definition) {
	for _, name := range before.Interfaces {
		if !slices.Contains(after.Interfaces, name) {
			c.breaks("is no "+name+" any longer", "operations that reach it as one", before.Name, name)
		}
	}
	for _, name := range before.Types {
		if !slices.Contains(after.Types, name) {
			c.breaks(name+" is no longer one of it", "operations that ask for it there", before.Name, name)
		}
	}
	for _, name := range after.Types {
		if !slices.Contains(before.Types, name) {
			c.note(Change{At: before.Name, Text: name + " is new in it", Affected: "clients that know no other than those there were"})
		}
	}
	for _, value := range before.EnumValues {
		if after.EnumValues.ForName(value.Name) == nil {
			c.gone(before.Name+"."+value.Name, "operations that give it or wait for it", value.Directives)
		}
	}
	for _, value := range after.EnumValues {
		if before.EnumValues.ForName(value.Name) == nil {
			c.note(Change{At: before.Name + "." + value.Name, Text: "is new", Affected: "clients that know no other than those there were"})
		}
	}
	for _, field := range before.Fields {
		if strings.HasPrefix(field.Name, "__") {
			continue
		}
		at := before.Name + "." + field.Name
		switch other := after.Fields.ForName(field.Name); {
		case other == nil && before.Kind == ast.InputObject:
			c.gone(at, "operations that give it", field.Directives)
		case other == nil:
			c.gone(at, "operations that select it", field.Directives)
		case before.Kind == ast.InputObject:
			c.input(before.Name, at, field.Type, other.Type, field.DefaultValue, other.DefaultValue)
		default:
			c.output(at, field, other)
		}
	}
	c.added(before, after)
}

// added adds new fields. A new required field of an input object breaks the users of the object.
func (c *comparison) added(before, after *ast.Definition) {
	for _, field := range after.Fields {
		at := after.Name + "." + field.Name
		if before.Fields.ForName(field.Name) != nil {
			continue
		}
		if after.Kind == ast.InputObject && required(field.Type, field.DefaultValue) {
			c.note(Change{At: at, Text: "is new and must be given", Affected: "operations that give " + after.Name, Breaking: true, uses: []string{after.Name}})
			continue
		}
		c.note(Change{At: at, Text: "is new"})
	}
}

func (c *comparison) output(at string, before, after *ast.FieldDefinition) {
	if !narrower(before.Type, after.Type) {
		affected := "operations that select it"
		if before.Type.Name() == after.Type.Name() {
			affected = "clients that read it"
		}
		c.breaks(fmt.Sprintf("was %s, is %s", before.Type, after.Type), affected, at)
	}
	for _, argument := range before.Arguments {
		other := after.Arguments.ForName(argument.Name)
		if other == nil {
			c.gone(at+"("+argument.Name+":)", "operations that give it", argument.Directives)
			continue
		}
		c.input(at, at+"("+argument.Name+":)", argument.Type, other.Type, argument.DefaultValue, other.DefaultValue)
	}
	for _, argument := range after.Arguments {
		if before.Arguments.ForName(argument.Name) != nil {
			continue
		}
		name := at + "(" + argument.Name + ":)"
		if required(argument.Type, argument.DefaultValue) {
			c.note(Change{At: name, Text: "is new and must be given", Affected: "operations that select " + at, Breaking: true, uses: []string{at}})
			continue
		}
		c.note(Change{At: name, Text: "is new"})
	}
}

// input compares an argument or a field of an input object. A caller who leaves it out uses its field or object.
func (c *comparison) input(owner, at string, before, after *ast.Type, was, is *ast.Value) {
	switch {
	case !required(before, was) && required(after, is):
		c.breaks("must be given", "operations that leave it out, or whose variable may be null", at, owner)
	case !narrower(after, before):
		c.breaks(fmt.Sprintf("was %s, is %s", before, after), "operations that give it", at)
	case text(was) != text(is):
		c.note(Change{At: at, Text: fmt.Sprintf("is taken for %s where it is left out, and was for %s", text(is), text(was)), Affected: "operations that leave it out", uses: []string{owner}})
	}
}

func text(v *ast.Value) string {
	if v == nil {
		return "nothing"
	}
	return v.String()
}

func required(t *ast.Type, fallback *ast.Value) bool { return t.NonNull && fallback == nil }

// narrower reports whether every value of one type is one of a wider one.
func narrower(wide, narrow *ast.Type) bool {
	switch {
	case wide.NonNull && !narrow.NonNull, (wide.Elem == nil) != (narrow.Elem == nil):
		return false
	case wide.Elem != nil:
		return narrower(wide.Elem, narrow.Elem)
	default:
		return wide.NamedType == narrow.NamedType
	}
}

// directives compares those that operations may carry.
func (c *comparison) directives() {
	for name, before := range c.was.Directives {
		after := c.is.Directives[name]
		for _, location := range before.Locations {
			if executable(location) && (after == nil || !slices.Contains(after.Locations, location)) {
				c.breaks(fmt.Sprintf("is not for %s any longer", location), "operations that carry it", "@"+name)
			}
		}
	}
}

func executable(l ast.DirectiveLocation) bool {
	return slices.Contains([]ast.DirectiveLocation{
		ast.LocationQuery, ast.LocationMutation, ast.LocationSubscription, ast.LocationField, ast.LocationFragmentDefinition,
		ast.LocationFragmentSpread, ast.LocationInlineFragment, ast.LocationVariableDefinition,
	}, l)
}
