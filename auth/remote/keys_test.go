package remote_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"authgraph/auth"
	"authgraph/auth/remote"
)

// issuer is another server's JWKS endpoint, which can go away.
type issuer struct {
	keys   []auth.Key
	down   bool
	asked  int
	server *httptest.Server
}

func newIssuer(t *testing.T, ids ...string) *issuer {
	t.Helper()
	i := &issuer{}
	for _, id := range ids {
		public, _, err := ed25519.GenerateKey(nil)
		if err != nil {
			t.Fatal(err)
		}
		i.keys = append(i.keys, auth.Key{ID: id, Algorithm: "EdDSA", Public: public})
	}
	i.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		i.asked++
		if i.down {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		text, err := auth.MarshalJWKS(i.keys)
		if err != nil {
			t.Error(err)
		}
		_, _ = w.Write(text)
	}))
	t.Cleanup(i.server.Close)
	return i
}

func TestKeys(t *testing.T) {
	i := newIssuer(t, "a", "b")
	all := i.keys
	i.keys = all[:1]
	now := time.Unix(1e9, 0)
	keys := remote.New(i.server.URL, remote.WithClock(func() time.Time { return now }))
	for _, step := range []struct {
		name   string
		change func()
		id     string
		want   error
		asked  int
	}{
		{"issuer down, nothing kept", func() { i.down = true }, "a", errAny, 1},
		{"the issuer is back", func() { i.down, now = false, now.Add(time.Second) }, "a", nil, 2},
		{"kept", nil, "a", nil, 2},
		{"unknown, within the bound", nil, "b", auth.ErrUnknownKey, 2},
		{"unknown, after the bound", func() { now = now.Add(10 * time.Second) }, "b", auth.ErrUnknownKey, 3},
		{"unknown again, within the bound", func() { i.keys = all }, "b", auth.ErrUnknownKey, 3},
		{"a new key is found", func() { now = now.Add(10 * time.Second) }, "b", nil, 4},
		{"issuer down, stale, the set is kept", func() { i.down, now = true, now.Add(time.Hour) }, "a", nil, 5},
		{"issuer down, not asked at each request", nil, "a", nil, 5},
		{"a dropped key goes", func() { i.down, i.keys, now = false, all[1:], now.Add(time.Minute) }, "a", auth.ErrUnknownKey, 6},
		{"an empty set is none", func() { i.keys, now = nil, now.Add(time.Hour) }, "b", nil, 7},
		{"a day without the issuer", func() { i.down, now = true, now.Add(24*time.Hour) }, "b", errAny, 8},
	} {
		if step.change != nil {
			step.change()
		}
		key, err := keys.Key(t.Context(), step.id)
		ok := errors.Is(err, step.want) || errors.Is(step.want, errAny) && err != nil && !errors.Is(err, auth.ErrUnknownKey)
		if !ok || (err == nil && key.ID != step.id) {
			t.Errorf("%s: got %q, %v after %d requests, want %v after %d", step.name, key.ID, err, i.asked, step.want, step.asked)
		} else if i.asked != step.asked {
			t.Errorf("%s: got %q, %v after %d requests, want %v after %d", step.name, key.ID, err, i.asked, step.want, step.asked)
		}
	}
}

// A client with an invented key id must not delay other clients, even if the issuer hangs.
func TestKeys_Hanging(t *testing.T) {
	i := newIssuer(t, "a")
	hang, release := make(chan struct{}), make(chan struct{})
	defer close(release)
	handler := i.server.Config.Handler
	i.server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-hang:
			<-release
		default:
		}
		handler.ServeHTTP(w, r)
	})
	now := time.Unix(1e9, 0)
	var mu sync.Mutex
	keys := remote.New(i.server.URL, remote.WithClock(func() time.Time { mu.Lock(); defer mu.Unlock(); return now }))
	if _, err := keys.Key(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	close(hang)
	mu.Lock()
	now = now.Add(time.Minute)
	mu.Unlock()
	ctx, cancel := context.WithCancel(t.Context())
	var wait sync.WaitGroup
	wait.Go(func() {
		if _, err := keys.Key(ctx, "invented"); err == nil {
			t.Error("the invented key was found")
		}
	})
	if _, err := keys.Key(t.Context(), "a"); err != nil {
		t.Errorf("the known key: %v", err)
	}
	cancel() // a request that goes away does not wait on
	wait.Wait()
}

func TestKeys_Redirect(t *testing.T) {
	i := newIssuer(t, "a")
	away := httptest.NewServer(http.RedirectHandler(i.server.URL, http.StatusFound))
	defer away.Close()
	if _, err := remote.New(away.URL).Key(t.Context(), "a"); err == nil || i.asked != 0 {
		t.Errorf("got %v after %d requests, want the redirect refused", err, i.asked)
	}
}

// errAny stands for every error that does not call the key unknown.
var errAny = errors.New("any")
