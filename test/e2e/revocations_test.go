package e2e

import (
	"context"
	"encoding/base64"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"authgraph/account"
	"authgraph/auth"
	"authgraph/auth/remote"
	"authgraph/test/harness"
)

// followRevocations is another server's view of the callers of w.
func followRevocations(t *testing.T, w *harness.Server, email string) *remote.Feed {
	t.Helper()
	own, _ := w.Login(t, email, nil)
	issuer := harness.Claims(t, own.AccessToken)["iss"].(string)
	verifier := auth.NewVerifier(remote.New(w.URL+"/.well-known/jwks.json"), issuer, issuer)
	feed := remote.NewFeed(verifier, w.URL+"/graphql", remote.NewAccount(w.URL+"/graphql", email, harness.Password))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); feed.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	eventually(t, "the feed", feed.Live)
	return feed
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(harness.Patience); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// refuses waits until the service refuses a token as it should.
func refuses(t *testing.T, name string, feed *remote.Feed, token string, want error) {
	t.Helper()
	eventually(t, name, func() bool {
		_, err := feed.Authenticate(t.Context(), token)
		return errors.Is(err, want)
	})
}

// A service that verifies tokens by itself learns what no longer counts.
func TestRevocations(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		root := w.Administrator(t, "root@example.com")
		w.WithRole(t, root, "service@example.com", "service", account.RevocationsRead)
		feed := followRevocations(t, w, "service@example.com")
		w.Register(t, "ada@example.com", harness.Password)
		ada, _ := w.Login(t, "ada@example.com", nil)
		other, _ := w.Login(t, "ada@example.com", nil)
		bob := w.Register(t, "bob@example.com", harness.Password)
		counts := func(name, token string) {
			t.Helper()
			if _, err := feed.Authenticate(t.Context(), token); err != nil || !feed.Live() {
				t.Errorf("%s: got %v, live: %v", name, err, feed.Live())
			}
		}
		counts("at first", ada.AccessToken)

		w.Query(t, ada.AccessToken, `mutation { logout { endedSessionIds } }`, nil)
		refuses(t, "logout", feed, ada.AccessToken, auth.ErrSessionEnded)
		counts("the other session", other.AccessToken)

		w.Query(t, root, `mutation($id: ID!) { setUserRoles(id: $id, roles: ["service"]) { user { id } } }`, map[string]any{"id": bob.ID})
		refuses(t, "other roles", feed, bob.Token, auth.ErrTokenExpired)
		fresh, _ := w.Login(t, "bob@example.com", nil)
		counts("a token with the present roles", fresh.AccessToken)

		w.Query(t, root, `mutation($id: ID!) { suspendUser(id: $id) { user { id } } }`, map[string]any{"id": bob.ID})
		refuses(t, "suspension", feed, fresh.AccessToken, auth.ErrSessionEnded)

		// A later subscription gets the earlier revocations.
		refuses(t, "later", followRevocations(t, w, "service@example.com"), fresh.AccessToken, auth.ErrSessionEnded)
	})
}

func TestRevocations_Refused(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		root := w.Administrator(t, "root@example.com")
		ada := w.Register(t, "ada@example.com", harness.Password)
		place := func(at time.Time) string {
			return base64.RawURLEncoding.EncodeToString([]byte("revocation:" + strconv.FormatInt(at.UnixMicro(), 10)))
		}
		for _, row := range []struct{ name, token, after, want string }{
			{"without the permission", ada.Token, "", "FORBIDDEN"},
			{"a cursor of another kind", root, base64.RawURLEncoding.EncodeToString([]byte("session:1")), "CURSOR_INVALID"},
			{"a cursor of no time", root, base64.RawURLEncoding.EncodeToString([]byte("revocation:x")), "CURSOR_INVALID"},
			{"cut", root, place(time.Now())[1:], "CURSOR_INVALID"},
			{"too old", root, place(time.Now().Add(-time.Hour)), "CONFLICT"},
			{"from the future", root, place(time.Now().Add(time.Hour)), "CONFLICT"},
			{"good", root, place(time.Now()), "HEARTBEAT"},
		} {
			argument := ""
			if row.after != "" {
				argument = `(after: "` + row.after + `")`
			}
			document := `subscription { revocations` + argument + ` { kind } }`
			response, next := w.EventStream(t, row.token, document)
			got := ""
			for got == "" || strings.HasPrefix(got, ":") {
				got = next()
			}
			if !strings.Contains(got, row.want) {
				t.Errorf("%s: got %s, want %s", row.name, got, row.want)
			}
			_ = response.Body.Close()
		}
	})
}

// A session ends on one instance, and another sends the revocation, also without notifications.
func TestRevocations_Instances(t *testing.T) {
	t.Parallel()
	all := instances(t, 2)
	root := all[0].Administrator(t, "root@example.com")
	all[0].WithRole(t, root, "service@example.com", "service", account.RevocationsRead)
	feed := followRevocations(t, all[1].Server, "service@example.com")
	for _, trouble := range []struct {
		name string
		come func()
	}{{"all well", func() {}}, {"notifications lost", all[1].proxy.SwallowListeners}} {
		ada := all[0].Register(t, url.QueryEscape(trouble.name)+"@example.com", harness.Password)
		if _, err := feed.Authenticate(t.Context(), ada.Token); err != nil {
			t.Fatal(err)
		}
		trouble.come()
		all[0].Query(t, ada.Token, `mutation { logout { endedSessionIds } }`, nil)
		refuses(t, trouble.name, feed, ada.Token, auth.ErrSessionEnded)
	}
}
