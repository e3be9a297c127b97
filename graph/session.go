package graph

import (
	"context"
	"errors"

	"authgraph/account"
	"authgraph/auth"
	"authgraph/graph/model"
	"authgraph/graph/reqctx"
)

// Register implements generated.MutationResolver.
func (r *mutationResolver) Register(ctx context.Context, input model.RegisterInput) (*model.AuthPayload, error) {
	in := account.Registration{
		Email: input.Email, Password: input.Password, DisplayName: input.DisplayName, Delivery: input.Delivery,
	}
	return signedIn(ctx, "input", input.Delivery, func() (*account.SignIn, error) {
		return r.accounts.Register(ctx, in, reqctx.ClientOf(ctx), r.registerLimits)
	})
}

// Login implements generated.MutationResolver.
func (r *mutationResolver) Login(ctx context.Context, input model.LoginInput) (*model.AuthPayload, error) {
	return signedIn(ctx, "input", input.Delivery, func() (*account.SignIn, error) {
		return r.accounts.Login(ctx, input.Email, input.Password, input.Delivery, reqctx.ClientOf(ctx), r.loginLimits)
	})
}

// signedIn turns a sign-in into its payload, and makes the account the caller for what is below it. argument is the argument
// that has the input's fields; "" if they are arguments themselves.
func signedIn(
	ctx context.Context, argument string, delivery account.Delivery, signIn func() (*account.SignIn, error),
) (*model.AuthPayload, error) {
	if err := deliverable(ctx, delivery); err != nil {
		return nil, belowArgument(argument, err)
	}
	s, err := signIn()
	if err != nil {
		return nil, addAllButLast(ctx, belowArgument(argument, err))
	}
	return payloadOf(ctx, s), nil
}

// payloadOf delivers the refresh token as the session has it delivered.
func payloadOf(ctx context.Context, s *account.SignIn) *model.AuthPayload {
	auth.SignedIn(ctx, s.Principal)
	if x := reqctx.ExchangeOf(ctx); x != nil {
		x.SetDeviceToken(s.DeviceToken)
	}
	bearer, seconds := "Bearer", int(s.ExpiresIn.Seconds())
	p := &model.AuthPayload{
		AccessToken: &s.AccessToken, TokenType: &bearer, ExpiresIn: &seconds, User: s.User, Session: s.Session,
		Pending: []account.PendingStep{}, SecondFactors: []model.FactorKind{},
	}
	if steps := s.Session.Pending; len(steps) > 0 {
		p.User, p.Session, p.Pending = nil, nil, steps
		if x := reqctx.ExchangeOf(ctx); x != nil && s.Session.Delivery == account.DeliverCookie {
			x.ClearRefreshToken() // the cookie of an earlier session would outlast the steps
		}
	}
	if s.RefreshToken == "" {
		return p
	}
	if s.Session.Delivery != account.DeliverCookie {
		p.RefreshToken = &s.RefreshToken
	} else if x := reqctx.ExchangeOf(ctx); x != nil {
		x.SetRefreshToken(s.RefreshToken, s.Session)
	}
	return p
}

// Refresh implements generated.MutationResolver.
func (r *mutationResolver) Refresh(ctx context.Context, token *string) (*model.AuthPayload, error) {
	x := reqctx.ExchangeOf(ctx)
	refreshToken, byCookie := "", false
	switch {
	case token != nil:
		refreshToken = *token
	case x != nil:
		refreshToken, byCookie = x.RefreshToken, true
	}
	s, err := r.accounts.Refresh(ctx, refreshToken, reqctx.ClientOf(ctx))
	if err == nil {
		return payloadOf(ctx, s), nil
	}
	if byCookie && !errors.Is(err, account.ErrSessionReplaced) && (errors.Is(err, account.ErrRefreshTokenInvalid) || errors.Is(err, account.ErrRefreshTokenReused)) {
		r.clearOwn(ctx, x)
	}
	return nil, err
}

// clearOwn has the browser forget its refresh token, unless another server of this host made it. Without the key to
// decide, the cookie is cleared: on a shared computer a cookie that is left signs the next person in.
func (r *mutationResolver) clearOwn(ctx context.Context, x *reqctx.Exchange) {
	if x.RefreshToken != "" {
		if own, err := r.accounts.MintedHere(ctx, x.RefreshToken); err == nil && !own {
			return
		}
	}
	x.ClearRefreshToken()
}

// Logout implements generated.MutationResolver.
func (r *mutationResolver) Logout(
	ctx context.Context, scope account.LogoutScope, token *string,
) (*model.LogoutPayload, error) {
	var tokens []string
	if token != nil {
		tokens = append(tokens, *token)
	}
	x := reqctx.ExchangeOf(ctx)
	if x != nil {
		tokens = append(tokens, x.RefreshToken)
	}
	caller, err := auth.From(ctx)
	if errors.Is(err, auth.ErrUnavailable) {
		return nil, err // whose session it is could not be found out: to say that none has ended would be false
	}
	ended, err := r.accounts.Logout(ctx, caller, scope, reqctx.ClientOf(ctx), tokens...)
	if err != nil {
		return nil, err
	}
	// An impersonator has no cookie of the account, and may have their own.
	if acting := caller != nil && caller.Actor != ""; x != nil && !x.Foreign && !acting {
		r.clearOwn(ctx, x)
	}
	return &model.LogoutPayload{EndedSessionIds: ended}, nil
}

// RevokeSession implements generated.MutationResolver.
func (r *mutationResolver) RevokeSession(ctx context.Context, id string) (*model.RevokeSessionPayload, error) {
	caller, err := auth.From(ctx)
	if err != nil {
		return nil, err
	}
	session, err := r.accounts.RevokeSession(ctx, caller, id, reqctx.ClientOf(ctx))
	if err != nil {
		return nil, err
	}
	return &model.RevokeSessionPayload{Session: session}, nil
}

// SessionEvents implements generated.SubscriptionResolver.
func (r *subscriptionResolver) SessionEvents(ctx context.Context) (<-chan *account.SessionEvent, error) {
	caller, err := auth.From(ctx)
	if err != nil {
		return nil, err
	}
	return r.events.Follow(ctx, caller.Subject)
}

// Current implements generated.SessionResolver.
func (r *sessionResolver) Current(ctx context.Context, s *account.Session) (bool, error) {
	return s.ID == sessionOf(ctx), nil
}

// Impersonator implements generated.SessionResolver.
func (r *sessionResolver) Impersonator(ctx context.Context, s *account.Session) (*account.User, error) {
	return impersonator(ctx, s)
}

// Sessions implements generated.UserResolver.
func (r *userResolver) Sessions(
	ctx context.Context, u *account.User, first *int, after *string, last *int, before *string,
) (*model.SessionConnection, error) {
	p, err := sessionPageOf(first, after, last, before)
	if err != nil {
		return nil, err
	}
	p.Counted = selected(ctx, "totalCount")
	page, err := sessionsOf(ctx, u.ID, p)
	if err != nil {
		return nil, err
	}
	c := &model.SessionConnection{}
	c.Edges, c.PageInfo = connect(page.Sessions, page.HasNext, page.HasPrev,
		func(s *account.Session) string { return cursor(sessionCursor, s.ID) },
		func(cursor string, s *account.Session) *model.SessionEdge {
			return &model.SessionEdge{Cursor: cursor, Node: s}
		})
	if p.Counted {
		c.TotalCount = counted(page.Total)
	}
	return c, nil
}
