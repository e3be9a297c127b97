package remote

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestAccount(t *testing.T) {
	var seen []string
	answer := ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var o operation
		if err := json.NewDecoder(r.Body).Decode(&o); err != nil {
			t.Error(err)
		}
		kind, _, _ := strings.Cut(strings.TrimPrefix(o.Query, "mutation "), "(")
		seen = append(seen, fmt.Sprint(kind, " ", o.Variables["token"]))
		_, _ = io.WriteString(w, answer)
	}))
	defer server.Close()
	a := NewAccount(server.URL, "service@example.com", "correct horse battery staple")
	now := time.Unix(1e9, 0)
	a.now = func() time.Time { return now }
	gives := func(access, refresh string) string {
		return fmt.Sprintf(`{"data":{"auth":{"accessToken":%q,"refreshToken":%q,"expiresIn":600}}}`, access, refresh)
	}
	refuses := func(code string) string {
		return fmt.Sprintf(`{"errors":[{"message":"no","extensions":{"code":%q}}],"data":{"auth":null}}`, code)
	}
	for _, step := range []struct {
		name   string
		after  time.Duration
		drop   string
		answer string
		token  string
		seen   []string
	}{
		{"signs in", 0, "", gives("a1", "r1"), "a1", []string{"Login <nil>"}},
		{"keeps the token", 9 * time.Minute, "", "", "a1", nil},
		{"exchanges it before its end", time.Minute, "", gives("a2", "r2"), "a2", []string{"Refresh r1"}},
		{"another's token is not dropped", 0, "a1", "", "a2", nil},
		{"refused by the issuer", 0, "a2", gives("a3", "r3"), "a3", []string{"Refresh r2"}},
		{"busy: nobody is signed out", 10 * time.Minute, "", refuses("SERVICE_UNAVAILABLE"), "", []string{"Refresh r3"}},
		{"then it goes on", 0, "", gives("a4", "r4"), "a4", []string{"Refresh r3"}},
		{"no session and no password any more", 10 * time.Minute, "", refuses("REFRESH_TOKEN_INVALID"), "", []string{"Refresh r4", "Login <nil>"}},
	} {
		seen, answer, now = nil, step.answer, now.Add(step.after)
		if step.drop != "" {
			a.Drop(step.drop)
		}
		token, err := a.Token(t.Context())
		if token != step.token || (err == nil) != (step.token != "") || !slices.Equal(seen, step.seen) {
			t.Errorf("%s: got %q, %v after %v, want %q after %v", step.name, token, err, seen, step.token, step.seen)
		}
	}
}
