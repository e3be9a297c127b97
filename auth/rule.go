package auth

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// Owned is an object that can say whose it is. A rule with `owner: true` denies on every object that can't.
type Owned interface {
	// OwnerID returns the subject that owns the object, or "" without an owner.
	OwnerID() string
}

// Rule is one @auth: all that it asks for must hold.
type Rule struct {
	Permissions []string      // the caller holds every one
	Roles       []string      // the caller holds at least one, where there are any
	Owner       bool          // the caller owns the object that the field is on
	Assurance   Assurance     // "": as good as the account can do
	MaxAge      time.Duration // 0: however long ago the caller proved who they are
	Pending     []string      // steps; the rule also holds for a session whose next step is one of them
}

// place is the position of a field, on which a rule depends besides the caller and the object.
type place struct {
	query, mutation bool // the field is one of that root type
	field           string
}

// self reports whether the place is Query.me, which says to a key whose it is.
func (p place) self() bool { return p.query && p.field == "me" }

// refusal returns nil if the rule holds for who and object, and otherwise what is missing. A missing step
// is returned only if everything else holds, so that it reveals a field only to callers who could get it. The clock is read
// for rules with a maxAge alone, because reading it takes as long as the rest.
func (r *Rule) refusal(caller *Principal, object any, at place, now func() time.Time) *Error {
	switch {
	case !caller.HasPermissions(r.Permissions),
		len(r.Roles) > 0 && !caller.HasAnyRole(r.Roles),
		r.Owner && !owns(caller, object),
		caller.APIKey && !at.self() && !r.admitsKeys(),
		caller.Actor != "" && !r.admitsActors(at):
		return ErrForbidden
	case !r.admitsStep(caller):
		return ErrStepPending
	case !caller.Assurance.atLeast(r.assurance(caller)):
		return ErrSecondFactorRequired
	case r.MaxAge > 0 && now().Sub(caller.AuthTime) > r.MaxAge:
		return ErrReauthenticationRequired
	}
	return nil
}

// admitsStep reports whether the session of the caller is complete, or the rule names its next step.
func (r *Rule) admitsStep(caller *Principal) bool {
	return len(caller.Pending) == 0 || slices.Contains(r.Pending, caller.Pending[0])
}

// admitsKeys reports whether an API key may fulfil the rule: it names what the key must hold, and asks for no proof
// that only a person can give.
func (r *Rule) admitsKeys() bool {
	return len(r.Permissions) > 0 && r.MaxAge == 0 && r.Assurance != MultiFactor
}

// admitsActors reports whether an impersonator may fulfil the rule. A mutation without a permission is for the account
// itself, so an impersonator may not use it.
func (r *Rule) admitsActors(at place) bool {
	return r.MaxAge == 0 && !(at.mutation && len(r.Permissions) == 0)
}

func (r *Rule) assurance(caller *Principal) Assurance {
	switch {
	case r.Assurance != "":
		return r.Assurance
	case caller.SecondFactor && !caller.APIKey:
		return MultiFactor
	default:
		return SingleFactor
	}
}

func owns(caller *Principal, object any) bool {
	owner := ownerOf(object)
	return owner != "" && owner == caller.Subject
}

// ownerOf asks object whose it is. gqlgen hands out objects behind one pointer more than their own where they are
// in a list, or behind the interface that the field returns.
func ownerOf(object any) string {
	if owned, ok := object.(Owned); ok && !isNil(object) {
		return owned.OwnerID()
	}
	v := reflect.ValueOf(object)
	for (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) && !v.IsNil() {
		v = v.Elem()
		if !v.CanInterface() {
			return ""
		}
		if owned, ok := v.Interface().(Owned); ok && !isNil(owned) {
			return owned.OwnerID()
		}
	}
	return ""
}

func isNil(object any) bool {
	v := reflect.ValueOf(object)
	return v.Kind() == reflect.Pointer && v.IsNil()
}

// parseRule reads one @auth of the schema.
func parseRule(schema *ast.Schema, d *ast.Directive) (Rule, error) {
	var r Rule
	for _, arg := range d.Arguments {
		if arg.Value == nil || arg.Value.Kind == ast.NullValue {
			continue
		}
		if err := r.set(schema, d, arg); err != nil {
			return Rule{}, fmt.Errorf("@auth(%s: %s): %w", arg.Name, arg.Value, err)
		}
	}
	return r, nil
}

func (r *Rule) set(schema *ast.Schema, d *ast.Directive, arg *ast.Argument) (err error) {
	switch arg.Name {
	case "permissions":
		r.Permissions, err = values(schema, d, arg)
	case "roles":
		r.Roles, err = values(schema, d, arg)
	case "owner":
		r.Owner, err = strconv.ParseBool(arg.Value.Raw)
	case "assurance":
		r.Assurance = Assurance(arg.Value.Raw)
		if !r.Assurance.atLeast(SingleFactor) {
			err = fmt.Errorf("it must be %s or %s", SingleFactor, MultiFactor)
		}
	case "maxAge":
		if r.MaxAge, err = time.ParseDuration(arg.Value.Raw); err != nil || r.MaxAge <= 0 {
			err = fmt.Errorf(`it must be a duration such as "10m"`)
		}
	case "pending":
		r.Pending, err = values(schema, d, arg)
	default:
		err = fmt.Errorf("this argument is unknown")
	}
	return err
}

// values reads a list of names. A lone value is a list of one (GraphQL, 3.11). An empty list is refused: it would
// look like a restriction but permit all callers, or none.
func values(schema *ast.Schema, d *ast.Directive, arg *ast.Argument) ([]string, error) {
	list := []*ast.Value{arg.Value}
	if arg.Value.Kind == ast.ListValue {
		list = nil
		for _, child := range arg.Value.Children {
			list = append(list, child.Value)
		}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("the list is empty: leave it out")
	}
	var names []string
	for _, value := range list {
		// The schema's own validation lets null and numbers pass; read as text they would be names.
		if value.Kind != ast.EnumValue && value.Kind != ast.StringValue && value.Kind != ast.BlockValue {
			return nil, fmt.Errorf("%s is not a name", value)
		}
		if value.Raw == "" {
			return nil, fmt.Errorf("a name must not be empty")
		}
		names = append(names, value.Raw)
	}
	enum := enumOf(schema, d, arg.Name)
	for _, name := range names {
		if enum != nil && enum.EnumValues.ForName(name) == nil {
			return nil, fmt.Errorf("%s is not one of %s", name, enum.Name)
		}
	}
	return slices.Clip(names), nil
}

// enumOf returns the enum that an argument of the directive is declared with, if it is one.
func enumOf(schema *ast.Schema, d *ast.Directive, argument string) *ast.Definition {
	definition := schema.Directives[d.Name]
	if definition == nil {
		return nil
	}
	declared := definition.Arguments.ForName(argument)
	if declared == nil {
		return nil
	}
	if t := schema.Types[declared.Type.Name()]; t != nil && t.Kind == ast.Enum {
		return t
	}
	return nil
}
