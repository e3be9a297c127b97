package auth

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// OwnersAmong refuses rules with `owner: true` on objects that can't say whose they are. It goes by the Go types of what
// resolvers, the ResolverRoot of gqlgen, return, and of the fields of those. A type that only an interface or a union
// leads to is not seen by it: there a rule that can't hold denies when it is asked.
func OwnersAmong(resolvers any) Check {
	return func(p *Policy, schema *ast.Schema) (faults []error) {
		g := &goTypes{schema: schema, root: reflect.TypeOf(resolvers), found: map[string]reflect.Type{}}
		for _, name := range []string{p.roots.query, p.roots.mutation, p.roots.subscription} {
			g.walk(schema.Types[name], nil)
		}
		p.each(func(at string, r Rule) {
			object, _, _ := strings.Cut(at, ".")
			of := g.found[object]
			if r.Owner && of != nil && !of.Implements(ownedType) && !reflect.PointerTo(of).Implements(ownedType) {
				faults = append(faults, fmt.Errorf("%s: owner can never hold here: %s has no OwnerID() string", at, of))
			}
		})
		return faults
	}
}

var ownedType = reflect.TypeFor[Owned]()

// goTypes are the Go types that a schema's objects are bound to.
type goTypes struct {
	schema *ast.Schema
	root   reflect.Type
	found  map[string]reflect.Type
}

// walk finds the types of what an object's fields lead to; of is the object's own, nil for a root type.
func (g *goTypes) walk(object *ast.Definition, of reflect.Type) {
	if object == nil {
		return
	}
	resolver := result(g.root, object.Name)
	for _, field := range object.Fields {
		returned := result(resolver, field.Name)
		if returned == nil {
			returned = bound(of, field.Name)
		}
		returned = element(returned)
		next := g.schema.Types[field.Type.Name()]
		if returned == nil || next == nil || next.Kind != ast.Object || g.found[next.Name] != nil {
			continue
		}
		g.found[next.Name] = returned
		g.walk(next, returned)
	}
}

// result returns what the method of that name returns first, nil without such a method.
func result(t reflect.Type, name string) reflect.Type {
	if t == nil {
		return nil
	}
	for i := range t.NumMethod() {
		if m := t.Method(i); alike(m.Name, name) && m.Type.NumOut() > 0 {
			return m.Type.Out(0)
		}
	}
	return nil
}

// bound returns the type of the method or of the member that gqlgen binds a field to.
func bound(of reflect.Type, name string) reflect.Type {
	if of == nil {
		return nil
	}
	if of.Kind() != reflect.Interface {
		if returned := result(reflect.PointerTo(of), name); returned != nil {
			return returned
		}
	}
	if of.Kind() == reflect.Struct {
		for _, member := range reflect.VisibleFields(of) {
			if member.IsExported() && alike(member.Name, name) {
				return member.Type
			}
		}
	}
	return nil
}

// alike compares names as gqlgen binds them: UserID is userId is user_id.
func alike(a, b string) bool {
	return strings.EqualFold(strings.ReplaceAll(a, "_", ""), strings.ReplaceAll(b, "_", ""))
}

// element returns what a pointer, a list or a channel leads to; nil for an interface, behind which anything may be.
func element(t reflect.Type) reflect.Type {
	for t != nil {
		switch t.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Chan:
			t = t.Elem()
		case reflect.Interface:
			return nil
		default:
			return t
		}
	}
	return nil
}
