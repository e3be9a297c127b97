// Package remote finds the keys of another issuer: it fetches and keeps its JSON Web Key Set.
package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"authgraph/auth"
)

const (
	// maxSetBytes bounds what an issuer can make us read.
	maxSetBytes = 1 << 20
	// fetchTimeout bounds how long one request waits for the issuer.
	fetchTimeout = 5 * time.Second
	// retryAfter bounds the rate at which unknown key ids, which anybody can send, cause requests to the issuer.
	retryAfter = 10 * time.Second
	// staleAfter is how long a set counts as the issuer's present one: a key that was dropped there is dropped here
	// within this time. It equals the max-age that authgraph's own endpoint states.
	staleAfter = 5 * time.Minute
	// staleWait is the time that a request with a known key waits for a stale set to be fetched again.
	staleWait = time.Second
	// lostAfter is the time that a set is trusted while the issuer is unreachable.
	lostAfter = 24 * time.Hour
	// firstRetryAfter is retryAfter while there is no set at all.
	firstRetryAfter = time.Second
)

// Keys is an issuer's JSON Web Key Set, fetched when first needed, when it is stale, and, at a bounded rate, when a
// token names a key that is not in it. While the issuer is out of reach the last set is
// kept, for a day.
type Keys struct {
	url    string
	client *http.Client
	now    func() time.Time

	insecure bool
	fault    error // why url is invalid
	failed   func(error)

	mu       sync.Mutex
	set      auth.KeySet
	fetched  time.Time     // when set was asked for
	tried    time.Time     // when the issuer was last asked
	fetching chan struct{} // closed when the request that is under way has been answered
	failure  error         // error of the last request
}

// Option changes Keys.
type Option func(*Keys)

// WithClient fetches through another client than one of its own without a proxy's credentials or a cache.
func WithClient(c *http.Client) Option { return func(k *Keys) { k.client = c } }

// WithClock gives the keys another clock than the machine's.
func WithClock(now func() time.Time) Option { return func(k *Keys) { k.now = now } }

// WithFetchFailures calls failed with the error of a fetch, unless the fetch before failed with the same words. Default: a
// warning to log/slog's default logger.
func WithFetchFailures(failed func(error)) Option { return func(k *Keys) { k.failed = failed } }

// New returns the keys behind url, such as https://issuer.example/.well-known/jwks.json. It fetches nothing yet.
func New(url string, options ...Option) *Keys {
	k := &Keys{url: url, client: &http.Client{CheckRedirect: refuseRedirect}, now: time.Now, failed: warn}
	for _, option := range options {
		option(k)
	}
	k.fault = checkURL(url, k.insecure)
	return k
}

// Err returns an error if the address is not https, such as ErrInsecure. Key then fails with it and fetches nothing.
func (k *Keys) Err() error { return k.fault }

// KeysOverInsecureHTTP fetches keys over plain http. An attacker who changes the network can then make tokens for every account.
func KeysOverInsecureHTTP() Option { return func(k *Keys) { k.insecure = true } }

// refuseRedirect keeps to the address that was given: a redirect could lead from https to plain http.
func refuseRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

var _ auth.Keys = (*Keys)(nil)

// Key implements auth.Keys. auth.ErrUnknownKey: the issuer has no such key. Another error: no set is at hand that may
// be believed. A key that is known waits for the issuer once the set is stale, and then not for long.
func (k *Keys) Key(ctx context.Context, id string) (auth.Key, error) {
	if k.fault != nil {
		return auth.Key{}, k.fault
	}
	set, age := k.kept()
	key, err := set.Key(ctx, id)
	if err == nil && age < staleAfter {
		return key, nil
	}
	patience := fetchTimeout
	if err == nil && age < lostAfter {
		patience = staleWait
	}
	within, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case <-k.refetch(ctx):
	case <-within.Done():
	}
	if set, age = k.kept(); age >= lostAfter {
		return auth.Key{}, k.unfetched()
	}
	return set.Key(ctx, id)
}

// kept returns the set at hand and how long ago it came.
func (k *Keys) kept() (auth.KeySet, time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.fetched.IsZero() {
		return nil, lostAfter
	}
	return k.set, k.now().Sub(k.fetched)
}

// refetch asks the issuer, unless it was asked a moment ago. The channel closes when there is nothing more to wait for.
func (k *Keys) refetch(ctx context.Context) <-chan struct{} {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.fetching != nil {
		return k.fetching
	}
	done := make(chan struct{})
	now := k.now()
	if !k.tried.IsZero() && now.Sub(k.tried) < k.pause() {
		close(done)
		return done
	}
	k.tried, k.fetching = now, done
	go func() {
		defer close(done)
		set, err := k.fetch(ctx)
		if err != nil {
			err = fmt.Errorf("remote: the issuer's keys can't be fetched from %s: %w", shown(k.url), withoutURL(err))
		}
		if k.keep(set, now, err) {
			k.failed(err)
		}
	}()
	return done
}

// keep stores the result of a fetch that began at a time. It reports whether the fetch failed in a new way.
func (k *Keys) keep(set auth.KeySet, began time.Time, err error) (changed bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	changed = err != nil && (k.failure == nil || k.failure.Error() != err.Error())
	if k.fetching, k.failure = nil, err; err == nil {
		k.set, k.fetched = set, began
	}
	return changed
}

// unfetched returns why no set is at hand.
func (k *Keys) unfetched() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.failure != nil {
		return k.failure
	}
	return errors.New("remote: the issuer's keys have not been fetched yet")
}

// Fetch fetches the set, for a server that starts. The error says why it can't; later requests for a key fetch again.
func (k *Keys) Fetch(ctx context.Context) error {
	if k.fault != nil {
		return k.fault
	}
	select {
	case <-k.refetch(ctx):
	case <-ctx.Done():
		return ctx.Err()
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.failure
}

// pause is the least time between two requests to the issuer.
func (k *Keys) pause() time.Duration {
	if k.fetched.IsZero() {
		return firstRetryAfter
	}
	return retryAfter
}

// fetch reads the set. It continues after the end of the request that caused it, because other requests wait for it too.
func (k *Keys) fetch(ctx context.Context) (auth.KeySet, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), fetchTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, k.url, nil)
	if err != nil {
		return nil, err
	}
	response, err := k.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("HTTP status %d", response.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxSetBytes))
	if err != nil {
		return nil, err
	}
	set, err := auth.ParseJWKS(body)
	if err == nil && len(set) == 0 {
		return nil, errors.New("the set has no key that can be used")
	}
	return set, err
}
