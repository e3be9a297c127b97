package stream

import (
	"context"
	"net/netip"

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

// subnet returns an address in the /64 with number n of 2001:db8:site::/48.
func subnet(site, n int) string {
	return netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, byte(site >> 8), byte(site), byte(n), byte(n >> 8), 15: 1}).String()
}
