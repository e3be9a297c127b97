package auth

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
)

type callerKey struct{}

// caller is the result of the middleware: a principal, or the reason why the caller is anonymous.
type caller struct {
	caller *Principal
	err    error
	// outer is the request's caller until a field that may sign in has done so.
	outer *caller
	field *graphql.FieldContext // the field that may sign in
	// live returns the present caller at each call, if the context outlives a request.
	live func() (*Principal, error)
}

// From returns the caller. For an anonymous caller it returns a *Error with code UNAUTHENTICATED and its
// reason, or SERVICE_UNAVAILABLE if the token could not be checked. Below a field that has just signed in, the caller is
// the new session's account.
func From(ctx context.Context) (*Principal, error) {
	c, ok := ctx.Value(callerKey{}).(*caller)
	if !ok {
		return nil, ErrTokenMissing
	}
	for c.caller == nil && c.outer != nil {
		c = c.outer
	}
	if c.live != nil {
		return c.live()
	}
	switch {
	case c.caller != nil:
		return c.caller, nil
	case c.err == nil: // With(ctx, nil): a resolver that checks only the error must not continue without a caller
		return nil, ErrTokenMissing
	default:
		return nil, c.err
	}
}

// With returns a context in which p is calling.
func With(ctx context.Context, p *Principal) context.Context {
	return context.WithValue(ctx, callerKey{}, &caller{caller: p})
}

// WithAnonymous returns a context whose caller is anonymous for the reason err.
func WithAnonymous(ctx context.Context, err error) context.Context {
	return context.WithValue(ctx, callerKey{}, &caller{err: err})
}

// WithLive returns a context in which live says who is calling, each time that it is asked: a stream outlasts rights
// and sessions. live must return a caller or an error.
func WithLive(ctx context.Context, live func() (*Principal, error)) context.Context {
	return context.WithValue(ctx, callerKey{}, &caller{live: live})
}

// SignedIn makes p the caller for the fields below the root field whose resolver calls it, and for no others: each
// alias of a login is seen with the eyes of the account that it signed in. It reports false, and changes
// nothing, where no guard stands around the field, and in a field that is no root field: what is below stays denied.
func SignedIn(ctx context.Context, p *Principal) bool {
	c, ok := ctx.Value(callerKey{}).(*caller)
	if !ok || c.outer == nil || c.field != graphql.GetFieldContext(ctx) {
		return false
	}
	c.caller = p
	return true
}

// withSignIn prepares ctx for SignedIn.
func withSignIn(ctx context.Context) context.Context {
	outer, ok := ctx.Value(callerKey{}).(*caller)
	if !ok {
		outer = &caller{err: ErrTokenMissing}
	}
	return context.WithValue(ctx, callerKey{}, &caller{outer: outer, field: graphql.GetFieldContext(ctx)})
}
