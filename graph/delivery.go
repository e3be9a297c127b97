package graph

import (
	"context"

	"authgraph/account"
	"authgraph/auth"
)

// deliverable reports whether a refresh token can be delivered so, before anything is done.
func deliverable(ctx context.Context, d account.Delivery) error {
	if d != account.DeliverCookie {
		return nil
	}
	x := exchangeOf(ctx)
	if x == nil {
		return &auth.Error{
			Code: auth.BadUserInput, Reason: auth.ValueInvalid, Field: "input.delivery",
			Message: "Cookies are set in answer to a POST request only",
		}
	}
	if x.foreign {
		return errForeignOrigin
	}
	return nil
}
