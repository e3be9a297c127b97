package graph

import (
	"context"

	"authgraph/account"
)

// clientOf returns what is known of the device behind the request.
func clientOf(ctx context.Context) account.Client {
	r := recordOf(ctx)
	if r == nil {
		return account.Client{}
	}
	c := account.Client{UserAgent: r.userAgent, IPAddress: r.client}
	if x := exchangeOf(ctx); x != nil && !x.foreign {
		c.Mark = x.mark
	}
	return c
}
