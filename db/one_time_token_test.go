package db_test

import (
	"slices"
	"testing"
	"time"

	"authgraph/account"
	"authgraph/db"
)

// TestPurgeTokens proves that expired tokens are deleted, used or not, and that live ones stay.
func TestPurgeTokens(t *testing.T) {
	backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
		s := open(t)
		for name, lifetime := range map[string]time.Duration{"expired": 0, "live": time.Hour} {
			if err := s.AddOneTimeToken(t.Context(), account.OneTimeToken{
				Hash: []byte(name), Purpose: account.PurposeResetPassword, Subject: []byte(name), Request: []byte(name), Code: []byte(name),
				Lifetime: lifetime,
			}, nil); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.PurgeTokens(t.Context()); err != nil {
			t.Fatal(err)
		}
		var remaining []string
		if err := s.Select(t.Context(), &remaining, `SELECT CAST(hash AS TEXT) FROM one_time_tokens`); err != nil || len(remaining) != 1 {
			t.Fatalf("got %q, %v, want one token", remaining, err)
		}
		if _, err := s.OneTimeTokenByHash(t.Context(), account.PurposeResetPassword, []byte("live")); err != nil || !slices.Contains([]string{"live", `\x6c697665`}, remaining[0]) {
			t.Errorf("got %q, %v, want the live token", remaining, err)
		}
	})
}
