package password

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"

	"golang.org/x/crypto/bcrypt"

	"authgraph/internal/network"
)

const testCost = bcrypt.MinCost

func newHasher(tb testing.TB, cost int) *Hasher {
	tb.Helper()
	h, err := New(MinCost, WithInsecureCost(cost))
	if err != nil {
		tb.Fatal(err)
	}
	return h
}

func mustHash(tb testing.TB, h *Hasher, password string) string {
	tb.Helper()
	ticket := mustAdmit(tb, h, "192.0.2.1")
	defer ticket.Leave()
	stored, err := ticket.Hash(tb.Context(), password)
	if err != nil {
		tb.Fatal(err)
	}
	return stored
}

func mustAdmit(tb testing.TB, h *Hasher, from string) *Ticket {
	tb.Helper()
	ticket, err := h.Admit(network.Parse(from), nil)
	if err != nil {
		tb.Fatal(err)
	}
	return ticket
}

func matches(ctx context.Context, tb testing.TB, h *Hasher, stored, input string) (bool, error) {
	tb.Helper()
	ticket := mustAdmit(tb, h, "192.0.2.1")
	defer ticket.Leave()
	return ticket.Matches(ctx, stored, input)
}

// countRounds makes h add up the bcrypt rounds of its comparisons.
func countRounds(tb testing.TB, h *Hasher) *int {
	tb.Helper()
	rounds, compare := new(int), h.compare
	h.compare = func(hash, password []byte) error {
		cost, err := bcrypt.Cost(hash)
		if err != nil {
			tb.Errorf("bcrypt does no work for %q: %v", hash, err)
		}
		*rounds += 1 << cost
		return compare(hash, password)
	}
	return rounds
}

func TestNew(t *testing.T) {
	for _, tt := range []struct {
		name string
		cost int
		opts []Option
		ok   bool
	}{
		{"below the bounds", 9, nil, false},
		{"least", 10, nil, true},
		{"most", 15, nil, true},
		{"above the bounds", 16, nil, false},
		{"zero", 0, nil, false},
		{"for tests", 10, []Option{WithInsecureCost(4)}, true},
		{"below what bcrypt does", 10, []Option{WithInsecureCost(3)}, false},
		{"insecure and too dear", 10, []Option{WithInsecureCost(16)}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := New(tt.cost, tt.opts...); (err == nil) != tt.ok {
				t.Errorf("got error %v, want success %t", err, tt.ok)
			}
		})
	}
}

func TestMatches(t *testing.T) {
	h := newHasher(t, testCost)
	emoji18, x72 := strings.Repeat("😀", 18), strings.Repeat("x", 72)
	for _, tt := range []struct {
		name            string
		password, given string
		scheme          string
		want            bool
	}{
		{"right", "correct horse", "correct horse", plain, true},
		{"wrong", "correct horse", "correct house", plain, false},
		{"nothing given", "correct horse", "", plain, false},
		{"case counts", "correct horse", "Correct horse", plain, false},
		{"blanks count", "correct horse", "correct horse ", plain, false},
		{"composed and decomposed are one", "caf\u00e9 au lait", "cafe\u0301 au lait", plain, true},
		{"72 bytes", x72, x72, plain, true},
		{"72 bytes and a suffix", x72, x72 + "y", plain, false},
		{"72 bytes and a NUL", x72, x72 + "\x00", plain, false},
		{"73 bytes", x72 + "y", x72 + "y", condensed, true},
		{"73 bytes, last one differs", x72 + "y", x72 + "z", condensed, false},
		{"73 bytes, last one missing", x72 + "y", x72, condensed, false},
		{"72 bytes of emoji", emoji18, emoji18, plain, true},
		{"72 bytes of emoji and a suffix", emoji18, emoji18 + "😀", plain, false},
		{"73 bytes of emoji and a letter", emoji18 + "y", emoji18 + "y", condensed, true},
		{"character across byte 72", x72[1:] + "é", x72[1:] + "é", condensed, true},
		{"character across byte 72 differs behind it", x72[1:] + "é", x72[1:] + "ê", condensed, false},
		{"512 bytes", strings.Repeat("😀", 128), strings.Repeat("😀", 128), condensed, true},
		{"512 bytes, last character differs", strings.Repeat("😀", 128), strings.Repeat("😀", 127) + "😁", condensed, false},
		{"digest is not a password", x72 + "y", string(condense(x72 + "y")), condensed, false},
		{"NUL inside", "abcd\x00abcd", "abcd\x00abcd", condensed, true},
		{"NUL cycle of a shorter one", "abcd\x00abcd", "abcd", condensed, false},
		{"shorter one of a NUL cycle", "abcd", "abcd\x00abcd", plain, false},
		{"NUL at the end", "abcdefgh", "abcdefgh\x00", plain, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			stored := mustHash(t, h, tt.password)
			if !strings.HasPrefix(stored, tt.scheme+":$2a$04$") {
				t.Errorf("got stored %q, want scheme %q", stored, tt.scheme)
			}
			if got, err := matches(t.Context(), t, h, stored, tt.given); got != tt.want || err != nil {
				t.Errorf("got %t, %v, want %t", got, err, tt.want)
			}
		})
	}
}

func TestHash_Salted(t *testing.T) {
	h := newHasher(t, testCost)
	if a, b := mustHash(t, h, "correct horse"), mustHash(t, h, "correct horse"); a == b {
		t.Errorf("got %q twice, want two salts", a)
	}
}

// TestMatches_MismatchCost counts rounds of bcrypt, not time.
func TestMatches_MismatchCost(t *testing.T) {
	const setting = testCost + 3
	old, dear := newHasher(t, testCost), newHasher(t, setting+1)
	h := newHasher(t, setting)
	now := mustHash(t, h, "correct horse")
	long := strings.Repeat("correct horse ", 9)
	for _, tt := range []struct {
		name          string
		stored, given string
		rounds        int
		err           error
	}{
		{"wrong password", now, "wrong horse", 1 << setting, nil},
		{"unknown account", "", "wrong horse", 1 << setting, nil},
		{"unknown account, long password", "", long, 1 << setting, nil},
		{"unknown account, NUL", "", "wrong\x00horse", 1 << setting, nil},
		{"plain hash, long password", now, long, 1 << setting, nil},
		{"plain hash, NUL", now, "correct horse\x00", 1 << setting, nil},
		{"condensed hash", mustHash(t, h, long), "wrong horse", 1 << setting, nil},
		{"older hash", mustHash(t, old, "correct horse"), "wrong horse", 1 << setting, nil},
		{"older hash, long password", mustHash(t, old, "correct horse"), long, 1 << setting, nil},
		{"older condensed hash", mustHash(t, old, long), "wrong horse", 1 << setting, nil},
		{"dearer hash", mustHash(t, dear, "correct horse"), "wrong horse", 1 << (setting + 1), nil},
		{"malformed", "bcrypt:nonsense", "wrong horse", 1 << setting, ErrMalformed},
		{"no scheme", strings.TrimPrefix(now, "bcrypt:"), "correct horse", 1 << setting, ErrMalformed},
		{"unknown scheme", "md5:" + now, "correct horse", 1 << setting, ErrMalformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			counted := newHasher(t, setting)
			rounds := countRounds(t, counted)
			ok, err := matches(t.Context(), t, counted, tt.stored, tt.given)
			if ok || !errors.Is(err, tt.err) {
				t.Errorf("got %t, %v, want false, %v", ok, err, tt.err)
			}
			if *rounds != tt.rounds {
				t.Errorf("got %d rounds, want %d", *rounds, tt.rounds)
			}
		})
	}
}

func TestMatches_OlderHashCost(t *testing.T) {
	h := newHasher(t, testCost+3)
	rounds := countRounds(t, h)
	ok, err := matches(t.Context(), t, h, mustHash(t, newHasher(t, testCost), "correct horse"), "correct horse")
	if !ok || err != nil || *rounds != 1<<testCost {
		t.Errorf("got %t, %v after %d rounds, want true after %d", ok, err, *rounds, 1<<testCost)
	}
}

// TestMatches_Unknown stands for the day on which a password is found whose
// hash is the decoy.
func TestMatches_Unknown(t *testing.T) {
	h := newHasher(t, testCost)
	h.compare = func(_, _ []byte) error { return nil }
	for _, stored := range []string{"", "bcrypt:nonsense"} {
		if ok, _ := matches(t.Context(), t, h, stored, "correct horse"); ok {
			t.Errorf("stored %q: got a match", stored)
		}
	}
}

func TestWeaker(t *testing.T) {
	h := newHasher(t, testCost+1)
	long := strings.Repeat("long ", 20)
	for _, tt := range []struct {
		name   string
		stored string
		want   bool
	}{
		{"lower cost", mustHash(t, newHasher(t, testCost), "correct horse"), true},
		{"lower cost, condensed", mustHash(t, newHasher(t, testCost), long), true},
		{"same cost", mustHash(t, h, "correct horse"), false},
		{"higher cost", mustHash(t, newHasher(t, testCost+2), "correct horse"), false},
		{"no password", "", false},
		{"malformed", "bcrypt:$2a$04$short", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := h.Weaker(tt.stored); got != tt.want {
				t.Errorf("got %t, want %t", got, tt.want)
			}
		})
	}
}

func TestWorkers_Bounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, release, started := newHasher(t, testCost), make(chan struct{}), make(chan struct{}, 100)
		h.compare = func(_, _ []byte) error {
			started <- struct{}{}
			<-release
			return bcrypt.ErrMismatchedHashAndPassword
		}
		workers := runtime.GOMAXPROCS(0)
		for range workers + 2 {
			go func() { _, _ = matches(t.Context(), t, h, "", "correct horse") }()
		}
		synctest.Wait()
		if got := len(started); got != workers {
			t.Errorf("got %d hashes at once, want %d", got, workers)
		}

		ctx, cancel := context.WithCancel(t.Context())
		failed := make(chan error, 2)
		go func() { _, err := matches(ctx, t, h, "", "correct horse"); failed <- err }()
		go func() { _, err := mustAdmit(t, h, "192.0.2.1").Hash(ctx, "correct horse"); failed <- err }()
		synctest.Wait()
		if got, want := h.Waiting(), workers+4; got != want {
			t.Errorf("got %d waiting, want %d", got, want)
		}
		cancel()
		for range 2 {
			if err := <-failed; !errors.Is(err, context.Canceled) {
				t.Errorf("got error %v of a caller who left the queue, want %v", err, context.Canceled)
			}
		}

		close(release)
		synctest.Wait()
		if got := len(started); got != workers+2 {
			t.Errorf("got %d hashes in all, want %d: none for who left the queue", got, workers+2)
		}
		if got := h.Waiting(); got != 0 {
			t.Errorf("got %d waiting at the end, want none", got)
		}
	})
}

func TestHash_EndedContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	h := newHasher(t, testCost)
	rounds := countRounds(t, h)
	stored := mustHash(t, h, "correct horse")
	if ok, err := matches(ctx, t, h, stored, "correct horse"); ok || !errors.Is(err, context.Canceled) {
		t.Errorf("got %t, %v, want %v", ok, err, context.Canceled)
	}
	if *rounds != 0 {
		t.Errorf("got %d rounds, want none", *rounds)
	}
	if ok, err := matches(t.Context(), t, h, stored, "correct horse"); !ok || err != nil {
		t.Errorf("got %t, %v afterwards, want every place given back", ok, err)
	}
}
