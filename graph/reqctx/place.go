package reqctx

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
	// in smallShare. A sign-in is smaller, so a few clients that do not read their responses can't prevent it.
	smallPlace = 64 << 10
	smallShare = 8
)

const (
	// RequestBytes is what a request takes by itself: its goroutine, its buffers, the first AnswerStep of its answer.
	RequestBytes = 12 << 10
	// TextFactor is what a byte of a body takes: as it was sent, as text of the document, as values of variables.
	TextFactor = 4
	// DocumentFactor is what a byte of a document takes that is parsed, and MaxDocumentBytes bounds it: 1,500 tokens.
	DocumentFactor   = 50
	MaxDocumentBytes = 256 << 10
	// ValueBytes is what a JSON value of the variables takes: an object with a single member.
	ValueBytes = 160
	// AnswerFactor is what a byte of an answer takes: in the buffer that it is written to, which grows by doubling, and in
	// the answer that is sent.
	AnswerFactor = 3
	// AnswerStep is by how many bytes that an answer holds a place grows. The first ones are part of RequestBytes.
	AnswerStep = 8 << 10
)

// ErrNoPlace refuses a request whose bytes have no place.
var ErrNoPlace = &auth.Error{
	Code: auth.Overloaded, Message: "The server is busy; try again shortly", RetryAfter: time.Second,
}

// AnonymousClient returns the network of the client that a request belongs to, if the client is anonymous. Outside of a request
// the client is unknown.
func AnonymousClient(ctx context.Context) (client network.Path, ok bool) {
	p := PlaceOf(ctx)
	if p == nil {
		return client, true
	}
	return p.Path, p.Account == ""
}

// InFlight bounds the bytes that requests and answers hold: in total, for each network, and for each account.
type InFlight struct {
	total          int64
	anonymousTotal int64 // the part of anonymous clients
	account        int64
	anonymous      *network.Gauge
	signedIn       *network.Gauge
	held           atomic.Int64

	mu       sync.Mutex
	accounts map[string]int64
}

// NewInFlight takes the memory of the server, in bytes.
func NewInFlight(memory int64) *InFlight {
	total := int64(float64(memory) * requestShare)
	anonymous := int64(float64(total) * anonymousShare)
	return &InFlight{
		total: total, anonymousTotal: anonymous, account: total / signedInClients, accounts: map[string]int64{},
		anonymous: network.NewGauge(anonymous, anonymous/anonymousClients),
		signedIn:  network.NewGauge(total, total/signedInClients),
	}
}

// TurnKind is the kind of operations with which an operation takes turns.
type TurnKind uint8

// The kinds of turns.
const (
	NoTurn        TurnKind = iota
	TurnAnonymous          // queries of anonymous clients that are not free
	TurnSignedIn           // heavy operations of signed-in callers
	TurnSignIn             // heavy mutations of anonymous clients: a sign-in may read as much as a signed-in caller
)

// Place is the bytes that a request holds, until it is answered.
type Place struct {
	Path    network.Path // the client's
	Account string       // "" for an anonymous client
	Turn    TurnKind     // the turn that the operation waits for; see graph/gate.go

	in   *InFlight
	full atomic.Bool

	mu     sync.Mutex
	base   int64 // for the request
	held   int64 // for the request and its answer
	closed bool  // nothing is taken any more
}

type placeKey struct{}

// WithPlace returns a context that has the place of a request.
func WithPlace(ctx context.Context, p *Place) context.Context {
	return context.WithValue(ctx, placeKey{}, p)
}

// PlaceOf returns the place of the request that ctx belongs to; nil outside of one.
func PlaceOf(ctx context.Context) *Place {
	p, _ := ctx.Value(placeKey{}).(*Place)
	return p
}

// Enter returns a place for a request of n bytes. The error is ErrNoPlace. The place must be left.
func (f *InFlight) Enter(ctx context.Context, n int64) (*Place, error) {
	p := &Place{in: f}
	if r := RecordOf(ctx); r != nil { // ClientOf would search the whole context for a device token
		p.Path = network.Parse(r.Client)
	}
	if caller, err := auth.From(ctx); err == nil {
		p.Account = cmp.Or(caller.Actor, caller.Subject) // an impersonator's bytes count for the impersonator
	}
	if !p.Grow(RequestBytes + TextFactor*n) {
		return nil, ErrNoPlace
	}
	return p, nil
}

// Grow takes n bytes more for the request; none, and false, if there is no place for them.
func (p *Place) Grow(n int64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || !p.in.take(p, n) {
		return false
	}
	p.base += n
	p.held += n
	return true
}

// GrowAnswer takes the bytes of an answer that holds n by now. If there is no place for them, p is full.
func (p *Place) GrowAnswer(n int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	more := p.base + n - p.held
	switch {
	case more <= 0:
	case !p.closed && p.in.take(p, more):
		p.held += more
	default:
		p.full.Store(true)
	}
}

// NextAnswer gives back what the last answer held. Each event of a subscription is an answer.
func (p *Place) NextAnswer() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.in.release(p, p.held-p.base)
	p.held = p.base
	p.full.Store(false)
}

// Leave returns all bytes. A second call does nothing. A field that is resolved later takes no bytes, because they would never
// be returned.
func (p *Place) Leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.in.release(p, p.held)
	p.base, p.held, p.closed = 0, 0, true
}

// Full reports whether the answer has found no place for its bytes.
func (p *Place) Full() bool { return p.full.Load() }

// Held returns the bytes that are held in total.
func (f *InFlight) Held() int64 { return f.held.Load() }

// Idle reports whether nothing is held: in total, by a network, or by an account.
func (f *InFlight) Idle() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.held.Load() == 0 && f.anonymous.Held() == 0 && f.signedIn.Held() == 0 && len(f.accounts) == 0
}

func (f *InFlight) gauge(p *Place) *network.Gauge {
	if p.Account == "" {
		return f.anonymous
	}
	return f.signedIn
}

func (f *InFlight) take(p *Place, n int64) bool {
	total := f.total
	if p.held+n > smallPlace {
		total -= total / smallShare
		if p.Account == "" && f.anonymous.Held()+n > f.anonymousTotal-f.anonymousTotal/smallShare {
			return false
		}
	}
	if f.held.Add(n) > total {
		f.held.Add(-n)
		return false
	}
	// A client that asks for one thing at a time gets it even if that alone is more than the client's share.
	if !f.gauge(p).Acquire(p.Path, n) && !f.gauge(p).AcquireSole(p.Path, n, p.held) {
		f.held.Add(-n)
		return false
	}
	if p.Account == "" {
		return true
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.accounts[p.Account]+n > f.account {
		f.held.Add(-n)
		f.signedIn.Release(p.Path, n)
		return false
	}
	f.accounts[p.Account] += n
	return true
}

func (f *InFlight) release(p *Place, n int64) {
	if n == 0 {
		return
	}
	f.held.Add(-n)
	f.gauge(p).Release(p.Path, n)
	if p.Account == "" {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.accounts[p.Account] -= n; f.accounts[p.Account] == 0 {
		delete(f.accounts, p.Account)
	}
}
