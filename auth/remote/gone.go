package remote

import (
	"sync"
	"time"

	"authgraph/auth"
)

// maxGone bounds what is remembered. An issuer that ends more than this within a token's life is asked at each request
// instead.
const maxGone = 1 << 20

// gone holds revocations whose tokens may not have expired yet. Each entry has the time before which tokens are invalid.
type gone struct {
	mu     sync.Mutex
	before map[goneKey]time.Time
	full   bool
}

type goneKey struct{ kind, id string }

// add remembers that tokens that were issued before at no longer count.
func (g *gone) add(kind, id string, at time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	key := goneKey{kind, id}
	if g.before == nil {
		g.before = map[goneKey]time.Time{}
	}
	if at.After(g.before[key]) {
		g.before[key] = at
	}
	g.full = len(g.before) > maxGone
}

// forget drops what was remembered: all of it, or what is older than any token that can still be shown.
func (g *gone) forget(older time.Time, all bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for key, at := range g.before {
		if all || at.Before(older) {
			delete(g.before, key)
		}
	}
	g.full = len(g.before) > maxGone
}

// complete reports whether everything that was added is remembered.
func (g *gone) complete() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return !g.full
}

// check returns why p is invalid; nil if p is valid. A session that has ended and a key that was revoked never come back,
// whatever the clock said that the token's time was taken from. If the
// permissions have changed since the token was issued, the error is TOKEN_EXPIRED: a client then refreshes, and the next
// token has the present roles.
func (g *gone) check(p *auth.Principal) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	ended := func(kind, id string) bool {
		_, known := g.before[goneKey{kind, id}]
		return known
	}
	read := p.ReadAt // by the clock that revocations have their times from
	if read.IsZero() {
		read = p.IssuedAt
	}
	stale := func(kind, id string) bool { // at the same time too: `iat` has whole seconds only
		at, known := g.before[goneKey{kind, id}]
		return known && !read.After(at)
	}
	switch {
	case ended(kindKey, p.KeyID):
		return auth.ErrTokenInvalid
	case ended(kindSession, p.Session), stale(kindAccount, p.Subject), stale(kindAccount, p.Actor):
		return auth.ErrSessionEnded
	case stale(kindRights, p.Subject), stale(kindRights, p.Actor):
		return auth.ErrTokenExpired
	}
	return nil
}
