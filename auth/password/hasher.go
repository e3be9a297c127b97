package password

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"golang.org/x/crypto/bcrypt"
)

// Bounds of the bcrypt cost in production. 10 takes about 60 ms; each step
// doubles it, and above 15 a login takes seconds.
const (
	MinCost = 10
	MaxCost = 15
)

// ErrMalformed means that a stored value is not one that Hash returned.
var ErrMalformed = errors.New("password: malformed stored value")

// Hasher hashes and compares passwords for who holds a Ticket, as many at once as it has workers: more would only make
// every one of them slower. It is safe for concurrent use.
type Hasher struct {
	cost     int
	patience time.Duration
	workers  int
	nice     int // nice value of the workers' threads; 0: no separate threads
	queue    queue
	compare  func(hash, password []byte) error
	now      func() time.Time
	waited   func(time.Duration)
	shed     func(reason string)
}

// Option changes a Hasher while it is built.
type Option func(*Hasher)

// WithInsecureCost replaces the cost by one that may lie below MinCost, down to
// bcrypt's own minimum of 4. Only for tests: such a hash is guessed sixty-four
// times as fast as the weakest that production allows.
func WithInsecureCost(cost int) Option {
	return func(h *Hasher) { h.cost = cost }
}

// WithPatience replaces DefaultPatience.
func WithPatience(d time.Duration) Option {
	return func(h *Hasher) { h.patience = d }
}

// New builds a Hasher. It fails when the cost lies outside MinCost to MaxCost.
func New(cost int, opts ...Option) (*Hasher, error) {
	if cost < MinCost || cost > MaxCost {
		return nil, fmt.Errorf("password: cost %d is outside %d to %d", cost, MinCost, MaxCost)
	}
	h := &Hasher{
		cost: cost, patience: DefaultPatience, workers: runtime.GOMAXPROCS(0),
		compare: bcrypt.CompareHashAndPassword, now: time.Now,
		waited: func(time.Duration) {}, shed: func(string) {},
	}
	for _, o := range opts {
		o(h)
	}
	if h.cost < bcrypt.MinCost || h.cost > MaxCost {
		return nil, fmt.Errorf("password: insecure cost %d is outside %d to %d", h.cost, bcrypt.MinCost, MaxCost)
	}
	h.queue.init()
	h.queue.cost = h.estimate()
	return h, nil
}

// Count sets the functions that are called with the waiting time of each hash, and for each refused caller. Call it before
// the first Admit. The functions must not call the Hasher.
func (h *Hasher) Count(waited func(time.Duration), shed func(reason string)) {
	h.waited, h.shed = waited, shed
}

// estimate returns the expected time of a hash before the first one has been measured. It scales the shortest of three
// hashes of the minimum cost, a millisecond each.
func (h *Hasher) estimate() time.Duration {
	shortest := h.patience
	for range 3 {
		began := h.now()
		_ = h.compare(decoy(bcrypt.MinCost).bcrypt, nil)
		shortest = min(shortest, h.now().Sub(began))
	}
	return shortest << (h.cost - bcrypt.MinCost)
}

// Hash returns the value to store for a password that Check has accepted: a hash of its normalized form. It
// fails with an Overload, or with the error of a ctx that ends before.
func (t *Ticket) Hash(ctx context.Context, password string) (stored string, err error) {
	password = Normalize(password)
	var made string // not a result: an abandoned job still writes to it
	var failed error
	if err := t.do(ctx, func() { made, failed = t.h.hash(password) }); err != nil {
		return "", err
	}
	return made, failed
}

// Matches reports whether the password is the one that was stored. The empty
// stored value stands for an unknown account or one without a password, and
// matches nothing. For any reason, a mismatch costs 2^cost rounds of
// bcrypt, so that time tells neither which accounts exist nor which have an
// older, cheaper hash; only a hash dearer than the setting stands out.
//
// The normalized form is compared first. A password that differs from it is compared as typed too, with decoys as
// well, because values stored before normalization are hashes of what was typed.
//
// It fails with ErrMalformed, after the same work, with an Overload, or with
// the error of a ctx that ends before.
func (t *Ticket) Matches(ctx context.Context, stored, password string) (ok bool, err error) {
	t.asTyped = false
	normalized := Normalize(password)
	ok, err = t.compare(ctx, stored, normalized)
	if ok || normalized == password || err != nil && !errors.Is(err, ErrMalformed) {
		return ok, err
	}
	second := t
	if t.second != nil {
		second = t.second
	}
	t.asTyped, err = second.compare(ctx, stored, password)
	return t.asTyped, err
}

// compare has a worker compare one form of a password.
func (t *Ticket) compare(ctx context.Context, stored, password string) (ok bool, err error) {
	var same bool // not a result: an abandoned job still writes to it
	var failed error
	if err := t.do(ctx, func() { same, failed = t.h.matches(stored, password) }); err != nil {
		return false, err
	}
	return same, failed
}

func (h *Hasher) hash(password string) (stored string, err error) {
	scheme, key := plain, []byte(password)
	if !fitsPlain(password) {
		scheme, key = condensed, condense(password)
	}
	b, err := bcrypt.GenerateFromPassword(key, h.cost)
	if err != nil {
		return "", fmt.Errorf("password: %w", err)
	}
	return scheme + ":" + string(b), nil
}

func (h *Hasher) matches(stored, password string) (ok bool, err error) {
	against, known := parse(stored)
	if !known {
		against = decoy(h.cost)
	}
	// Condensed on either path, so that time does not tell the scheme.
	key, fits := condense(password), true
	if against.scheme == plain {
		key, fits = []byte(password), fitsPlain(password)
	}
	if h.compare(against.bcrypt, key) == nil && known && fits {
		return true, nil
	}
	h.compensate(against.cost, key)
	if !known && stored != "" {
		return false, ErrMalformed
	}
	return false, nil
}

// compensate repeats the work that a cheaper comparison has saved:
// 2^new - 2^old is the sum of 2^c for c from old to new-1.
func (h *Hasher) compensate(cost int, key []byte) {
	for ; cost < h.cost; cost++ {
		_ = h.compare(decoy(cost).bcrypt, key)
	}
}

// Weaker reports whether the stored value was made at a lower cost than the
// setting, so that it is worth hashing again once the password is at hand. A
// malformed value is not: no password will ever match it.
func (h *Hasher) Weaker(stored string) bool {
	v, ok := parse(stored)
	return ok && v.cost < h.cost
}
