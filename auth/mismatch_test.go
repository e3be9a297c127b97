package auth_test

import (
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"authgraph/auth"
)

// A verifier that is configured for another issuer says so once. Tokens that none of its keys signed make it say nothing.
func TestVerifier_Mismatch(t *testing.T) {
	k := newKeys(t)
	other := func(name string, value any) string {
		return sign(t, jwt.SigningMethodES256, k.own, nil, claims(func(c jwt.MapClaims) { c[name] = value }))
	}
	forged := sign(t, jwt.SigningMethodES256, k.foreign, nil, claims(func(c jwt.MapClaims) { c["iss"] = "https://forged.test" }))
	unknown := sign(t, jwt.SigningMethodES256, k.own, map[string]any{"kid": "another"}, claims(nil))
	for _, row := range []struct {
		name, token string
		want        []string
	}{
		{"a valid token", sign(t, jwt.SigningMethodES256, k.own, nil, claims(nil)), nil},
		{"another issuer", other("iss", "https://other.test"), []string{`"https://other.test"`, `"` + issuer + `"`}},
		{"another audience", other("aud", "https://other.test"), []string{`"https://other.test"`, `"` + audience + `"`}},
		{"another key", unknown, []string{"a key that the issuer does not have"}},
		{"an issuer that nobody signed", forged, nil},
		{"nonsense", "nonsense", nil},
	} {
		var reports []string
		v := auth.NewVerifier(k.set, issuer, audience, auth.WithClock(func() time.Time { return now }),
			auth.WithMismatches(func(err error) { reports = append(reports, err.Error()) }))
		for range 3 {
			_, err := v.Authenticate(t.Context(), row.token)
			if (err == nil) != (row.name == "a valid token") {
				t.Errorf("%s: got %v", row.name, err)
			}
		}
		if (len(reports) == 1) != (row.want != nil) || len(reports) > 1 {
			t.Errorf("%s: got %q, want %q", row.name, reports, row.want)
		}
		for _, want := range row.want {
			if !strings.Contains(strings.Join(reports, ""), want) {
				t.Errorf("%s: got %q, want %q in it", row.name, reports, want)
			}
		}
	}
}
