package ratelimit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"authgraph/account"
	"authgraph/auth"
	"authgraph/graph/reqctx"
)

// Limiter counts each execution of a limited field, after the guard has let it pass. Counting and checking are one step,
// so that of many executions at once no more pass than may.
type Limiter struct {
	accounts *account.Service
	sessions *counter
	refusals *allowance // sign-ins that were refused: OVERLOADED, or RATE_LIMITED by account
	now      func() time.Time
	refused  func(field, by string)
}

// maxRefusals is the number of a client's sign-ins that may be refused within the window, in a budget of its own: they do not use up the limits by
// address. Above it, sign-ins are refused before any hashing, statement or place in the queue.
const (
	maxRefusals   = 60
	refusalWindow = time.Minute
)

// NewLimiter returns a limiter that calls refused for each refusal.
func NewLimiter(accounts *account.Service, now func() time.Time, refused func(field, by string)) *Limiter {
	return &Limiter{accounts, newCounter(now), newAllowance(maxRefusals, refusalWindow, now), now, refused}
}

// Field returns the interceptor of a field with these limits.
func (l *Limiter) Field(limits *FieldLimits) func(context.Context, graphql.Resolver) (any, error) {
	var byAddresses []*allowance
	for _, rule := range limits.address {
		byAddresses = append(byAddresses, newAllowance(rule.Max, rule.Window, l.now))
	}
	return func(ctx context.Context, next graphql.Resolver) (any, error) {
		return l.intercept(ctx, next, limits, byAddresses)
	}
}

func (l *Limiter) intercept(
	ctx context.Context, next graphql.Resolver, limits *FieldLimits, byAddresses []*allowance,
) (any, error) {
	fc := graphql.GetFieldContext(ctx)
	coordinate := fc.Object + "." + fc.Field.Name
	signIn := afterAdmission[coordinate]

	// 1. Determine what is counted by. The MAC of a device cookie is checked, no statement is made.
	c, err := l.caller(ctx, fc, limits, signIn)
	if err != nil {
		return nil, err
	}

	// 2. Refuse a client that continues after too many refusals.
	if remaining, open := l.refusals.open(c); signIn && !open {
		l.refused(coordinate, string(byAddress))
		return nil, account.RateLimited(remaining)
	}

	// 3. Count by address and by session, in memory.
	if err := l.count(ctx, coordinate, limits, byAddresses, c); err != nil {
		return nil, err
	}

	// 4. Count by account, in the database, or leave that to the use case.
	if err := l.account(ctx, fc, limits); err != nil {
		return nil, l.countRefusal(coordinate, err)
	}

	// 5. Execute. A sign-in that was refused gives its unit back and counts as a refusal.
	result, err := next(ctx)
	if signIn && wasRefused(err) {
		for _, a := range byAddresses {
			a.giveBack(c)
		}
		l.refusals.take(c)
	}
	return result, l.countRefusal(coordinate, err)
}

// wasRefused reports whether nothing was tried.
func wasRefused(err error) bool {
	return errors.Is(err, &auth.Error{Code: auth.Overloaded}) || errors.Is(err, &auth.Error{Code: auth.RateLimited})
}

// caller returns what an execution by address is counted by.
func (l *Limiter) caller(
	ctx context.Context, fc *graphql.FieldContext, limits *FieldLimits, signIn bool,
) (c caller, err error) {
	client := reqctx.ClientOf(ctx)
	c.path = client.Path()
	if signIn && client.DeviceToken != "" && limits.email != nil {
		c.device, err = l.accounts.KnownDevice(ctx, typedEmail(ctx, fc, limits.email), client)
	}
	return c, err
}

// countRefusal counts an execution in the metrics if its account was refused, and returns err.
func (l *Limiter) countRefusal(coordinate string, err error) error {
	if errors.Is(err, &auth.Error{Code: auth.RateLimited}) {
		l.refused(coordinate, string(byAccount))
	}
	return err
}

// count counts by address and by session.
func (l *Limiter) count(
	ctx context.Context, coordinate string, limits *FieldLimits, byAddresses []*allowance, c caller,
) (refused error) {
	for _, a := range byAddresses {
		if remaining, ok := a.take(c); !ok {
			l.refused(coordinate, string(byAddress))
			refused = account.RateLimited(remaining)
		}
	}
	for _, rule := range limits.session {
		principal, err := auth.From(ctx)
		if err != nil || principal.Session == "" {
			return auth.ErrForbidden // the guard lets no caller without a session come here
		}
		if n, remaining := l.sessions.add(rule.key(), principal.Session, rule.Window); n > rule.Max {
			l.refused(coordinate, string(bySession))
			refused = account.RateLimited(remaining)
		}
	}
	return refused
}

// key separates the counts of rules: several may stand on one field.
func (r rateLimit) key() string { return fmt.Sprint(r.Field, r.by, r.Max, r.Window) }

// afterAdmission are the fields whose use case counts by account itself, after the admission to the hashing queue.
var afterAdmission = map[string]bool{
	"Mutation.login": true, "Mutation.register": true, "Mutation.changePassword": true, "Mutation.reauthenticate": true,
	"Mutation.resetPassword": true,
}

// account counts by account, or leaves it to the use case.
func (l *Limiter) account(ctx context.Context, fc *graphql.FieldContext, limits *FieldLimits) error {
	if afterAdmission[fc.Object+"."+fc.Field.Name] {
		return nil
	}
	if len(limits.caller) > 0 {
		caller, err := auth.From(ctx)
		if err != nil {
			return auth.ErrForbidden // the guard lets no anonymous client come here
		}
		client := reqctx.ClientOf(ctx)
		if err := l.accounts.CountAttempt(ctx, limits.caller, account.UserSubject(caller.Subject), client.Path()); err != nil {
			return err
		}
	}
	if len(limits.account) == 0 {
		return nil
	}
	subject, err := subjectOf(ctx, fc, limits.email)
	if err != nil || subject == "" {
		return err // "": an invalid address is refused by the field itself
	}
	return l.accounts.CountAttempt(ctx, limits.account, subject, reqctx.ClientOf(ctx).Path())
}

// subjectOf returns the account that an execution is about: named by an argument, or the caller's.
func subjectOf(ctx context.Context, fc *graphql.FieldContext, email []string) (string, error) {
	if email == nil {
		principal, err := auth.From(ctx)
		if err != nil {
			return "", err
		}
		return account.UserSubject(principal.Subject), nil
	}
	return account.EmailSubject(typedEmail(ctx, fc, email)), nil
}

// typedEmail returns the address at the path of an argument.
func typedEmail(ctx context.Context, fc *graphql.FieldContext, path []string) string {
	var value any = fc.Field.ArgumentMap(graphql.GetOperationContext(ctx).Variables)
	for _, name := range path {
		members, _ := value.(map[string]any)
		value = members[name]
	}
	typed, _ := value.(string)
	return typed
}
