package remote

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"authgraph/auth"
)

// answering is a server of one answer, which the test may change.
type answering struct {
	status int
	body   string
	asked  string // the path of the last request
	server *httptest.Server
}

func newAnswering(t *testing.T, status int, body string) *answering {
	t.Helper()
	a := &answering{status: status, body: body}
	a.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.asked = r.URL.Path
		w.WriteHeader(a.status)
		_, _ = io.WriteString(w, a.body)
	}))
	t.Cleanup(a.server.Close)
	return a
}

const oneKey = `{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","alg":"EdDSA","use":"sig","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}`

// unreachable returns the address of a server that is gone.
func unreachable(t *testing.T) string {
	t.Helper()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	return gone.URL
}

// Fetch says why the keys can't be had, and so does the log, once for each reason.
func TestKeys_Fetch(t *testing.T) {
	a := newAnswering(t, http.StatusOK, oneKey)
	var reports []string
	now := time.Unix(1e9, 0)
	k := New(a.server.URL+"/keys?token=hidden", WithClock(func() time.Time { return now }),
		WithFetchFailures(func(err error) { reports = append(reports, err.Error()) }))
	for _, step := range []struct {
		name   string
		status int
		body   string
		want   string
		said   bool
	}{
		{"a wrong path", http.StatusNotFound, "", "HTTP status 404", true},
		{"still", http.StatusNotFound, "", "HTTP status 404", false},
		{"a page in their place", http.StatusOK, "<html>", "can't be fetched", true},
		{"no key", http.StatusOK, `{"keys":[]}`, "no key that can be used", true},
		{"keys", http.StatusOK, oneKey, "", false},
		{"a fault again", http.StatusNotFound, "", "HTTP status 404", true},
	} {
		a.status, a.body, reports = step.status, step.body, nil
		now = now.Add(time.Minute)
		err := k.Fetch(t.Context())
		if (err == nil) != (step.want == "") || err != nil && !strings.Contains(err.Error(), step.want) {
			t.Errorf("%s: got %v, want %q", step.name, err, step.want)
		}
		if err != nil && (!strings.Contains(err.Error(), a.server.URL+"/keys") || strings.Contains(err.Error(), "hidden")) {
			t.Errorf("%s: got %v, want the address without its query", step.name, err)
		}
		if said := len(reports) == 1 && reports[0] == err.Error(); said != step.said || len(reports) > 1 {
			t.Errorf("%s: reported %q, want a report: %t", step.name, reports, step.said)
		}
	}
	gone := New(unreachable(t), WithFetchFailures(func(error) {}))
	if err := gone.Fetch(t.Context()); err == nil || !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("a server that is gone: got %v", err)
	}
	if _, err := gone.Key(t.Context(), "a"); err == nil || !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("a key of a server that is gone: got %v", err)
	}
	if err := New("http://accounts.example.com/").Fetch(t.Context()); !errors.Is(err, ErrInsecure) {
		t.Errorf("plain http: got %v, want %v", err, ErrInsecure)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if err := New("https://127.0.0.1:1/", WithFetchFailures(func(error) {})).Fetch(over); err == nil {
		t.Error("Fetch with an ended context: got no error")
	}
}

// Without an option, failures are in the default log.
func TestFailures_DefaultLog(t *testing.T) {
	before, log := slog.Default(), &bytes.Buffer{}
	slog.SetDefault(slog.New(slog.NewTextHandler(log, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	address := unreachable(t)
	if err := New(address).Fetch(t.Context()); err == nil {
		t.Error("got no error")
	}
	if text := log.String(); strings.Count(text, "\n") != 1 || !strings.Contains(text, address) {
		t.Errorf("got %q, want one line with %s", text, address)
	}
}

func TestCheckIssuer(t *testing.T) {
	a := newAnswering(t, http.StatusOK, "")
	for _, row := range []struct {
		name, path, body string
		status           int
		want             string
	}{
		{"the same", "", `{"issuer":"ISSUER"}`, http.StatusOK, ""},
		{"the same below a path", "/accounts", `{"issuer":"ISSUER/accounts"}`, http.StatusOK, ""},
		{"another", "", `{"issuer":"https://other.test"}`, http.StatusOK, `is "https://other.test", not "ISSUER"`},
		{"a slash more", "/", `{"issuer":"ISSUER"}`, http.StatusOK, `is "ISSUER", not "ISSUER/"`},
		{"no metadata", "", "", http.StatusNotFound, "HTTP status 404"},
		{"a page", "", "<html>", http.StatusOK, "not JSON"},
	} {
		a.status, a.body = row.status, strings.ReplaceAll(row.body, "ISSUER", a.server.URL)
		err := CheckIssuer(t.Context(), a.server.URL+row.path)
		want := strings.ReplaceAll(row.want, "ISSUER", a.server.URL)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", row.name, err, want)
		}
		if asked := "/.well-known/oauth-authorization-server" + strings.TrimRight(row.path, "/"); a.asked != asked {
			t.Errorf("%s: asked %s, want %s", row.name, a.asked, asked)
		}
	}
	if err := CheckIssuer(t.Context(), unreachable(t)); err == nil || !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("a server that is gone: got %v", err)
	}
	if err := CheckIssuer(t.Context(), "http://accounts.example.com"); !errors.Is(err, ErrInsecure) {
		t.Errorf("plain http: got %v, want %v", err, ErrInsecure)
	}
}

// Err of a feed tells of its parts too.
func TestFeed_Err(t *testing.T) {
	const safe, unsafe = "https://accounts.example.com", "http://accounts.example.com"
	verifier := func(url string) *auth.Verifier { return auth.NewVerifier(New(url), safe, safe) }
	for _, row := range []struct {
		name  string
		feed  *Feed
		wrong bool
	}{
		{"all is right", NewFeed(verifier(safe), safe, NewAccount(safe, "a", "b")), false},
		{"the endpoint", NewFeed(verifier(safe), unsafe, NewAccount(safe, "a", "b")), true},
		{"the account", NewFeed(verifier(safe), safe, NewAccount(unsafe, "a", "b")), true},
		{"the keys of the verifier", NewFeed(verifier(unsafe), safe, NewAccount(safe, "a", "b")), true},
		{"parts without Err", NewFeed(known{}, safe, fixed{}), false},
	} {
		if err := row.feed.Err(); errors.Is(err, ErrInsecure) != row.wrong || !row.wrong && err != nil {
			t.Errorf("%s: got %v, want an error: %t", row.name, err, row.wrong)
		}
	}
}

// A feed that is not followed says what to change, once for each reason.
func TestFeed_Failures(t *testing.T) {
	for name, row := range map[string]struct{ answer, want string }{
		"no permission":                 {`{"errors":[{"message":"You are not allowed to do this","extensions":{"code":"FORBIDDEN"}}],"data":null}`, "REVOCATIONS_READ"},
		"data with a status of failure": {`{"data":{}}`, "the issuer answered 400"},
		"not a GraphQL answer":          {`<html>`, "without a GraphQL response"},
	} {
		t.Run(name, func(t *testing.T) {
			attempts := make(chan bool, 64)
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				select {
				case attempts <- true:
				default:
				}
				w.WriteHeader(http.StatusBadRequest)
				_, _ = io.WriteString(w, row.answer)
			}))
			defer server.Close()
			reports := make(chan string, 64)
			f := NewFeed(known{}, server.URL, fixed{}, WithFailures(func(err error) { reports <- err.Error() }))
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan struct{})
			go func() { defer close(done); f.Run(ctx) }()
			for range 3 {
				<-attempts
			}
			cancel()
			<-done
			if got := <-reports; !strings.Contains(got, row.want) || !strings.Contains(got, "revocations are not followed") || len(reports) != 0 {
				t.Errorf("got %q and %d more, want one report with %q", got, len(reports), row.want)
			}
		})
	}
	account := newAnswering(t, http.StatusOK, `{"errors":[{"message":"The address or the password is wrong","extensions":{"code":"INVALID_CREDENTIALS"}}],"data":{"auth":null}}`)
	reports := make(chan string, 64)
	f := NewFeed(known{}, account.server.URL, NewAccount(account.server.URL, "a@example.com", "secret words"), WithFailures(func(err error) { reports <- err.Error() }))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); f.Run(ctx) }()
	got := <-reports
	cancel()
	<-done
	if !strings.Contains(got, "the account can't sign in") || strings.Contains(got, "secret words") {
		t.Errorf("a wrong password: got %q", got)
	}
}
