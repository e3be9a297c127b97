package graph

import (
	"cmp"
	"context"
	"sync"
	"sync/atomic"
	"time"

	"authgraph/auth"
	"authgraph/internal/network"
)

// The parts of the memory (AUTHGRAPH_MEMORY) that clients can make a server hold. The rest is for caches and for memory
// that is not collected yet.
const (
	// requestShare is for requests that are read and answers that are not written yet: 96 MiB of 512.
	requestShare = 3.0 / 16
	// anonymousShare is the part of requestShare that anonymous clients share.
	anonymousShare = 3.0 / 4
	// anonymousClients is how many anonymous clients fill the part of anonymous clients. A /48 is worth 16 of them.
	anonymousClients = 64
	// signedInClients is how many addresses, and how many accounts, of signed-in callers fill requestShare.
	signedInClients = 16
	// smallPlace is the largest place that may take all bytes, of requestShare and of anonymousShare; larger ones leave one
	// in smallShare. A sign-in is smaller, so a few clients that do not read their answers keep nobody from it.
	smallPlace = 64 << 10
	smallShare = 8
)

const (
	// requestBytes is what a request takes by itself: its goroutine, its buffers, the first answerStep of its answer.
	requestBytes = 12 << 10
	// textFactor is what a byte of a body takes: as it was sent, as text of the document, as values of variables.
	textFactor = 4
	// documentFactor is what a byte of a document takes that is parsed, and maxDocumentBytes bounds it: 1,500 tokens.
	documentFactor   = 50
	maxDocumentBytes = 256 << 10
	// valueBytes is what a JSON value of the variables takes: an object with a single member.
	valueBytes = 160
	// answerFactor is what a byte of an answer takes: in the buffer that it is written to, which grows by doubling, and in
	// the answer that is sent.
	answerFactor = 3
	// answerStep is by how many bytes that an answer holds a place grows. The first ones are part of requestBytes.
	answerStep = 8 << 10
)

// errNoPlace refuses a request whose bytes have no place.
var errNoPlace = &auth.Error{
	Code: auth.Overloaded, Message: "The server is busy; try again shortly", RetryAfter: time.Second,
}

// anonymousClient returns the network of the client that a request belongs to, if the client is anonymous. Outside of a request
// the client is unknown.
func anonymousClient(ctx context.Context) (client network.Path, ok bool) {
	p := placeOf(ctx)
	if p == nil {
		return client, true
	}
	return p.path, p.account == ""
}

// inFlight bounds the bytes that requests and answers hold: in total, for each network, and for each account.
type inFlight struct {
	total     int64
	strangers int64 // the part of anonymous clients
	account   int64
	anonymous *network.Gauge
	signedIn  *network.Gauge
	held      atomic.Int64

	mu       sync.Mutex
	accounts map[string]int64
}

// newInFlight takes the memory of the server, in bytes.
func newInFlight(memory int64) *inFlight {
	total := int64(float64(memory) * requestShare)
	anonymous := int64(float64(total) * anonymousShare)
	return &inFlight{
		total: total, strangers: anonymous, account: total / signedInClients, accounts: map[string]int64{},
		anonymous: network.NewGauge(anonymous, anonymous/anonymousClients),
		signedIn:  network.NewGauge(total, total/signedInClients),
	}
}

// turnKind tells with which operations an operation takes turns.
type turnKind uint8

const (
	noTurn        turnKind = iota
	turnAnonymous          // queries of anonymous clients that are not free
	turnSignedIn           // heavy operations of signed-in callers
	turnSignIn             // heavy mutations of anonymous clients: a sign-in may read as much as a signed-in caller
)

// place is the bytes that a request holds, until it is answered.
type place struct {
	in      *inFlight
	path    network.Path
	account string // "" for an anonymous client
	full    atomic.Bool
	turn    turnKind // that the operation waits for; see gate

	mu   sync.Mutex
	base int64 // for the request
	held int64 // for the request and its answer
	left bool  // nothing is taken any more
}

type placeKey struct{}

// withPlace returns a context that has the place of a request.
func withPlace(ctx context.Context, p *place) context.Context {
	return context.WithValue(ctx, placeKey{}, p)
}

// placeOf returns the place of the request that ctx belongs to; nil outside of one.
func placeOf(ctx context.Context) *place {
	p, _ := ctx.Value(placeKey{}).(*place)
	return p
}

// enter returns a place for a request of n bytes. The error is errNoPlace. The place must be left.
func (f *inFlight) enter(ctx context.Context, n int64) (*place, error) {
	p := &place{in: f, path: clientOf(ctx).Path()}
	if who, err := auth.From(ctx); err == nil {
		p.account = cmp.Or(who.Actor, who.Subject) // what an impersonator holds is their own
	}
	if !p.grow(requestBytes + textFactor*n) {
		return nil, errNoPlace
	}
	return p, nil
}

// grow takes n bytes more for the request; none, and false, if there is no place for them.
func (p *place) grow(n int64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.left || !p.in.take(p, n) {
		return false
	}
	p.base += n
	p.held += n
	return true
}

// answered takes the bytes of an answer that holds n by now. If there is no place for them, p is full.
func (p *place) answered(n int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	more := p.base + n - p.held
	switch {
	case more <= 0:
	case !p.left && p.in.take(p, more):
		p.held += more
	default:
		p.full.Store(true)
	}
}

// next gives back what the last answer held. Each event of a subscription is an answer.
func (p *place) next() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.in.give(p, p.held-p.base)
	p.held = p.base
	p.full.Store(false)
}

// leave gives everything back. A second call does nothing. A field that is resolved later takes nothing, because nobody
// would give it back.
func (p *place) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.in.give(p, p.held)
	p.base, p.held, p.left = 0, 0, true
}

// isFull reports whether the answer has found no place for its bytes.
func (p *place) isFull() bool { return p.full.Load() }

// taken returns the bytes that are held in total.
func (f *inFlight) taken() int64 { return f.held.Load() }

// idle reports whether nothing is held: in total, by a network, or by an account.
func (f *inFlight) idle() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.held.Load() == 0 && f.anonymous.Held() == 0 && f.signedIn.Held() == 0 && len(f.accounts) == 0
}

func (f *inFlight) gauge(p *place) *network.Gauge {
	if p.account == "" {
		return f.anonymous
	}
	return f.signedIn
}

func (f *inFlight) take(p *place, n int64) bool {
	total := f.total
	if p.held+n > smallPlace {
		total -= total / smallShare
		if p.account == "" && f.anonymous.Held()+n > f.strangers-f.strangers/smallShare {
			return false
		}
	}
	if f.held.Add(n) > total {
		f.held.Add(-n)
		return false
	}
	// A client that asks for one thing at a time gets it even if that alone is more than the client's share.
	if !f.gauge(p).Acquire(p.path, n) && !f.gauge(p).AcquireSole(p.path, n, p.held) {
		f.held.Add(-n)
		return false
	}
	if p.account == "" {
		return true
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.accounts[p.account]+n > f.account {
		f.held.Add(-n)
		f.signedIn.Release(p.path, n)
		return false
	}
	f.accounts[p.account] += n
	return true
}

func (f *inFlight) give(p *place, n int64) {
	if n == 0 {
		return
	}
	f.held.Add(-n)
	f.gauge(p).Release(p.path, n)
	if p.account == "" {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.accounts[p.account] -= n; f.accounts[p.account] == 0 {
		delete(f.accounts, p.account)
	}
}
