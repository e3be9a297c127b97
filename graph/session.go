package graph

import (
	"context"
	"errors"

	"authgraph/account"
	"authgraph/auth"
	"authgraph/graph/model"
	"authgraph/graph/reqctx"
)

// signedIn turns a sign-in into its payload, and makes the account the caller for what is below it.
func signedIn(
	ctx context.Context, delivery account.Delivery, signIn func() (*account.SignIn, error),
) (*model.AuthPayload, error) {
	if err := deliverable(ctx, delivery); err != nil {
		return nil, err
	}
	s, err := signIn()
	if err != nil {
		return nil, spread(ctx, ofInput(err))
	}
	return payloadOf(ctx, s), nil
}

// payloadOf delivers the refresh token as the session has it delivered.
func payloadOf(ctx context.Context, s *account.SignIn) *model.AuthPayload {
	auth.SignedIn(ctx, s.Principal)
	if x := reqctx.ExchangeOf(ctx); x != nil {
		x.SetDeviceToken(s.Mark)
	}
	bearer, seconds := "Bearer", int(s.ExpiresIn.Seconds())
	p := &model.AuthPayload{
		AccessToken: &s.AccessToken, TokenType: &bearer, ExpiresIn: &seconds, User: s.User, Session: s.Session,
		Pending: []model.PendingStep{}, SecondFactors: []model.FactorKind{},
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

func (r *Resolver) refresh(ctx context.Context, token *string) (*model.AuthPayload, error) {
	x := reqctx.ExchangeOf(ctx)
	given, byCookie := "", false
	switch {
	case token != nil:
		given = *token
	case x != nil:
		given, byCookie = x.RefreshToken, true
	}
	s, err := r.accounts.Refresh(ctx, given, reqctx.ClientOf(ctx))
	if err == nil {
		return payloadOf(ctx, s), nil
	}
	if byCookie && (errors.Is(err, account.ErrRefreshTokenInvalid) || errors.Is(err, account.ErrRefreshTokenReused)) {
		r.clearOwn(ctx, x)
	}
	return nil, err
}

// clearOwn has the browser forget its refresh token, unless another server of this host made it. Without the key to
// decide, the cookie is cleared: on a shared computer a cookie that is left signs the next person in.
func (r *Resolver) clearOwn(ctx context.Context, x *reqctx.Exchange) {
	if x.RefreshToken != "" {
		if own, err := r.accounts.MintedHere(ctx, x.RefreshToken); err == nil && !own {
			return
		}
	}
	x.ClearRefreshToken()
}

func (r *Resolver) logout(
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
	who, err := auth.From(ctx)
	if errors.Is(err, auth.ErrUnavailable) {
		return nil, err // whose session it is could not be found out: to say that none has ended would be false
	}
	ended, err := r.accounts.Logout(ctx, who, scope, reqctx.ClientOf(ctx), tokens...)
	if err != nil {
		return nil, err
	}
	// Who acts as another has no cookie of theirs, and may have one of their own.
	if acting := who != nil && who.Actor != ""; x != nil && !x.Foreign && !acting {
		r.clearOwn(ctx, x)
	}
	return &model.LogoutPayload{EndedSessionIds: ended}, nil
}

func (r *Resolver) revokeSession(ctx context.Context, id string) (*model.RevokeSessionPayload, error) {
	who, err := auth.From(ctx)
	if err != nil {
		return nil, err
	}
	session, err := r.accounts.RevokeSession(ctx, who, id, reqctx.ClientOf(ctx))
	if err != nil {
		return nil, err
	}
	return &model.RevokeSessionPayload{Session: session}, nil
}

func sessionConnection(ctx context.Context, u *account.User, p account.Page) (*model.SessionConnection, error) {
	p.Counted = selected(ctx, "totalCount")
	page, err := sessionsOf(ctx, u.ID, p)
	if err != nil {
		return nil, err
	}
	c := &model.SessionConnection{
		Edges:    []*model.SessionEdge{},
		PageInfo: &model.PageInfo{HasNextPage: page.HasNext, HasPreviousPage: page.HasPrev},
	}
	if p.Counted {
		c.TotalCount = counted(page.Total)
	}
	for _, s := range page.Sessions {
		c.Edges = append(c.Edges, &model.SessionEdge{Cursor: cursor(sessionCursor, s.ID), Node: s})
	}
	if n := len(c.Edges); n > 0 {
		c.PageInfo.StartCursor, c.PageInfo.EndCursor = &c.Edges[0].Cursor, &c.Edges[n-1].Cursor
	}
	return c, nil
}

func (r *Resolver) sessionEvents(ctx context.Context) (<-chan *account.SessionEvent, error) {
	who, err := auth.From(ctx)
	if err != nil {
		return nil, err
	}
	return r.events.Follow(ctx, who.Subject)
}
