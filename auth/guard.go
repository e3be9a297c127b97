package auth

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Guard enforces the policy of a gqlgen server. It is a handler extension: give it to Server.Use. It puts itself into the
// context, where Directive and Public find it. It is also the second line behind them: it decides on each field before the
// field's directives run. Rules of objects need that, because gqlgen runs an object's directive on the fields that return
// the object, and not on the object's own fields. A server whose gqlgen.yml skips the directive needs it for every rule.
type Guard struct {
	policy *Policy
	schema *ast.Schema
	now    func() time.Time
	checks []Check

	explains bool // refusals have an Explanation
	byRole   bool // but not those of fields that Surface hides from the caller
}

// GuardOption changes a Guard.
type GuardOption func(*Guard)

// WithGuardClock gives the guard another clock than the machine's, for `maxAge`.
func WithGuardClock(now func() time.Time) GuardOption {
	return func(g *Guard) { g.now = now }
}

// NewGuard compiles the rules of schema. The error names every root field that is neither guarded nor public, and
// every rule that could not be kept; a server must not start with it.
func NewGuard(schema *ast.Schema, options ...GuardOption) (*Guard, error) {
	policy, err := NewPolicy(schema)
	if err != nil {
		return nil, err
	}
	g := &Guard{policy: policy, schema: schema, now: time.Now}
	for _, option := range options {
		option(g)
	}
	if err := policy.Check(schema, g.checks...); err != nil {
		return nil, err
	}
	return g, nil
}

// Policy returns what the guard goes by.
func (g *Guard) Policy() *Policy { return g.policy }

var _ interface {
	graphql.HandlerExtension
	graphql.OperationInterceptor
	graphql.FieldInterceptor
	graphql.ResponseInterceptor
} = (*Guard)(nil)

// ExtensionName implements graphql.HandlerExtension.
func (g *Guard) ExtensionName() string { return "AuthGuard" }

// Validate implements graphql.HandlerExtension: a guard serves the schema that it was made for and no other.
func (g *Guard) Validate(schema graphql.ExecutableSchema) error {
	if schema.Schema() != g.schema {
		return errors.New("the guard was made for another schema")
	}
	return nil
}

type guardKey struct{}

// InterceptOperation implements graphql.OperationInterceptor. A subscription whose event was refused is over.
func (g *Guard) InterceptOperation(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	ctx = context.WithValue(ctx, guardKey{}, g)
	if op := graphql.GetOperationContext(ctx); op.Operation == nil || op.Operation.Operation != ast.Subscription {
		return next(ctx)
	}
	s := &stream{}
	ctx, cancel := context.WithCancel(context.WithValue(ctx, streamKey{}, s))
	events := next(ctx)
	return func(ctx context.Context) *graphql.Response {
		if s.over {
			return nil
		}
		event := events(ctx)
		if event == nil || s.over {
			cancel()
		}
		return event
	}
}

// InterceptField implements graphql.FieldInterceptor. It runs outside of the field's directives.
func (g *Guard) InterceptField(ctx context.Context, next graphql.Resolver) (any, error) {
	fc := graphql.GetFieldContext(ctx)
	a := g.policy.fields[coordinate{fc.Object, fc.Field.Name}]
	if a == nil {
		return nil, ErrForbidden.GraphQL()
	}
	if len(a.rules) > 0 {
		var object any
		if fc.Parent != nil {
			object = fc.Parent.Result
		}
		if refused := g.decide(ctx, a, object); refused != nil {
			return nil, g.explain(ctx, coordinate{fc.Object, fc.Field.Name}, refused).GraphQL()
		}
	}
	if a.at.mutation {
		ctx = withSignIn(ctx)
	}
	return next(ctx)
}

// Visible reports whether the caller may see object, which is of the named type: whether a rule on the type holds,
// where there are any. It serves fields that find an object by its id, so that what may not be seen and what does
// not exist are answered alike.
func Visible(ctx context.Context, typeName string, object any) bool {
	g, ok := ctx.Value(guardKey{}).(*Guard)
	if !ok {
		return false
	}
	rules, known := g.policy.objects[typeName]
	if !known {
		return false
	}
	return len(rules) == 0 || g.decide(ctx, &access{rules: rules}, object) == nil
}

// ErrFieldNotFound is the refusal of Can for a field that does not exist.
var ErrFieldNotFound = &Error{Code: NotFound, Message: "There is no such field"}

// Can returns the error that using a field would be refused with; nil if the caller may use it. field is
// a schema coordinate such as "User.email". object is the object of the field, nil if unknown.
func Can(ctx context.Context, field string, object any) *Error {
	g, ok := ctx.Value(guardKey{}).(*Guard)
	if !ok {
		return ErrForbidden
	}
	name, on, _ := strings.Cut(field, ".")
	a := g.policy.fields[coordinate{name, on}]
	switch {
	case a == nil:
		return ErrFieldNotFound
	case len(a.rules) == 0:
		return nil
	}
	return g.decide(ctx, a, object)
}

// decide returns nil if one of the rules of a holds for the caller. Otherwise it returns what is missing.
func (g *Guard) decide(ctx context.Context, a *access, object any) *Error {
	caller, err := From(ctx)
	if err != nil {
		if ctx.Value(callerKey{}) == nil {
			noMiddleware.report(withoutMiddleware)
		}
		return refusalOf(err)
	}
	return a.refusal(caller, object, g.now)
}

// refusal returns nil if one of the rules holds for who. Otherwise it returns the refusal that helps most: a step that
// would open the field rather than FORBIDDEN.
func (a *access) refusal(caller *Principal, object any, now func() time.Time) *Error {
	best := ErrForbidden
	for i := range a.rules {
		refused := a.rules[i].refusal(caller, object, a.at, now)
		if refused == nil {
			return nil
		}
		if refused != ErrForbidden {
			best = refused
		}
	}
	if best == ErrStepPending {
		best = &Error{Code: best.Code, Message: best.Message, Pending: caller.Pending}
	}
	return best
}

// refusalOf turns the reason for a missing caller into a refusal. An importing server's Authenticator may return any error,
// which then means an invalid token.
func refusalOf(err error) *Error {
	var refused *Error
	if errors.As(err, &refused) {
		return refused
	}
	return ErrTokenInvalid.Because(err)
}
