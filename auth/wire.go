package auth

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/99designs/gqlgen/graphql"
)

// Wire sets Auth and Public in directives, a pointer to the DirectiveRoot of gqlgen's generated Config. The error names what
// is missing there, such as an argument of the schema's @auth.
//
// Assigning Directive and Public by hand does the same. A call then takes 15 ns instead of 1.6 µs, and the compiler refuses an
// @auth with other arguments ("cannot infer P, A, and D").
func Wire(directives any) error {
	root := reflect.ValueOf(directives)
	if root.Kind() != reflect.Pointer || root.IsNil() || root.Elem().Kind() != reflect.Struct {
		return fmt.Errorf("auth: Wire needs &config.Directives of gqlgen's generated Config, not %T", directives)
	}
	guarded, err := directiveField(root.Elem(), "Auth", checkAuth)
	open, openErr := directiveField(root.Elem(), "Public", checkPublic)
	if err := errors.Join(err, openErr); err != nil {
		return err
	}
	guarded.Set(reflect.MakeFunc(guarded.Type(), func(in []reflect.Value) []reflect.Value {
		ctx, next := in[0].Interface().(context.Context), in[2].Interface().(graphql.Resolver)
		return results(direct(ctx, in[1].Interface(), next))
	}))
	open.Set(reflect.ValueOf(Public))
	return nil
}

// directiveField returns the field of a DirectiveRoot that implements a directive.
func directiveField(root reflect.Value, name string, check func(reflect.Type) error) (reflect.Value, error) {
	field := root.FieldByName(name)
	if !field.IsValid() || !field.CanSet() || field.Kind() != reflect.Func {
		return field, fmt.Errorf("auth: %s has no directive @%s: add auth/auth.graphqls to `schema` in gqlgen.yml, "+
			"remove skip_runtime of the directive there, and generate again", root.Type(), strings.ToLower(name))
	}
	return field, check(field.Type())
}

func checkPublic(t reflect.Type) error {
	if !reflect.TypeOf(Public).AssignableTo(t) {
		return fmt.Errorf("auth: the schema's @public is %s: it has no arguments in auth/auth.graphqls", t)
	}
	return nil
}

// declaration is @auth as auth.graphqls has it.
const declaration = "directive @auth(permissions: [Permission!], roles: [String!], owner: Boolean, assurance: Assurance, " +
	"maxAge: String) repeatable on FIELD_DEFINITION | OBJECT"

// checkAuth returns an error unless t has the parameters of Directive.
func checkAuth(t reflect.Type) error {
	first := reflect.TypeOf(Public)
	shared := t.NumIn() >= first.NumIn() && t.NumOut() == first.NumOut() && !t.IsVariadic()
	for i := 0; shared && i < first.NumIn(); i++ {
		shared = t.In(i) == first.In(i)
	}
	for i := 0; shared && i < first.NumOut(); i++ {
		shared = t.Out(i) == first.Out(i)
	}
	if !shared {
		return fmt.Errorf("auth: %s is not a directive of gqlgen", t)
	}
	var types []reflect.Type
	for i := first.NumIn(); i < t.NumIn(); i++ {
		types = append(types, t.In(i))
	}
	missing, unknown := compareArguments(types)
	var faults []string
	if len(missing) > 0 {
		faults = append(faults, "lacks "+strings.Join(missing, " and "))
	}
	if len(unknown) > 0 {
		faults = append(faults, "has in another place or form "+strings.Join(unknown, " and "))
	}
	if len(faults) == 0 {
		return nil
	}
	return fmt.Errorf("auth: the schema's @auth %s; declare it as in auth/auth.graphqls and generate again: %s",
		strings.Join(faults, ", and "), declaration)
}

// arguments are the arguments of @auth, in their order. Only named types tell permissions from roles and assurance from maxAge,
// so exact is asked where an argument is missing, and fits where none is.
var arguments = []struct {
	name        string
	fits, exact func(reflect.Type) bool
}{
	{"permissions", isList, func(t reflect.Type) bool { return isList(t) && t.Elem().PkgPath() != "" }},
	{"roles", isStrings, isStrings},
	{"owner", isBool, isBool},
	{"assurance", isPointer, func(t reflect.Type) bool { return isPointer(t) && t.Elem().PkgPath() != "" }},
	{"maxAge", isPointer, func(t reflect.Type) bool { return isPointer(t) && !isBool(t) }},
}

// hasPending reports whether given ends with the argument pending, which only some schemas have.
func hasPending(given []reflect.Type) bool {
	return len(given) == len(arguments)+1 && isList(given[len(arguments)])
}

func isList(t reflect.Type) bool    { return t.Kind() == reflect.Slice }
func isPointer(t reflect.Type) bool { return t.Kind() == reflect.Pointer }
func isStrings(t reflect.Type) bool { return t == reflect.TypeFor[[]string]() }
func isBool(t reflect.Type) bool    { return t == reflect.TypeFor[*bool]() }

// compareArguments returns the arguments of @auth that given lacks, and the types that are none of them.
func compareArguments(types []reflect.Type) (missing, unknown []string) {
	if hasPending(types) {
		types = types[:len(arguments)]
	}
	matches := len(types) == len(arguments)
	for i := 0; matches && i < len(arguments); i++ {
		matches = arguments[i].fits(types[i])
	}
	if matches {
		return nil, nil
	}
	next := 0
	for _, argument := range arguments {
		if next < len(types) && argument.exact(types[next]) {
			next++
			continue
		}
		missing = append(missing, argument.name)
	}
	for _, t := range types[next:] {
		unknown = append(unknown, t.String())
	}
	return missing, unknown
}

// results returns what a directive returns as values of reflect, which have to have the interfaces' own types.
func results(value any, err error) []reflect.Value {
	out := []reflect.Value{reflect.New(reflect.TypeFor[any]()).Elem(), reflect.New(reflect.TypeFor[error]()).Elem()}
	if value != nil {
		out[0].Set(reflect.ValueOf(value))
	}
	if err != nil {
		out[1].Set(reflect.ValueOf(err))
	}
	return out
}
