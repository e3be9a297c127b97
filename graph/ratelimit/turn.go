package ratelimit

import (
	"context"
	"sync"
	"time"

	"authgraph/graph/reqctx"
	"authgraph/internal/network"
)

const (
	// hashingShare is the share of the time that turns get while passwords wait to be hashed. It is half of the 20 % of the
	// cores that anonymous clients may take: their requests are received, refused and answered besides,
	// and their garbage is collected. With a fifth, sign-ins fell to 0.71 to 0.77 of the quiet rate under a flood from 64
	// networks, with an eighth to 0.82 to 0.86, and with a tenth to 0.93 and more.
	hashingShare = 1.0 / 10
	// hashingHold is how long passwords count as waiting after the last one was hashed, so that a client that signs in
	// again and again does not open a gap each time.
	hashingHold = 100 * time.Millisecond
	// maxPause bounds the time between two turns.
	maxPause = time.Second
	// turnPatience is how long work waits for its turn before it is refused.
	turnPatience = 5 * time.Second
	// maxTurns and clientTurns bound the waiting work: of all anonymous clients, and of a single one.
	maxTurns    = 2048
	clientTurns = 16
)

// turns gives the work of anonymous clients turns, one at a time: reading a document, or executing an operation. While
// passwords wait to be hashed, a pause follows each turn, so that hashing, whose threads have the lowest priority, keeps four
// fifths of the cores. Networks take turns.
type turns struct {
	hashing func() bool         // whether passwords wait to be hashed
	worked  func(time.Duration) // called after each turn

	mu     sync.Mutex
	line   *network.Line[chan struct{}]
	taken  bool
	resume time.Time   // while passwords wait to be hashed, the next turn begins no earlier
	hashed time.Time   // when passwords were last found waiting
	alarm  *time.Timer // for the end of a pause; nil for none
}

func newTurns(hashing func() bool, worked func(time.Duration)) *turns {
	return &turns{hashing: hashing, worked: worked, line: network.NewLine[chan struct{}](maxTurns, clientTurns)}
}

// enter waits for the turn of a client. The error is ErrNoPlace, or that of ctx. leave must be called.
func (t *turns) enter(ctx context.Context, client network.Path) (leave func(), err error) {
	t.mu.Lock()
	turn := make(chan struct{}, 1)
	place := t.line.Push(client, turn)
	t.next()
	t.mu.Unlock()
	if place == nil {
		return nil, reqctx.ErrNoPlace
	}
	patience := time.NewTimer(turnPatience)
	defer patience.Stop()
	select {
	case <-turn:
		return t.begin(), nil
	case <-patience.C:
		err = reqctx.ErrNoPlace
	case <-ctx.Done():
		err = ctx.Err()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.line.Remove(place) { // the turn has come at the same instant
		t.taken = false
	}
	t.next()
	return nil, err
}

// begin returns how to end a turn that begins now.
func (t *turns) begin() (leave func()) {
	began := time.Now()
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		took := time.Since(began)
		t.worked(took)
		t.taken = false
		t.resume = began.Add(min(time.Duration(float64(took)/hashingShare), took+maxPause))
		t.next()
	}
}

// next gives the turn to the first in the line, unless it is taken or there is a pause. t.mu is held.
func (t *turns) next() {
	if t.taken || t.line.Len() == 0 {
		return
	}
	now := time.Now()
	if t.hashing() {
		t.hashed = now
	}
	if pause := t.resume.Sub(now); pause > 0 && now.Sub(t.hashed) < hashingHold {
		if t.alarm == nil {
			t.alarm = time.AfterFunc(pause, t.ring)
		}
		return
	}
	if turn, ok := t.line.Pop(); ok {
		t.taken = true
		turn <- struct{}{}
	}
}

// ring ends a pause.
func (t *turns) ring() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.alarm = nil
	t.next()
}
