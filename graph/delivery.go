package graph

import (
	"context"

	"authgraph/account"
	"authgraph/auth"
	"authgraph/graph/reqctx"
)

// deliverable reports whether a refresh token can be delivered so, before anything is done.
func deliverable(ctx context.Context, d account.Delivery) error {
	if d != account.DeliverCookie {
		return nil
	}
	x := reqctx.ExchangeOf(ctx)
	if x == nil {
		return &auth.Error{
			Code: auth.BadUserInput, Reason: auth.ValueInvalid, Field: "delivery",
			Message: "Cookies are set in response to a POST request only",
		}
	}
	if x.Foreign {
		return reqctx.ErrForeignOrigin
	}
	return nil
}
