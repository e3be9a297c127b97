package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"authgraph/account"
	"authgraph/auth"
	"authgraph/auth/password"
	"authgraph/config"
	"authgraph/internal/seal"
	"authgraph/internal/serverkit"
	"authgraph/test/harness"
)

// target is a whole server without a network and without background jobs.
type target struct {
	http.Handler
	app    *serverkit.App
	log    *harness.LogBuffer
	tokens map[string]string // by the caller's address
}

// The callers that a target has.
const (
	fuzzUser  = "ada@example.com"
	fuzzAdmin = "root@example.com"
)

func newTarget(f *testing.F, environ ...string) *target {
	f.Helper()
	c, err := config.Load(append([]string{
		"AUTHGRAPH_DATA_DIR=" + f.TempDir(), "AUTHGRAPH_RATE_LIMITS=false", "AUTHGRAPH_PLAYGROUND=false", "AUTHGRAPH_REQUEST_TIMEOUT=5m",
	}, environ...))
	if err != nil {
		f.Fatal(err)
	}
	hasher, err := password.New(password.MinCost, password.WithInsecureCost(4), password.WithPatience(time.Minute))
	if err != nil {
		f.Fatal(err)
	}
	box, err := seal.New([]seal.Secret{{ID: "test"}})
	if err != nil {
		f.Fatal(err)
	}
	store, _, err := serverkit.OpenStore(f.Context(), c)
	if err != nil {
		f.Fatal(err)
	}
	t := &target{log: &harness.LogBuffer{}, tokens: map[string]string{}}
	if t.app, err = serverkit.Assemble(f.Context(), c, store, box, hasher, time.Now); err != nil {
		f.Fatal(err)
	}
	log := slog.New(slog.NewJSONHandler(t.log, nil))
	if t.Handler, err = t.app.Handler(c, log, f.Context()); err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { t.app.Close(log) })
	return t
}

// as returns the token of a caller, which inputs before this one may have ended, along with the account.
func (t *target) as(tb testing.TB, email string, roles ...string) string {
	tb.Helper()
	if _, err := t.app.Authenticator.Authenticate(tb.Context(), t.tokens[email]); err == nil {
		return t.tokens[email]
	}
	login := func() (*account.SignIn, error) {
		return t.app.Accounts.Login(tb.Context(), email, harness.Password, account.DeliverBody, account.Client{}, nil)
	}
	in, err := login()
	if err != nil {
		_, _ = t.app.Accounts.Create(tb.Context(), account.Registration{Email: email, Password: harness.Password}, roles...)
		in, err = login()
	}
	if err != nil { // the account was suspended, or has another password
		return ""
	}
	t.tokens[email] = in.AccessToken
	return in.AccessToken
}

// bearer returns what the first kinds of callers send.
func (t *target) bearer(tb testing.TB, kind uint8) string {
	switch kind % 4 {
	case 1:
		return "Bearer " + t.as(tb, fuzzUser)
	case 2:
		return "Bearer " + t.as(tb, fuzzAdmin, account.RoleAdmin)
	case 3:
		return "Bearer nonsense"
	default:
		return ""
	}
}

// quiet fails if the log tells of a fault, and empties it.
func (t *target) quiet(tb testing.TB) {
	tb.Helper()
	for line := range strings.Lines(t.log.Drain()) {
		if strings.Contains(line, `"level":"ERROR"`) {
			tb.Fatalf("the log says %s", line)
		}
	}
}

// serves fails if the server does not answer what it answers to everybody.
func (t *target) serves(tb testing.TB) {
	tb.Helper()
	r := httptest.NewRequest(http.MethodPost, "http://localhost/graphql", strings.NewReader(`{"query":"{ authOptions { registration } }"}`))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	t.ServeHTTP(w, r)
	if w.Code != http.StatusOK || w.Body.String() != `{"data":{"authOptions":{"registration":true}}}` {
		tb.Fatalf("afterwards it answers %d %s", w.Code, w.Body)
	}
}

// streamed is an answer whose client goes away once a stream of events has begun, unless the stream ends by itself.
type streamed struct {
	*httptest.ResponseRecorder
	gone func()
}

func (s *streamed) SetWriteDeadline(time.Time) error { return nil }

func (s *streamed) Flush() {
	s.ResponseRecorder.Flush()
	s.gone()
}

// FuzzHandler sends requests to the whole server. Each is answered in the words of the contract, by its rules, and the server serves
// on.
func FuzzHandler(f *testing.F) {
	s := newTarget(f)
	f.Fuzz(func(t *testing.T, body []byte, query, contentType, accept string, kind uint8) {
		r := httptest.NewRequest(http.MethodPost, "http://localhost/graphql", bytes.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		if kind&4 != 0 {
			r = httptest.NewRequest(http.MethodGet, "http://localhost/graphql", nil)
			r.URL.RawQuery = query
		}
		r.Header.Set("Accept", accept)
		if bearer := s.bearer(t, kind); bearer != "" {
			r.Header.Set("Authorization", bearer)
		}
		ctx, leave := context.WithCancel(r.Context())
		defer leave()
		w := &streamed{httptest.NewRecorder(), func() {}}
		if strings.Contains(string(body)+query, "subscription") {
			w.gone = leave
		}
		s.ServeHTTP(w, r.WithContext(ctx))
		media, _, _ := strings.Cut(w.Header().Get("Content-Type"), ";")
		switch media {
		case "application/json", "application/graphql-response+json":
			wellFormed(t, w.Body.Bytes(), w.Code)
		case "text/event-stream":
			for line := range strings.Lines(w.Body.String()) {
				if data, ok := strings.CutPrefix(line, "data: "); ok {
					wellFormed(t, []byte(data), w.Code)
				}
			}
		default:
			t.Fatalf("answered with %d %q %s", w.Code, media, w.Body)
		}
		s.quiet(t)
		s.serves(t)
		s.quiet(t)
	})
}

// statuses are those that a request for GraphQL is answered with.
var statuses = []int{200, 400, 401, 403, 405, 406, 413, 415, 503}

var reasons = auth.Reasons()

// wellFormed holds a body to GraphQL, 7 and to the enums of the contract.
func wellFormed(t *testing.T, body []byte, status int) {
	t.Helper()
	var got map[string]json.RawMessage
	if !jsontext.Value(body).IsValid() || json.Unmarshal(body, &got) != nil {
		t.Fatalf("answered with %d, and no JSON object: %q", status, body)
	}
	_, data := got["data"]
	if !slices.Contains(statuses, status) || data && status != http.StatusOK {
		t.Fatalf("answered with %d %s", status, body)
	}
	if !data && got["errors"] == nil {
		t.Fatalf("answered with %d %s", status, body)
	}
	for name := range got {
		if name != "data" && name != "errors" {
			t.Fatalf("answered with %s", body)
		}
	}
	if got["errors"] != nil {
		known(t, got["errors"])
	}
}

// known fails unless every error is one that clients know.
func known(t *testing.T, list json.RawMessage) {
	t.Helper()
	var errs []struct {
		Message    string
		Extensions struct {
			Code      auth.Code
			Reason    auth.Reason
			RequestID string
		}
	}
	if err := json.Unmarshal(list, &errs); err != nil || len(errs) == 0 {
		t.Fatalf("no errors: %s, %v", list, err)
	}
	for _, e := range errs {
		x := e.Extensions
		if e.Message == "" || x.RequestID == "" || x.Code == auth.Internal {
			t.Fatalf("nobody knows %+v in %s", e, list)
		}
		if !slices.Contains(auth.Codes(), x.Code) || x.Reason != "" && !slices.Contains(reasons, x.Reason) {
			t.Fatalf("nobody knows %+v in %s", e, list)
		}
	}
}
