package remote

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"authgraph/auth"
)

// sending counts requests instead of sending them.
type sending struct{ n int }

func (s *sending) RoundTrip(*http.Request) (*http.Response, error) {
	s.n++
	return nil, errors.New("counted")
}

// Nothing is sent over plain http to another machine, unless an option that names the danger says so.
func TestInsecureHTTP(t *testing.T) {
	for _, tt := range []struct {
		name, address     string
		insecure, refused bool
	}{
		{"https", "https://accounts.example.com/graphql", false, false},
		{"http", "http://accounts.example.com/graphql", false, true},
		{"http in capitals", "HTTP://accounts.example.com/graphql", false, true},
		{"http that is allowed", "http://accounts.example.com/graphql", true, false},
		{"loopback", "http://127.0.0.1:8080/graphql", false, false},
		{"loopback of IPv6", "http://[::1]:8080/graphql", false, false},
		{"localhost", "http://localhost:8080/graphql", false, false},
		{"a name that begins like loopback", "http://127.0.0.1.example.com/graphql", false, true},
		{"a name that ends like loopback", "http://evil-localhost/graphql", false, true},
		{"another scheme", "ftp://accounts.example.com/graphql", true, true},
		{"not a URL", "accounts.example.com", false, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var accountOptions []AccountOption
			var feedOptions []FeedOption
			var keysOptions []Option
			if tt.insecure {
				accountOptions = append(accountOptions, AccountOverInsecureHTTP())
				feedOptions = append(feedOptions, FeedOverInsecureHTTP())
				keysOptions = append(keysOptions, KeysOverInsecureHTTP())
			}
			s := &sending{}
			client := &http.Client{Transport: s}
			account := NewAccount(tt.address, "service@example.com", "correct horse", accountOptions...)
			feed := NewFeed(known{}, tt.address, fixed{}, feedOptions...)
			keys := New(tt.address, append(keysOptions, WithClient(client))...)
			account.client, feed.client = client, client
			for name, err := range map[string]error{"Account": account.Err(), "Feed": feed.Err(), "Keys": keys.Err()} {
				if (err != nil) != tt.refused {
					t.Errorf("%s: got %v, want refused %t", name, err, tt.refused)
				}
				if tt.refused && strings.HasPrefix(strings.ToLower(tt.address), "http:") && !errors.Is(err, ErrInsecure) {
					t.Errorf("%s: got %v, want %v", name, err, ErrInsecure)
				}
			}
			_, tokenErr := account.Token(t.Context())
			_, feedErr := feed.Authenticate(t.Context(), "session_a")
			_, followErr := feed.follow(t.Context())
			_, keyErr := keys.Key(t.Context(), "a")
			if err := errors.Join(tokenErr, feedErr, followErr, keyErr); err == nil {
				t.Error("got no error, want one: nothing answers")
			}
			if (s.n == 0) != tt.refused {
				t.Errorf("got %d requests, want refused %t", s.n, tt.refused)
			}
		})
	}
}

// acting is known for an impersonator.
type acting struct{}

func (acting) Authenticate(ctx context.Context, token string) (*auth.Principal, error) {
	principal, err := known{}.Authenticate(ctx, token)
	principal.Actor, principal.Roles = "user_b", []string{"payer", "user"}
	return principal, err
}

// While the feed is silent, the issuer cannot tell the roles of an impersonator, so its token is not believed.
func TestFeed_SilentImpersonator(t *testing.T) {
	s := newSource(t)
	f := NewFeed(acting{}, s.server.URL, fixed{})
	for name, me := range map[string]string{
		"the account holds the roles": `{"data":{"me":{"id":"user_a","roles":["payer","user"]}}}`,
		"the account holds more":      `{"data":{"me":{"id":"user_a","roles":["admin","payer","user"]}}}`,
	} {
		s.set(func() { s.me = me })
		if principal, err := f.Authenticate(t.Context(), "session_a"); principal != nil || !errors.Is(err, auth.ErrUnavailable) {
			t.Errorf("%s: got %v, %v, want %v", name, principal, err, auth.ErrUnavailable)
		}
	}
	s.set(func() {
		s.me = `{"errors":[{"message":"no","extensions":{"code":"UNAUTHENTICATED","reason":"SESSION_ENDED"}}],"data":{"me":null}}`
	})
	if _, err := f.Authenticate(t.Context(), "session_a"); !errors.Is(err, auth.ErrSessionEnded) {
		t.Errorf("ended: got %v, want %v", err, auth.ErrSessionEnded)
	}
}
