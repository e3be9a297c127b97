package graph

//go:generate sh -c "cd .. && go tool gqlgen generate"

import (
	"context"
	"errors"

	"authgraph/account"
	"authgraph/account/feed"
	"authgraph/auth"
	"authgraph/graph/generated"
	"authgraph/graph/model"
)

// Resolver holds what the resolvers need.
type Resolver struct {
	accounts *account.Service
	reader   account.Reader
	events   *feed.Sessions
	feed     *feed.Revocations
	memory   *account.SessionCache
	policy   *auth.Policy

	// Limits by account, which Login and Register count by themselves.
	loginLimits, registerLimits []account.Limit

	resetLimits    []account.Limit        // limits of resetPassword by request
	passwordLimits account.PasswordLimits // limits of fields that take the caller's password

	longestField int // length of the policy's longest coordinate, in bytes; `can` refuses longer names

	log         account.AuditLog
	auditStream *feed.Audit
}

// The resolvers of each type are views of the same Resolver, so that gqlgen's calls for them allocate nothing.
type (
	auditEventResolver   Resolver
	mutationResolver     Resolver
	queryResolver        Resolver
	sessionResolver      Resolver
	subscriptionResolver Resolver
	userResolver         Resolver
)

// AuditEvent implements generated.ResolverRoot.
func (r *Resolver) AuditEvent() generated.AuditEventResolver { return (*auditEventResolver)(r) }

// Mutation implements generated.ResolverRoot.
func (r *Resolver) Mutation() generated.MutationResolver { return (*mutationResolver)(r) }

// Query implements generated.ResolverRoot.
func (r *Resolver) Query() generated.QueryResolver { return (*queryResolver)(r) }

// Session implements generated.ResolverRoot.
func (r *Resolver) Session() generated.SessionResolver { return (*sessionResolver)(r) }

// Subscription implements generated.ResolverRoot.
func (r *Resolver) Subscription() generated.SubscriptionResolver { return (*subscriptionResolver)(r) }

// User implements generated.ResolverRoot.
func (r *Resolver) User() generated.UserResolver { return (*userResolver)(r) }

// sessionOf returns the id of the caller's session, or "" for an anonymous client.
func sessionOf(ctx context.Context) string {
	caller, err := auth.From(ctx)
	if err != nil {
		return ""
	}
	return caller.Session
}

// Me implements generated.QueryResolver.
func (r *queryResolver) Me(ctx context.Context) (*account.User, error) {
	caller, err := auth.From(ctx)
	if err != nil {
		return nil, err
	}
	user, err := r.memory.User(ctx, caller.Subject)
	if errors.Is(err, account.ErrNotFound) {
		return nil, auth.ErrSessionEnded // deleted since the token was checked
	}
	return user, err
}

// AuthOptions implements generated.QueryResolver.
func (r *queryResolver) AuthOptions(context.Context) (*model.AuthOptions, error) {
	return &model.AuthOptions{
		Registration: r.accounts.Registration(), Password: true,
		PasswordMinLength: account.PasswordMinLength, PasswordMaxLength: account.PasswordMaxLength,
		Providers: []*model.Provider{}, Delivery: []account.Delivery{account.DeliverBody, account.DeliverCookie},
		ErrorCodes: auth.Codes(), ErrorReasons: auth.Reasons(),
	}, nil
}
