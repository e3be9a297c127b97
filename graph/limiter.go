package graph

import (
	"context"
	"errors"
	"fmt"

	"github.com/99designs/gqlgen/graphql"

	"authgraph/account"
	"authgraph/auth"
)

// limiter counts each execution of a limited field, after the guard has let it pass. What is counted is counted before it is
// checked, so that of many at once no more pass than may.
type limiter struct {
	accounts *account.Service
	memory   *counter
	refused  func(field, by string)
}

// execution is one that counts, and against whom.
type execution struct {
	rule rateLimit
	who  string
}

// intercept stands around a field that has these limits.
func (l *limiter) intercept(ctx context.Context, next graphql.Resolver, limits *fieldLimits) (any, error) {
	fc := graphql.GetFieldContext(ctx)
	all, refused := l.count(ctx, limits.memory)
	if refused != nil {
		return nil, refused
	}
	ctx, err := l.account(ctx, fc, limits)
	if err != nil {
		return nil, l.noted(fc, err)
	}
	result, err := next(ctx)
	if errors.Is(err, &auth.Error{Code: auth.Overloaded}) { // nothing was done
		for _, c := range all {
			l.memory.take(c.rule.key(), c.who)
		}
	}
	return result, l.noted(fc, err)
}

// noted tells the metrics of an execution that was one too many for an account.
func (l *limiter) noted(fc *graphql.FieldContext, err error) error {
	if errors.Is(err, &auth.Error{Code: auth.RateLimited}) {
		l.refused(fc.Object+"."+fc.Field.Name, string(byAccount))
	}
	return err
}

// key parts the counts of rules: several may stand on one field.
func (r rateLimit) key() string { return fmt.Sprint(r.Of, r.by, r.Most, r.Window) }

// count counts by address and by session.
func (l *limiter) count(ctx context.Context, rules []rateLimit) (all []execution, refused error) {
	for _, rule := range rules {
		c := execution{rule, clientOf(ctx).Network()}
		if rule.by == bySession {
			if c.who = sessionOf(ctx); c.who == "" {
				return nil, auth.ErrForbidden // the guard lets nobody without a session come here
			}
		}
		all = append(all, c)
		if n, left := l.memory.add(rule.key(), c.who, rule.Window); n > rule.Most {
			l.refused(rule.Of, string(rule.by))
			refused = account.RateLimited(left)
		}
	}
	return all, refused
}

// afterAdmission are the fields whose use case counts by itself, once it has a place in the queue of hashes.
var afterAdmission = map[string]bool{"Mutation.login": true, "Mutation.register": true}

// account counts by account, or leaves it to the use case.
func (l *limiter) account(ctx context.Context, fc *graphql.FieldContext, limits *fieldLimits) (context.Context, error) {
	if len(limits.account) == 0 {
		return ctx, nil
	}
	if afterAdmission[fc.Object+"."+fc.Field.Name] {
		return account.WithLimits(ctx, limits.account), nil
	}
	subject, err := subjectOf(ctx, fc, limits.email)
	if err != nil || subject == "" {
		return ctx, err // "": what is no address is refused by the field itself
	}
	_, err = l.accounts.CountAttempt(ctx, limits.account, subject)
	return ctx, err
}

// subjectOf is the account that an execution is about: the one that an argument names, or the caller's.
func subjectOf(ctx context.Context, fc *graphql.FieldContext, email []string) (string, error) {
	if email == nil {
		who, err := auth.From(ctx)
		if err != nil {
			return "", err
		}
		return account.UserSubject(who.Subject), nil
	}
	var value any = fc.Field.ArgumentMap(graphql.GetOperationContext(ctx).Variables)
	for _, name := range email {
		members, _ := value.(map[string]any)
		value = members[name]
	}
	typed, _ := value.(string)
	return account.EmailSubject(typed), nil
}
