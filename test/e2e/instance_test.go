package e2e

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"authgraph/db/dbtest"
	"authgraph/internal/proxy"
	"authgraph/test/harness"
)

// instance is a server, and what stands between it and the database.
type instance struct {
	*harness.Server
	proxy *proxy.Proxy
}

// instances starts n servers on one database.
func instances(t *testing.T, n int, environ ...string) []instance {
	t.Helper()
	dsn, err := url.Parse(dbtest.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	var all []instance
	for range n {
		p := proxy.New(t, dsn.Host)
		through := *dsn
		through.Host = p.Addr()
		query := through.Query()
		query.Set("connect_timeout", "2")
		through.RawQuery = query.Encode()
		store := dbtest.OpenPostgres(t, through.String())
		all = append(all, instance{harness.Start(t, store, environ...), p})
	}
	return all
}

// bound is the time after which no request that then begins is answered as if the session still went on.
const bound = time.Second

// denies asks until the token is refused, and fails if a request that began later than bound after ended was not.
func (i instance) denies(t *testing.T, name, token string, ended time.Time) {
	t.Helper()
	for deadline := time.Now().Add(harness.Patience); time.Now().Before(deadline); {
		began := time.Now()
		got := i.Query(t, token, `{ me { id } }`, nil)
		if strings.Contains(got.Body, "SESSION_ENDED") {
			return
		}
		if late := began.Sub(ended); late > bound && strings.HasPrefix(got.Body, `{"data":{"me":{`) {
			t.Errorf("%s: a request that began %v after the logout was answered %s", name, late, got.Body)
			return
		}
	}
	t.Errorf("%s: the session did not end", name)
}

// A logout on one instance holds on the others, whatever happens to their way to the database.
func TestInstances_Logout(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct{ before, after func(*proxy.Proxy) }{
		"all well":             {func(*proxy.Proxy) {}, func(*proxy.Proxy) {}},
		"connections cut":      {(*proxy.Proxy).Cut, func(*proxy.Proxy) {}},
		"notifications lost":   {(*proxy.Proxy).SwallowListeners, func(*proxy.Proxy) {}},
		"swallowed, then back": {(*proxy.Proxy).Swallow, (*proxy.Proxy).Heal},
		"refused, then back":   {(*proxy.Proxy).Refuse, (*proxy.Proxy).Heal},
		"slow":                 {func(p *proxy.Proxy) { p.Delay(300 * time.Millisecond) }, func(*proxy.Proxy) {}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := instances(t, 3)
			ada := all[0].Register(t, "ada@example.com", harness.Password)
			other, _ := all[1].Login(t, "ada@example.com", nil)
			for _, i := range all {
				if !i.TokenValid(t, ada.Token) || !i.TokenValid(t, other.AccessToken) {
					t.Fatal("the token does not count everywhere")
				}
			}
			row.before(all[1].proxy)
			got := all[0].Query(t, ada.Token, `mutation { logout { endedSessionIds } }`, nil)
			ended := time.Now()
			if !strings.Contains(got.Body, ada.Session) {
				t.Fatalf("logout: %s", got.Body)
			}
			if all[0].TokenValid(t, ada.Token) {
				t.Error("the instance that ended it still believes it")
			}
			all[2].denies(t, "the third", ada.Token, ended)
			for time.Since(ended) < bound { // answers within the bound may be of either kind
				all[1].Query(t, ada.Token, `{ me { id } }`, nil)
			}
			if got := all[1].Query(t, ada.Token, `{ me { id } }`, nil); strings.HasPrefix(got.Body, `{"data":{"me":{`) {
				t.Errorf("after the bound: %s", got.Body)
			}
			row.after(all[1].proxy)
			all[1].denies(t, "the second", ada.Token, ended)
			for _, i := range all {
				if got := i.Query(t, other.AccessToken, `{ me { id } }`, nil); strings.Contains(got.Body, "UNAUTHENTICATED") {
					t.Errorf("the session that goes on: %s", got.Body)
				}
			}
		})
	}
}

// Sockets on every instance close when the account signs out everywhere, and others' stay open.
func TestInstances_Sockets(t *testing.T) {
	t.Parallel()
	all := instances(t, 3)
	ada := all[0].Register(t, "ada@example.com", harness.Password)
	bob := all[0].Register(t, "bob@example.com", harness.Password)
	var adas, bobs []*harness.Socket
	for _, i := range all {
		for range 3 {
			a, b := i.Connect(t, ada.Token), i.Connect(t, bob.Token)
			a.Subscribe(t, harness.SessionEventsDocument)
			b.Subscribe(t, harness.SessionEventsDocument)
			adas, bobs = append(adas, a), append(bobs, b)
		}
	}
	for _, i := range all {
		i.AwaitSubscriptions(t, 6)
	}
	all[1].Query(t, ada.Token, `mutation { logout(scope: ALL) { endedSessionIds } }`, nil)
	for _, c := range adas {
		if got := c.AwaitClose(t); got.Code != 4401 || got.Reason != "SESSION_ENDED" {
			t.Errorf("got %v, want 4401 SESSION_ENDED", got)
		}
	}
	other, _ := all[2].Login(t, "bob@example.com", nil)
	for n, c := range bobs {
		if m := c.Next(t); !strings.Contains(string(m.Payload), `"STARTED","session":{"id":"`+other.Session.ID+`"`) {
			t.Errorf("socket %d: got %s", n, m.Payload)
		}
	}
}

// The clock of an instance is 40 seconds ahead of the other's, and of the database's. No caller notices.
func TestInstances_Clocks(t *testing.T) {
	t.Parallel()
	dsn := dbtest.Postgres(t)
	var all []*harness.Server
	for _, ahead := range []time.Duration{0, 40 * time.Second} {
		store := dbtest.OpenPostgres(t, dsn)
		all = append(all, harness.StartAt(t, func() time.Time { return time.Now().Add(ahead) }, store))
	}
	all[0].Register(t, "ada@example.com", harness.Password)
	for n, w := range all {
		other := all[1-n]
		s, _ := w.Login(t, "ada@example.com", nil)
		if !w.TokenValid(t, s.AccessToken) || !other.TokenValid(t, s.AccessToken) {
			t.Errorf("a token of instance %d does not count everywhere", n)
		}
		next, a := other.Refresh(t, s.RefreshToken)
		if !w.TokenValid(t, next.AccessToken) {
			t.Errorf("refreshed elsewhere: %s", a.Body)
		}
		// The time of grace is the database's: within it on both.
		for i, again := range all {
			if got, a := again.Refresh(t, s.RefreshToken); got.RefreshToken != next.RefreshToken {
				t.Errorf("the token before, at instance %d: %s", i, a.Body)
			}
		}
		c := w.Connect(t, next.AccessToken)
		c.Subscribe(t, harness.SessionEventsDocument)
		w.AwaitSubscriptions(t, 1)
		other.Query(t, next.AccessToken, `mutation { logout { endedSessionIds } }`, nil)
		if got := c.AwaitClose(t); got.Code != 4401 {
			t.Errorf("got %v, want 4401", got)
		}
		if w.TokenValid(t, next.AccessToken) || other.TokenValid(t, s.AccessToken) {
			t.Error("the session has not ended")
		}
		w.AwaitSubscriptions(t, 0)
	}
}
