package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"authgraph/auth"
)

// source is an issuer that tells what the test has it tell.
type source struct {
	t      *testing.T
	server *httptest.Server
	events chan string // data of the stream that is open; "" ends it

	mu     sync.Mutex
	down   bool
	after  []any  // the cursors that streams began behind
	me     string // the answer to a question about a token
	asked  int
	tokens []string
}

func newSource(t *testing.T) *source {
	s := &source{t: t, events: make(chan string), me: `{"data":{"me":{"id":"user_a","roles":["user"]}}}`}
	s.server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.server.Close)
	return s
}

func (s *source) serve(w http.ResponseWriter, r *http.Request) {
	var o operation
	if err := json.NewDecoder(r.Body).Decode(&o); err != nil {
		s.t.Error(err)
	}
	s.mu.Lock()
	down, me := s.down, s.me
	stream := r.Header.Get("Accept") == "text/event-stream"
	if s.tokens = append(s.tokens, r.Header.Get("Authorization")); stream {
		s.after = append(s.after, o.Variables["after"])
	} else {
		s.asked++
	}
	s.mu.Unlock()
	switch {
	case down:
		w.WriteHeader(http.StatusBadGateway)
	case !stream:
		_, _ = io.WriteString(w, me)
	default:
		w.Header().Set("Content-Type", "text/event-stream")
		w.WriteHeader(http.StatusOK)
		w.(http.Flusher).Flush()
		for {
			select {
			case <-r.Context().Done():
				return
			case data := <-s.events:
				if data == "" {
					return
				}
				_, _ = fmt.Fprintf(w, "event: next\ndata: %s\n\n", data)
				w.(http.Flusher).Flush()
				if strings.Contains(data, `"errors"`) { // the last that a stream says
					return
				}
			}
		}
	}
}

func (s *source) set(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

func revocationEvent(cursor, kind, ids string, at time.Time) string {
	return fmt.Sprintf(`{"data":{"revocations":{"cursor":%q,"kind":%q,%s"at":%q}}}`, cursor, kind, ids, at.Format(time.RFC3339Nano))
}

// known takes each token for the name of a session.
type known struct{ issued time.Time }

func (k known) Authenticate(_ context.Context, token string) (*auth.Principal, error) {
	if token == "bad" {
		return nil, auth.ErrTokenInvalid
	}
	return &auth.Principal{Subject: "user_a", Session: token, KeyID: "key_a", Roles: []string{"user"}, IssuedAt: k.issued}, nil
}

// fixed is a source of tokens that are all the same.
type fixed struct{ dropped chan string }

func (fixed) Token(context.Context) (string, error) { return "service", nil }
func (f fixed) Drop(token string) {
	select {
	case f.dropped <- token:
	default:
	}
}

func follow(t *testing.T, s *source, options ...FeedOption) (*Feed, *time.Time) {
	t.Helper()
	now := time.Unix(1e9, 0).UTC()
	f := NewFeed(known{issued: now.Add(-time.Minute)}, s.server.URL, fixed{}, options...)
	var mu sync.Mutex
	f.now = func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return now
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); f.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	return f, &now
}

// until waits for a condition that an event brings about.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !ok(); {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(time.Millisecond)
	}
}

// behind is the cursor that f would go on behind.
func (f *Feed) behind() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.cursor
}

func TestFeed(t *testing.T) {
	s := newSource(t)
	f, now := follow(t, s)
	s.events <- revocationEvent("c1", "HEARTBEAT", "", *now)
	until(t, "a heartbeat", f.Live)
	for _, row := range []struct {
		name, event, token string
		want               error
	}{
		{"nothing yet", "", "session_a", nil},
		{"a bad token", "", "bad", auth.ErrTokenInvalid},
		{"another session", revocationEvent("c2", "SESSION", `"sessionId":"session_b",`, *now), "session_a", nil},
		{"its session", revocationEvent("c3", "SESSION", `"sessionId":"session_a",`, *now), "session_a", auth.ErrSessionEnded},
		{"its session, by a clock behind the token's", revocationEvent("c3b", "SESSION", `"sessionId":"session_d",`, now.Add(-time.Hour)), "session_d", auth.ErrSessionEnded},
		{"rights of the account, before the token", revocationEvent("c4", "RIGHTS", `"userId":"user_a",`, now.Add(-time.Hour)), "session_c", nil},
		{"rights of the account, in the token's second", revocationEvent("c4b", "RIGHTS", `"userId":"user_a",`, now.Add(-time.Minute)), "session_c", auth.ErrTokenExpired},
		{"rights of the account", revocationEvent("c5", "RIGHTS", `"userId":"user_a",`, *now), "session_c", auth.ErrTokenExpired},
		{"the account", revocationEvent("c6", "ACCOUNT", `"userId":"user_a",`, *now), "session_c", auth.ErrSessionEnded},
		{"the key, by a clock behind the token's", revocationEvent("c7", "KEY", `"keyId":"key_a",`, now.Add(-time.Hour)), "session_c", auth.ErrTokenInvalid},
	} {
		if row.event != "" {
			s.events <- row.event
			s.events <- revocationEvent(row.name, "HEARTBEAT", "", *now)
			until(t, row.name, func() bool { return f.behind() == row.name })
		}
		if _, err := f.Authenticate(t.Context(), row.token); !errors.Is(err, row.want) || (err == nil) != (row.want == nil) {
			t.Errorf("%s: got %v, want %v", row.name, err, row.want)
		}
	}
	if s.asked != 0 {
		t.Errorf("the issuer was asked %d times about a token, want 0", s.asked)
	}
}

// Without heartbeats the issuer is asked, and without the issuer every caller is refused.
func TestFeed_Silent(t *testing.T) {
	s := newSource(t)
	f := NewFeed(known{}, s.server.URL, fixed{})
	for _, row := range []struct {
		name, me string
		down     bool
		want     error
	}{
		{"it counts", `{"data":{"me":{"id":"user_a","roles":["user"]}}}`, false, nil},
		{"other roles", `{"data":{"me":{"id":"user_a","roles":["user","admin"]}}}`, false, auth.ErrTokenExpired},
		{"another account", `{"data":{"me":{"id":"user_b","roles":["user"]}}}`, false, auth.ErrTokenInvalid},
		{"nobody", `{"data":{"me":null}}`, false, auth.ErrTokenInvalid},
		{"ended", `{"errors":[{"message":"no","extensions":{"code":"UNAUTHENTICATED","reason":"SESSION_ENDED"}}],"data":{"me":null}}`, false, auth.ErrSessionEnded},
		{"busy", `{"errors":[{"message":"no","extensions":{"code":"OVERLOADED"}}],"data":{"me":null}}`, false, auth.ErrUnavailable},
		{"not GraphQL", `<html>`, false, auth.ErrUnavailable},
		{"out of reach", ``, true, auth.ErrUnavailable},
	} {
		s.set(func() { s.me, s.down = row.me, row.down })
		principal, err := f.Authenticate(t.Context(), "session_a")
		if !errors.Is(err, row.want) || (err == nil) != (row.want == nil) || (principal == nil) != (row.want != nil) {
			t.Errorf("%s: got %v, %v, want %v", row.name, principal, err, row.want)
		}
	}
}

// Heartbeats that come late count from when they would have come.
func TestFeed_HeldUp(t *testing.T) {
	f := NewFeed(known{}, "", fixed{})
	now := time.Unix(1e9, 0)
	f.now = func() time.Time { return now }
	delay := time.Duration(1<<63 - 1)
	beat := func(at time.Time) {
		t.Helper()
		if err := f.take(&revocation{Kind: "HEARTBEAT", At: at}, &delay); err != nil {
			t.Fatal(err)
		}
	}
	issuer := now.Add(-40 * time.Second) // its clock is behind ours
	beat(issuer)
	if !f.Live() {
		t.Error("not live after a heartbeat")
	}
	now = now.Add(10 * time.Second)
	beat(issuer.Add(time.Second))
	if f.Live() {
		t.Error("live by a heartbeat that was held up for nine seconds")
	}
	beat(issuer.Add(10 * time.Second))
	if !f.Live() {
		t.Error("not live after a heartbeat in time")
	}
}

// After a loss of the connection the feed resumes after its last cursor. If the cursor is too old, the feed restarts.
func TestFeed_Resumes(t *testing.T) {
	s := newSource(t)
	f, now := follow(t, s)
	s.events <- revocationEvent("c1", "SESSION", `"sessionId":"session_a",`, *now)
	s.events <- revocationEvent("c2", "HEARTBEAT", "", *now)
	until(t, "a heartbeat", f.Live)
	s.events <- ""
	s.events <- revocationEvent("c3", "HEARTBEAT", "", *now)
	s.events <- `{"errors":[{"message":"too old","extensions":{"code":"CONFLICT"}}],"data":null}`
	s.events <- revocationEvent("c4", "HEARTBEAT", "", *now)
	until(t, "a new beginning", func() bool { return f.behind() == "c4" })
	if _, err := f.Authenticate(t.Context(), "session_a"); err != nil {
		t.Errorf("got %v, want what was known before forgotten", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if got, want := fmt.Sprint(s.after), "[<nil> c2 <nil>]"; got != want {
		t.Errorf("streams began behind %s, want %s", got, want)
	}
}

// A kind that a later issuer tells of may mean anything: it is not passed over.
func TestFeed_UnknownKind(t *testing.T) {
	for name, kind := range map[string]string{"a kind that is not known": "DEVICE", "a session that is not named": "SESSION", "a key that is not named": "KEY"} {
		t.Run(name, func(t *testing.T) {
			s := newSource(t)
			failures := make(chan error, 8)
			f, now := follow(t, s, WithFailures(func(err error) {
				select {
				case failures <- err:
				default:
				}
			}))
			s.events <- revocationEvent("c1", kind, "", *now)
			if err := <-failures; err == nil || f.behind() != "" {
				t.Errorf("got %v, and goes on behind %q", err, f.behind())
			}
		})
	}
}

// A token that says when its claims were read is judged by that time, to the microsecond; another one by its `iat`, in
// whole seconds.
func TestGone_ReadAt(t *testing.T) {
	changed := time.Unix(1e9, 500_000_000).UTC() // by the issuer's database
	for _, row := range []struct {
		name         string
		issued, read time.Time
		want         error
	}{
		{"read after the change, issued in its second", changed.Truncate(time.Second), changed.Add(time.Microsecond), nil},
		{"read at the change", changed.Add(time.Minute), changed, auth.ErrTokenExpired},
		{"read before the change, issued after it by a clock ahead", changed.Add(20 * time.Minute), changed.Add(-time.Microsecond), auth.ErrTokenExpired},
		{"read after the change, issued before it by a clock behind", changed.Add(-20 * time.Minute), changed.Add(time.Microsecond), nil},
		{"no time of reading, issued in the second of the change", changed.Truncate(time.Second), time.Time{}, auth.ErrTokenExpired},
		{"no time of reading, issued in the next second", changed.Truncate(time.Second).Add(time.Second), time.Time{}, nil},
	} {
		g := &gone{}
		g.add(kindRights, "user_a", changed)
		err := g.check(&auth.Principal{Subject: "user_a", IssuedAt: row.issued, ReadAt: row.read})
		if !errors.Is(err, row.want) || (err == nil) != (row.want == nil) {
			t.Errorf("%s: got %v, want %v", row.name, err, row.want)
		}
	}
}
