package graph

import (
	"context"

	"authgraph/account"
	"authgraph/auth"
	"authgraph/graph/model"
	"authgraph/graph/reqctx"
)

// UpdateProfile implements generated.MutationResolver.
func (r *mutationResolver) UpdateProfile(ctx context.Context, in model.UpdateProfileInput) (*model.UserPayload, error) {
	by, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	var c account.UserChange
	if name, set := in.DisplayName.ValueOK(); set {
		c.DisplayName = &name
	}
	if locale, set := in.Locale.ValueOK(); set {
		c.Locale = &locale
	}
	user, err := r.accounts.UpdateProfile(ctx, by, c)
	if err != nil {
		return nil, addAllButLast(ctx, belowArgument("input", err))
	}
	return &model.UserPayload{User: user}, nil
}

// ChangePassword implements generated.MutationResolver.
func (r *mutationResolver) ChangePassword(ctx context.Context, current, next string) (*model.AuthPayload, error) {
	return r.continued(ctx, func(by account.Caller, _ *account.Session) (*account.SignIn, error) {
		return r.accounts.ChangePassword(ctx, by, current, next, r.passwordLimits)
	})
}

// Reauthenticate implements generated.MutationResolver.
func (r *mutationResolver) Reauthenticate(ctx context.Context, password string) (*model.AuthPayload, error) {
	return r.continued(ctx, func(by account.Caller, _ *account.Session) (*account.SignIn, error) {
		return r.accounts.Reauthenticate(ctx, by, password, r.passwordLimits)
	})
}

// RequestPasswordReset implements generated.MutationResolver.
func (r *mutationResolver) RequestPasswordReset(ctx context.Context, email string, locale *string) (*model.Acknowledged, error) {
	return r.acknowledged(ctx, func(client account.Client) (string, error) {
		return r.accounts.RequestPasswordReset(ctx, account.MailRequest{Email: email, Locale: locale}, client)
	})
}

// acknowledged runs a use case that mails a code to an address, and binds the code to the browser that asked.
func (r *mutationResolver) acknowledged(
	ctx context.Context, do func(account.Client) (requestID string, err error),
) (*model.Acknowledged, error) {
	if err := overPost(ctx); err != nil {
		return nil, err
	}
	x := reqctx.ExchangeOf(ctx)
	if x.Browser && x.Foreign {
		return nil, reqctx.ErrForeignOrigin // the browser would not keep the cookie that binds the code
	}
	x.BindRequest()
	id, err := do(reqctx.ClientOf(ctx))
	if err != nil {
		return nil, addAllButLast(ctx, err)
	}
	return &model.Acknowledged{Ok: true, RequestID: &id}, nil
}

// ResetPassword implements generated.MutationResolver.
func (r *mutationResolver) ResetPassword(
	ctx context.Context, token, requestID, code *string, newPassword string, delivery account.Delivery,
) (*model.AuthPayload, error) {
	return signedIn(ctx, "", delivery, func() (*account.SignIn, error) {
		p := account.Presented{Token: token, RequestID: requestID, Code: code}
		return r.accounts.ResetPassword(ctx, p, newPassword, delivery, reqctx.ClientOf(ctx), r.resetLimits)
	})
}

// DeleteAccount implements generated.MutationResolver.
func (r *mutationResolver) DeleteAccount(ctx context.Context) (*model.DeleteAccountPayload, error) {
	by, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	if err := overPost(ctx); err != nil {
		return nil, err
	}
	at, err := r.accounts.RequestDeletion(ctx, by)
	if err != nil {
		return nil, err
	}
	if x := reqctx.ExchangeOf(ctx); x != nil && !x.Foreign {
		r.clearOwn(ctx, x)
	}
	return &model.DeleteAccountPayload{ErasedAt: at}, nil
}

// RestoreAccount implements generated.MutationResolver.
func (r *mutationResolver) RestoreAccount(ctx context.Context) (*model.AuthPayload, error) {
	return r.continued(ctx, func(by account.Caller, present *account.Session) (*account.SignIn, error) {
		return r.accounts.RestoreAccount(ctx, by, present)
	})
}

// continued runs a use case that replaces the caller's session, and returns the payload of the session that continues it. It
// refuses, before anything is done, a transport that can't deliver the session's refresh tokens.
func (r *mutationResolver) continued(
	ctx context.Context, do func(by account.Caller, present *account.Session) (*account.SignIn, error),
) (*model.AuthPayload, error) {
	by, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	if err := overPost(ctx); err != nil {
		return nil, err
	}
	present, err := r.memory.Session(ctx, by.SessionID)
	if err != nil {
		return nil, err
	}
	if err := deliverable(ctx, present.Delivery); err != nil {
		return nil, err
	}
	s, err := do(by, present)
	if err != nil {
		return nil, addAllButLast(ctx, err)
	}
	return payloadOf(ctx, s), nil
}

// overPost refuses sockets and event streams, before anything is done. The field ends the caller's session, which would close
// them before the answer is sent; or it sets a cookie.
func overPost(ctx context.Context) error {
	if reqctx.ExchangeOf(ctx) == nil {
		return &auth.Error{Code: auth.BadUserInput, Reason: auth.ValueInvalid, Message: "Send this mutation as a POST request of its own"}
	}
	return nil
}

// caller returns the caller of a change of the own account.
func caller(ctx context.Context) (account.Caller, error) {
	principal, err := auth.From(ctx)
	if err != nil {
		return account.Caller{}, err
	}
	return account.CallerOf(principal, reqctx.ClientOf(ctx)), nil
}
