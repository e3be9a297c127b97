package stream

import (
	"sync"
	"time"

	"authgraph/internal/network"
)

const (
	// initTimeout is how long a socket waits for connection_init.
	initTimeout = 10 * time.Second
	// scarceInitTimeout is how long it waits while places are scarce. A client needs one round trip.
	scarceInitTimeout = 3 * time.Second
	// initCheck is how often a socket that has waited for longer than scarceInitTimeout is checked.
	initCheck = time.Second
)

// openings bounds the sockets that have not sent connection_init yet. They have as many places of their own as streams
// have. A client is then told of the bounds of streams by a closing code, which browsers show, unlike the status of a
// handshake.
type openings struct {
	total int64
	gauge *network.Gauge
}

func newOpenings(total int) *openings {
	part := int64((total + networkPart - 1) / networkPart)
	return &openings{total: int64(total), gauge: network.NewGauge(int64(total), part)}
}

// enter takes a place for a socket that is about to open. A network gets as many as are free at most, if that is more
// than its share. leave must be called when connection_init was answered, or the socket has gone. A second call does
// nothing.
func (o *openings) enter(from network.Path) (leave func(), err error) {
	if !o.gauge.AcquireWithin(from, 1, o.total-o.gauge.Held()) {
		return nil, errTooManyStreams
	}
	return sync.OnceFunc(func() { o.gauge.Release(from, 1) }), nil
}

// scarce reports whether half of the places or more are taken, which is what a single network can take.
func (o *openings) scarce() bool { return 2*o.gauge.Held() >= o.total }

// awaitInit closes the socket if connection_init does not come in time.
func (k *socket) awaitInit() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.opened = time.Now()
	k.initTimer = time.AfterFunc(scarceInitTimeout, k.checkInit)
}

func (k *socket) checkInit() {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch waited := time.Since(k.opened); {
	case k.initialized || k.gone:
	case waited < initTimeout && !k.openings.scarce():
		k.initTimer.Reset(initCheck)
	default:
		k.broken = breachInitTimeout
		go func(c *socketConn) { _ = c.WriteClose(0, "") }(k.conn) // it locks k
	}
}
