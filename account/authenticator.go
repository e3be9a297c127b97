package account

import (
	"context"
	"errors"

	"authgraph/auth"
)

// Authenticator decides whether an access token counts on this server: a good token whose session has not ended.
// What the caller may do is read from the account, never from the token, so that a change takes effect at once.
type Authenticator struct {
	Tokens auth.Authenticator
	Store  Store
}

// Authenticate implements auth.Authenticator.
func (a *Authenticator) Authenticate(ctx context.Context, token string) (*auth.Principal, error) {
	said, err := a.Tokens.Authenticate(ctx, token)
	if err != nil {
		return nil, err
	}
	standing, err := a.Store.Standing(ctx, said.Session)
	switch {
	case errors.Is(err, ErrNotFound):
		return nil, auth.ErrSessionEnded
	case err != nil:
		return nil, auth.ErrUnavailable.Because(err)
	case standing.Session.EndedAt != nil || standing.Expired || standing.User.SuspendedAt != nil,
		standing.User.ID != said.Subject:
		return nil, auth.ErrSessionEnded
	}
	p := principal(&standing.User, &standing.Session)
	p.TokenID, p.ClientID, p.IssuedAt, p.ExpiresAt = said.TokenID, said.ClientID, said.IssuedAt, said.ExpiresAt
	return p, nil
}
