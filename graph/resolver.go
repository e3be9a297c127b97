package graph

//go:generate sh -c "cd .. && go tool gqlgen generate"

import (
	"context"
	"errors"

	"authgraph/account"
	"authgraph/account/feed"
	"authgraph/auth"
	"authgraph/graph/model"
)

// Resolver holds what the resolvers need.
type Resolver struct {
	accounts *account.Service
	events   *feed.Sessions
	feed     *feed.Revocations
	memory   *account.Memory
	policy   *auth.Policy

	// Limits by account, which Login and Register count by themselves.
	loginLimits, registerLimits []account.Limit

	longestField int // of the policy's coordinates, in bytes: no name that `can` is asked about is longer

	log         account.AuditLog
	auditStream *feed.Audit
}

// sessionOf returns the id of the caller's session, or "" for nobody.
func sessionOf(ctx context.Context) string {
	who, err := auth.From(ctx)
	if err != nil {
		return ""
	}
	return who.Session
}

func (r *Resolver) me(ctx context.Context) (*account.User, error) {
	who, err := auth.From(ctx)
	if err != nil {
		return nil, err
	}
	user, err := r.memory.User(ctx, who.Subject)
	if errors.Is(err, account.ErrNotFound) {
		return nil, auth.ErrSessionEnded // deleted since the token was checked
	}
	return user, err
}

func authOptions(registration bool) *model.AuthOptions {
	return &model.AuthOptions{
		Registration: registration, Password: true,
		PasswordMinLength: account.PasswordMinLength, PasswordMaxLength: account.PasswordMaxLength,
		Providers: []*model.Provider{}, Delivery: []account.Delivery{account.DeliverBody, account.DeliverCookie},
		ErrorCodes: auth.Codes(), ErrorReasons: auth.Reasons(),
	}
}
