package reqctx

import (
	"context"

	"authgraph/account"
)

// ClientOf returns what is known of the device behind the request.
func ClientOf(ctx context.Context) account.Client {
	r := RecordOf(ctx)
	if r == nil {
		return account.Client{}
	}
	c := account.Client{UserAgent: r.UserAgent, IPAddress: r.Client}
	if x := ExchangeOf(ctx); x != nil && !x.Foreign {
		c.DeviceToken, c.Browser = x.DeviceToken, x.Request
	}
	return c
}
