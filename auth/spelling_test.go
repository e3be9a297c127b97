package auth_test

import (
	"context"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"authgraph/auth"
)

// A token has one spelling: package base64 ignores CR and LF.
func TestVerifier_OneSpelling(t *testing.T) {
	k := newKeys(t)
	good := sign(t, jwt.SigningMethodES256, k.own, nil, claims(nil))
	signature := strings.LastIndexByte(good, '.') + 5
	header := strings.IndexByte(good, '.') - 5
	for _, row := range []struct{ name, token string }{
		{"LF behind it", good + "\n"}, {"CR behind it", good + "\r"}, {"LF before it", "\n" + good}, {"space behind it", good + " "},
		{"LF in the signature", good[:signature] + "\n" + good[signature:]}, {"CR LF in the signature", good[:signature] + "\r\n" + good[signature:]},
		{"LF in the header", good[:header] + "\n" + good[header:]}, {"padding", good + "="}, {"NUL behind it", good + "\x00"},
		{"+ in the signature", good[:signature] + "+" + good[signature+1:]},
	} {
		t.Run(row.name, func(t *testing.T) {
			if principal, err := k.verifier().Authenticate(t.Context(), row.token); err == nil {
				t.Errorf("got %v, want a refusal", principal)
			}
			// The payload of connection_init is JSON, in which a line end may stand.
			ctx := auth.Init(context.Background(), k.verifier(), map[string]any{"Authorization": "Bearer " + row.token})
			if principal, err := auth.From(ctx); err == nil && row.name != "space behind it" {
				t.Errorf("connection_init: got %v, want a refusal", principal)
			}
		})
	}
}
