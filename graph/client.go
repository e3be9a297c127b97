package graph

import (
	"context"
	"net"

	"authgraph/account"
)

// clientOf returns what is known of the device behind the request.
func clientOf(ctx context.Context) account.Client {
	r := recordOf(ctx)
	if r == nil {
		return account.Client{}
	}
	return account.Client{UserAgent: r.userAgent, IPAddress: r.client}
}

func host(address string) string {
	h, _, err := net.SplitHostPort(address)
	if err != nil {
		return ""
	}
	return h
}
