package httpapi

import (
	"context"

	"authgraph/auth"
	"authgraph/graph/reqctx"
)

const mebibyte = 1 << 20

// requestFrom returns the context of a request from an address, by a signed-in caller if account is not "".
func requestFrom(address, account string) context.Context {
	ctx := reqctx.WithRecord(context.Background(), &reqctx.Record{Client: address})
	if account != "" {
		ctx = auth.With(ctx, &auth.Principal{Subject: account})
	}
	return ctx
}
