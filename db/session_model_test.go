package db_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"authgraph/account"
	"authgraph/auth"
	"authgraph/auth/token"
	"authgraph/db"
	"authgraph/db/dbtest"
	"authgraph/internal/prove"
)

// The times of the machine under test. Time passes in steps of 24 minutes and 60 hours, so that no sum of them comes
// near a limit within an episode, however slow the machine is.
const (
	grace    = time.Hour
	idle     = 100 * time.Hour
	absolute = 1000 * time.Hour
	moment   = 24 * time.Minute
	while    = 60 * time.Hour
	episode  = 40 // steps
)

// model is what refresh tokens of one session mean: DESIGN 4, and nothing of the code that it is compared with.
type model struct {
	now, rotated, expires time.Duration // since the session began
	counter               int64
	lateFrom              int64 // 0 after an ordinary rotation
	ended                 account.SessionEndReason
	suspended             bool
	last                  account.Client
	foreign               int
}

func (m *model) present(counter int64, c account.Client) account.RefreshOutcome {
	switch {
	case counter > m.counter:
		return account.RefreshInvalid
	case m.ended == account.TokenReused:
		return account.RefreshReused
	case m.ended == account.Replaced:
		return account.RefreshReplaced
	case m.ended != "" || m.now >= m.expires:
		return account.RefreshEnded
	case counter == m.counter && m.suspended:
		return account.RefreshEnded
	case counter == m.counter:
		m.lateFrom = 0
		m.rotate(c)
		return account.RefreshRotated
	case m.lateFrom == 0 && counter == m.counter-1, m.lateFrom != 0 && counter == m.lateFrom:
		return m.again(counter, c)
	default:
		m.ended = account.TokenReused
		return account.RefreshReused
	}
}

func (m *model) rotate(c account.Client) {
	m.counter++
	m.rotated, m.last = m.now, c
	m.expires = min(m.now+idle, absolute)
}

// again answers the token of the last rotation, whose successor is unused.
func (m *model) again(counter int64, c account.Client) account.RefreshOutcome {
	if m.suspended {
		return account.RefreshEnded
	}
	if c == m.last {
		m.foreign = 0
	} else if m.foreign++; m.foreign == 3 {
		m.ended = account.TokenReused
		return account.RefreshReused
	}
	if m.now < m.rotated+grace {
		return account.RefreshRepeated
	}
	m.lateFrom = counter
	m.rotate(c)
	return account.RefreshLate
}

// machine is the code under test with its clients: three tabs of the owner, and a thief.
type machine struct {
	service *account.Service
	store   *db.Store
	raw     *sqlx.DB // to let time pass
	key     *token.RefreshKey
	random  *rand.Rand

	mu       sync.Mutex
	outcomes []account.RefreshOutcome
	total    map[account.RefreshOutcome]int
	races    int
}

var (
	owner = account.Client{UserAgent: "the owner's", IPAddress: "192.0.2.1"}
	thief = account.Client{UserAgent: "the thief's", IPAddress: "198.51.100.1"}
)

type noTokens struct{}

func (noTokens) Issue(context.Context, *auth.Principal, time.Duration) (string, time.Duration, error) {
	return "", 0, nil
}

func newMachine(t *testing.T, store *db.Store, raw *sqlx.DB, seed uint64) *machine {
	ring := openKeyring(t, store)
	key, err := ring.RefreshKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	m := &machine{
		store: store, raw: raw, random: rand.New(rand.NewPCG(seed, 1)), total: map[account.RefreshOutcome]int{},
		key: key,
	}
	m.service = account.New(store, nil, nil, noTokens{}, ring,
		account.Settings{SessionIdle: idle, SessionAbsolute: absolute, RefreshGrace: grace})
	m.service.SetMetrics(m.count)
	return m
}

func (m *machine) count(o account.RefreshOutcome) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.outcomes = append(m.outcomes, o)
	m.total[o]++
}

// take returns what was counted since, in order.
func (m *machine) take() []account.RefreshOutcome {
	m.mu.Lock()
	defer m.mu.Unlock()
	o := m.outcomes
	m.outcomes = nil
	slices.Sort(o)
	return o
}

// pass lets time pass for a session.
func (m *machine) pass(t *testing.T, session string, d time.Duration) {
	t.Helper()
	_, err := m.raw.Exec(m.raw.Rebind(`UPDATE sessions SET created_at = created_at - ?, rotated_at = rotated_at - ?,
		last_used_at = last_used_at - ?, expires_at = expires_at - ?, absolute_expires_at = absolute_expires_at - ? WHERE id = ?`),
		d.Microseconds(), d.Microseconds(), d.Microseconds(), d.Microseconds(), d.Microseconds(), session)
	if err != nil {
		t.Fatal(err)
	}
}

func (m *machine) suspend(t *testing.T, user string, suspended bool) {
	t.Helper()
	value := "NULL"
	if suspended {
		value = "1"
	}
	if _, err := m.raw.Exec(m.raw.Rebind(`UPDATE users SET suspended_at = `+value+` WHERE id = ?`), user); err != nil {
		t.Fatal(err)
	}
}

// run plays one session from its beginning, and returns how many tokens were presented.
func (m *machine) run(t *testing.T, user string, number int) (steps int) {
	t.Helper()
	m.suspend(t, user, false)
	id := fmt.Sprintf("session_%08d", number)
	_, s, err := m.store.AddSession(t.Context(), account.NewSession{
		ID: id, UserID: user, Idle: idle, Absolute: absolute, Assurance: auth.SingleFactor,
		Methods: []account.SignInMethod{account.MethodPassword}, Delivery: account.DeliverBody, Client: owner, Cap: 1 << 20,
	}, 1)
	if err != nil {
		t.Fatal(err)
	}
	want := &model{expires: idle, counter: s.Counter, last: owner}
	holds := []int64{s.Counter, s.Counter, s.Counter, 0} // the tabs, and what the thief has copied
	var did []string
	after := 5 // steps after the end of the session
	for len(did) < episode && after > 0 && !t.Failed() {
		if want.ended != "" || want.now >= want.expires {
			after--
		}
		caller := m.random.IntN(len(holds))
		by := owner
		if caller == 3 {
			by = thief
		}
		present := func(presenters int, keep bool) {
			counter := holds[caller]
			if counter == 0 {
				return
			}
			steps += presenters
			got := m.present(t, id, counter, by, presenters, want)
			did = append(did, fmt.Sprintf("%d presents %d %d times: %v", caller, counter, presenters, got))
			if keep && slices.ContainsFunc(got, account.RefreshOutcome.Answered) {
				holds[caller] = want.counter
			}
		}
		switch n := m.random.IntN(100); {
		case n < 30:
			present(1, true)
		case n < 38: // the answer is lost
			present(1, false)
		case n < 46:
			present(2+m.random.IntN(4), true)
			m.races++
		case n < 66: // another tab learns of it
			holds[caller%3] = max(holds[0], holds[1], holds[2])
		case n < 70:
			holds[3] = holds[m.random.IntN(3)]
			did = append(did, fmt.Sprintf("the thief copies %d", holds[3]))
		case n < 85:
			m.pass(t, id, moment)
			want.now += moment
			did = append(did, "a moment passes")
		case n < 91:
			m.pass(t, id, while)
			want.now += while
			did = append(did, "a while passes")
		case n < 93: // a token that was never given out
			steps++
			m.present(t, id, want.counter+1+m.random.Int64N(3), by, 1, want)
		case n < 95:
			steps++
			m.forge(t, id, holds[caller])
		case n < 97:
			want.suspended = !want.suspended
			m.suspend(t, user, want.suspended)
			did = append(did, fmt.Sprintf("suspended: %v", want.suspended))
		case n < 98:
			if _, err := m.store.EndSessions(t.Context(), account.SessionEnd{
				UserID: user, Session: id, Scope: account.LogoutCurrent, Reason: account.Revoked,
			}); err != nil {
				t.Fatal(err)
			}
			if want.ended == "" && want.now < want.expires {
				want.ended = account.Revoked
			}
			did = append(did, "revoked")
		default:
			_, _, err := m.store.ReplaceSession(t.Context(), account.Caller{UserID: user, SessionID: id, Client: by}, account.SessionReplacement{
				ID: id + "_next", Idle: idle, CredentialVersion: account.FirstVersion, Method: account.MethodPassword,
			})
			live := want.ended == "" && want.now < want.expires && !want.suspended
			if (err == nil) != live {
				t.Fatalf("ReplaceSession: got %v, want success: %v", err, live)
			}
			if live {
				want.ended = account.Replaced
			}
			did = append(did, "replaced")
		}
	}
	m.compare(t, id, want)
	if t.Failed() {
		for _, line := range did {
			t.Log(line)
		}
	}
	return steps
}

// present sends the token from n clients at once, and compares with the model, which takes them one by one.
func (m *machine) present(
	t *testing.T, id string, counter int64, by account.Client, presenters int, want *model,
) []account.RefreshOutcome {
	t.Helper()
	text := m.key.Mint(id, 1, counter)
	var at sync.WaitGroup
	answers := make([]*account.SignIn, presenters)
	for i := range presenters {
		at.Go(func() {
			var err error
			answers[i], err = m.service.Refresh(t.Context(), text, by)
			if err != nil && !errors.Is(err, account.ErrRefreshTokenInvalid) && !errors.Is(err, account.ErrRefreshTokenReused) {
				t.Error(err)
			}
		})
	}
	at.Wait()
	var expected []account.RefreshOutcome
	for range presenters {
		expected = append(expected, want.present(counter, by))
	}
	slices.Sort(expected)
	got := m.take()
	if !slices.Equal(got, expected) {
		t.Errorf("token %d: got %v, want %v", counter, got, expected)
	}
	now := m.key.Mint(id, 1, want.counter)
	for _, answer := range answers {
		if answer != nil && answer.RefreshToken != now {
			t.Errorf("token %d was answered with another one than %d", counter, want.counter)
		}
	}
	return got
}

// forge presents what is not a token of the session: nothing changes.
func (m *machine) forge(t *testing.T, id string, counter int64) {
	t.Helper()
	text := []byte(m.key.Mint(id, 1, counter))
	text[len(text)-1-m.random.IntN(20)] ^= 1
	if _, err := m.service.Refresh(t.Context(), string(text), thief); !errors.Is(err, account.ErrRefreshTokenInvalid) {
		t.Errorf("a forged token: %v", err)
	}
	if got := m.take(); !slices.Equal(got, []account.RefreshOutcome{account.RefreshInvalid}) {
		t.Errorf("a forged token: %v", got)
	}
}

func (m *machine) compare(t *testing.T, id string, want *model) {
	t.Helper()
	found, err := m.store.SessionsByID(t.Context(), []string{id})
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	var ended account.SessionEndReason
	if r := found[0].EndReason; r != nil {
		ended = *r
	}
	if want.ended == "" && want.now >= want.expires {
		want.ended = account.Expired
	}
	if found[0].Counter != want.counter || ended != want.ended {
		t.Errorf("the session is at %d and ended with %q, want %d and %q", found[0].Counter, ended, want.counter, want.ended)
	}
}

func openKeyring(t *testing.T, store *db.Store) *token.Keyring {
	t.Helper()
	ring, err := token.OpenKeyring(t.Context(), store, plain{}, store, token.DefaultAlgorithm)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

// plain seals nothing: what is sealed is not what is tested here.
type plain struct{}

func (plain) Seal(_, _ string, b []byte) []byte          { return b }
func (plain) Open(_, _ string, b []byte) ([]byte, error) { return b, nil }
func (plain) Stale([]byte) bool                          { return false }

// The refresh machine against the model, in random interleavings of tabs that refresh, retry and race, a thief, time,
// suspension and revocation.
func TestRefresh_Machine(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(t *testing.T) (*db.Store, *sqlx.DB){
		"SQLite": func(t *testing.T) (*db.Store, *sqlx.DB) {
			path := dbtest.SQLite(t)
			return dbtest.OpenSQLite(t, path), sqlx.MustOpen("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")
		},
		"PostgreSQL": func(t *testing.T) (*db.Store, *sqlx.DB) {
			dsn := dbtest.Postgres(t)
			return dbtest.OpenPostgres(t, dsn), sqlx.MustOpen("postgres", dsn)
		},
	} {
		t.Run(name, func(t *testing.T) {
			store, raw := open(t)
			t.Cleanup(func() {
				if err := raw.Close(); err != nil {
					t.Error(err)
				}
			})
			user, err := store.AddUser(t.Context(), account.NewUser{
				ID: "user_a", Email: account.Email{Typed: "a@example.com", Key: "a@example.com"},
			})
			if err != nil {
				t.Fatal(err)
			}
			seed := rand.Uint64()
			m := newMachine(t, store, raw, seed)
			steps := 0
			for n := 0; steps < prove.Size(3_000, 100_000) && !t.Failed(); n++ {
				steps += m.run(t, user.ID, n)
			}
			t.Logf("seed %d: %d tokens presented, %d races: %v", seed, steps, m.races, m.total)
			for _, o := range account.RefreshOutcomes() {
				if m.total[o] < steps/200 {
					t.Errorf("only %d of %d came to %s", m.total[o], steps, o)
				}
			}
		})
	}
}
