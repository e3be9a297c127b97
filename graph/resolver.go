package graph

//go:generate sh -c "cd .. && go tool gqlgen generate"

import (
	"context"

	"authgraph/account"
	"authgraph/auth"
	"authgraph/graph/model"
)

// Resolver holds what the resolvers need.
type Resolver struct {
	accounts *account.Service
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
	users, err := r.accounts.UsersByID(ctx, who.Subject)
	if err != nil {
		return nil, err
	}
	if len(users) == 0 {
		return nil, auth.ErrSessionEnded // deleted since the token was checked
	}
	return users[0], nil
}

// signedIn turns a sign-in into its payload, and makes the account the caller for what is below it.
func signedIn(
	ctx context.Context, delivery model.TokenDelivery, signIn func() (*account.SignIn, error),
) (*model.AuthPayload, error) {
	if delivery != model.TokenDeliveryBody {
		return nil, &auth.Error{
			Code: auth.BadUserInput, Reason: auth.ValueInvalid, Field: "input.delivery",
			Message: "This server does not hand out cookies; see authOptions.delivery",
		}
	}
	s, err := signIn()
	if err != nil {
		return nil, spread(ctx, err)
	}
	auth.SignedIn(ctx, s.Principal)
	bearer, seconds := "Bearer", int(s.ExpiresIn.Seconds())
	return &model.AuthPayload{
		AccessToken: &s.AccessToken, TokenType: &bearer, ExpiresIn: &seconds, User: s.User, Session: s.Session,
		Pending: []model.PendingStep{}, SecondFactors: []model.FactorKind{},
	}, nil
}

func authOptions(registration bool) *model.AuthOptions {
	return &model.AuthOptions{
		Registration: registration, Password: true,
		PasswordMinLength: account.PasswordMinLength, PasswordMaxLength: account.PasswordMaxLength,
		Providers: []*model.Provider{}, Delivery: []model.TokenDelivery{model.TokenDeliveryBody},
		ErrorCodes: auth.Codes(), ErrorReasons: auth.Reasons(),
	}
}
