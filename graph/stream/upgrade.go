package stream

import (
	"net/http"
	"strings"
)

// offersSocket reports whether r asks for a WebSocket: a GET whose Upgrade lists websocket (RFC 6455, 4.2.1).
func offersSocket(r *http.Request) bool {
	return r.Method == http.MethodGet && hasToken(r.Header.Values("Upgrade"), "websocket") &&
		hasToken(r.Header.Values("Connection"), "upgrade")
}

// hasToken reports whether a header's comma-separated lists hold token, regardless of case.
func hasToken(values []string, token string) bool {
	for _, value := range values {
		for element := range strings.SplitSeq(value, ",") {
			if strings.EqualFold(strings.TrimSpace(element), token) {
				return true
			}
		}
	}
	return false
}

// withoutUpgrade returns r without its offer to change the protocol, which a server may ignore (RFC 9110, 7.8). gqlgen
// takes every such offer for a WebSocket.
func withoutUpgrade(r *http.Request) *http.Request {
	ignored := new(http.Request)
	*ignored = *r
	ignored.Header = r.Header.Clone()
	ignored.Header.Del("Upgrade")
	return ignored
}
