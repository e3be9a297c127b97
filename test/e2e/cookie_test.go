package e2e

import (
	"net/http"
	"strings"
	"testing"

	"authgraph/test/harness"
)

// A server clears a cookie that it made, whatever became of the session, and leaves the cookie of another server of its
// host alone. Both have the same name here, as two servers below two paths of one host in production would have.
func TestCookie_OfAnotherServer(t *testing.T) {
	t.Parallel()
	one, other := harness.StartSQLite(t, "AUTHGRAPH_ISSUER=https://a.test"), harness.StartSQLite(t, "AUTHGRAPH_ISSUER=https://a.test")
	one.Register(t, "ada@example.com", harness.Password)
	other.Register(t, "bob@example.com", harness.Password)
	sign := func(w *harness.Server, email string) *http.Cookie {
		_, a := w.Login(t, email, map[string]any{"delivery": "COOKIE"})
		c := harness.CookieOf(a)
		if c == nil || c.Name != "__Host-authgraph-refresh" {
			t.Fatalf("login answered %s with the cookie %v", a.Body, c)
		}
		return c
	}
	ada, bob := sign(one, "ada@example.com"), sign(other, "bob@example.com")
	tests := []struct {
		name, query, cookie, want string
		clears                    bool
	}{
		{"refresh with the other server's", `mutation { refresh { accessToken } }`, bob.Value, "REFRESH_TOKEN_INVALID", false},
		{"logout with the other server's", `mutation { logout { endedSessionIds } }`, bob.Value, `"endedSessionIds":[]`, false},
		{"refresh with text", `mutation { refresh { accessToken } }`, "something", "REFRESH_TOKEN_INVALID", false},
		{"logout without a cookie", `mutation { logout { endedSessionIds } }`, "", `"endedSessionIds":[]`, true},
		{"logout with the own", `mutation { logout { endedSessionIds } }`, ada.Value, `"endedSessionIds":["`, true},
		{"refresh with the own after its session", `mutation { refresh { accessToken } }`, ada.Value, "REFRESH_TOKEN_INVALID", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			header := http.Header{"Sec-Fetch-Site": {"same-origin"}}
			if tt.cookie != "" {
				header.Set("Cookie", ada.Name+"="+tt.cookie)
			}
			got := one.Do(t, http.MethodPost, "/graphql", `{"query":"`+tt.query+`"}`, header)
			if !strings.Contains(got.Body, tt.want) {
				t.Errorf("got %s, want %s in it", got.Body, tt.want)
			}
			if c := harness.CookieOf(got); (c != nil) != tt.clears || c != nil && c.MaxAge >= 0 {
				t.Errorf("got the cookie %v, want it cleared: %v", c, tt.clears)
			}
		})
	}
	if got := other.Do(t, http.MethodPost, "/graphql", `{"query":"mutation { refresh { accessToken } }"}`, http.Header{
		"Sec-Fetch-Site": {"same-origin"}, "Cookie": {bob.Name + "=" + bob.Value}}); !strings.Contains(got.Body, `"accessToken":"`) {
		t.Errorf("the other server answers its own cookie with %s", got.Body)
	}
}
