package main

import (
	"net/http"
	"strings"
	"testing"

	"authgraph/config"
)

// Cookies of a host are shared by all its ports, so two servers of one developer have different names for theirs.
func TestCookieSuffix(t *testing.T) {
	secret := "AUTHGRAPH_SECRETS=a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	tests := []struct {
		name    string
		environ []string
		want    string
	}{
		{"development", nil, "-8080"},
		{"development, another port", []string{"AUTHGRAPH_ADDR=127.0.0.1:8081"}, "-8081"},
		{"development, port of the system's choice", []string{"AUTHGRAPH_ADDR=127.0.0.1:0"}, "-43210"},
		{"development, issuer without a port", []string{"AUTHGRAPH_ISSUER=https://accounts.test"}, ""},
		{"development, issuer below a path", []string{"AUTHGRAPH_ISSUER=http://localhost:8080/a/b;c"}, "-8080-a-b-c"},
		{"production", []string{"AUTHGRAPH_MODE=production", secret, "AUTHGRAPH_ISSUER=https://accounts.test:8443/auth"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := config.Load(tt.environ)
			if err != nil {
				t.Fatal(err)
			}
			if got := cookieSuffix(c, "127.0.0.1:43210"); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// A server clears a cookie that it made, whatever became of the session, and leaves the cookie of another server of its
// host alone. Both have the same name here, as two servers below two paths of one host in production would have.
func TestCookie_OfAnotherServer(t *testing.T) {
	one, other := onSQLite(t, "AUTHGRAPH_ISSUER=https://a.test"), onSQLite(t, "AUTHGRAPH_ISSUER=https://a.test")
	one.register(t, "ada@example.com", pass)
	other.register(t, "bob@example.com", pass)
	sign := func(w *world, email string) *http.Cookie {
		_, a := w.login(t, email, map[string]any{"delivery": "COOKIE"})
		c := cookieOf(a)
		if c == nil || c.Name != "__Host-authgraph-refresh" {
			t.Fatalf("login answered %s with the cookie %v", a.body, c)
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
			got := one.do(t, http.MethodPost, "/graphql", `{"query":"`+tt.query+`"}`, header)
			if !strings.Contains(got.body, tt.want) {
				t.Errorf("got %s, want %s in it", got.body, tt.want)
			}
			if c := cookieOf(got); (c != nil) != tt.clears || c != nil && c.MaxAge >= 0 {
				t.Errorf("got the cookie %v, want it cleared: %v", c, tt.clears)
			}
		})
	}
	if got := other.do(t, http.MethodPost, "/graphql", `{"query":"mutation { refresh { accessToken } }"}`, http.Header{
		"Sec-Fetch-Site": {"same-origin"}, "Cookie": {bob.Name + "=" + bob.Value}}); !strings.Contains(got.body, `"accessToken":"`) {
		t.Errorf("the other server answers its own cookie with %s", got.body)
	}
}
