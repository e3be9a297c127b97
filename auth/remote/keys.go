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
)

// Keys is an issuer's JSON Web Key Set, fetched when first needed, when it is stale, and, at a bounded rate, when a
// token names a key that is not in it. While the issuer is out of reach the last set is kept.
type Keys struct {
	url    string
	client *http.Client
	now    func() time.Time

	mu      sync.Mutex // held while fetching: requests that need the same answer wait for it
	set     auth.KeySet
	fetched time.Time // when set came
	tried   time.Time // when the issuer was last asked
}

// Option changes Keys.
type Option func(*Keys)

// WithClient fetches through another client than one of its own without a proxy's credentials or a cache.
func WithClient(c *http.Client) Option { return func(k *Keys) { k.client = c } }

// WithClock gives the keys another clock than the machine's.
func WithClock(now func() time.Time) Option { return func(k *Keys) { k.now = now } }

// New returns the keys behind url, such as https://issuer.example/.well-known/jwks.json. It fetches nothing yet.
func New(url string, options ...Option) *Keys {
	k := &Keys{url: url, client: &http.Client{Timeout: fetchTimeout}, now: time.Now}
	for _, option := range options {
		option(k)
	}
	return k
}

var _ auth.Keys = (*Keys)(nil)

// Key implements auth.Keys. auth.ErrUnknownKey: the issuer has no such key. Another error: no set could be fetched yet.
func (k *Keys) Key(ctx context.Context, id string) (auth.Key, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := k.now()
	key, err := k.set.Key(ctx, id)
	due := k.fetched.IsZero() || now.Sub(k.fetched) >= staleAfter || err != nil
	if !due || (!k.tried.IsZero() && now.Sub(k.tried) < retryAfter) {
		return k.known(key, err)
	}
	k.tried = now
	set, fetchErr := k.fetch(ctx)
	if fetchErr != nil {
		if k.fetched.IsZero() {
			k.tried = time.Time{} // nothing is kept yet: the next request tries again
			return auth.Key{}, fetchErr
		}
		return k.known(key, err)
	}
	k.set, k.fetched = set, now
	return k.set.Key(ctx, id)
}

// known is the answer of the set that is kept, if there is one.
func (k *Keys) known(key auth.Key, err error) (auth.Key, error) {
	if k.fetched.IsZero() {
		return auth.Key{}, errors.New("the issuer's keys have not been fetched yet")
	}
	return key, err
}

// fetch reads the set. It goes on when the request that caused it goes away, since others wait for it too.
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
		return nil, fmt.Errorf("the issuer's keys: HTTP status %d", response.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxSetBytes))
	if err != nil {
		return nil, err
	}
	return auth.ParseJWKS(body)
}
