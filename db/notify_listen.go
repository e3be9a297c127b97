package db

import (
	"context"
	"crypto/rand"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/lib/pq"

	"authgraph/account"
)

const (
	// beatInterval is the interval of an instance's heartbeats.
	beatInterval = 200 * time.Millisecond
	// beatTimeout is the maximum time of a heartbeat, so that the next one is not delayed.
	beatTimeout = 2 * time.Second
	// silence is the time without a heartbeat after which a connection is replaced, because a lost network path does not
	// close connections.
	silence = 3 * time.Second
	// reconnectInterval is the pause between attempts to connect.
	reconnectInterval = 250 * time.Millisecond
)

// listen holds a connection that listens, and replaces a lost one.
func (s *Store) listen(ctx context.Context, first chan<- struct{}, failed func(error)) {
	signal := sync.OnceFunc(func() { close(first) })
	for ctx.Err() == nil {
		if err := s.listenOnce(ctx, signal); err != nil && ctx.Err() == nil {
			failed(fmt.Errorf("listening for changes: %w", err))
		}
		select {
		case <-ctx.Done():
		case <-time.After(reconnectInterval):
		}
	}
}

// listenOnce listens on one connection until it fails or carries no heartbeat.
func (s *Store) listenOnce(ctx context.Context, signal func()) error {
	notifications := make(chan *pq.Notification, 64)
	conn, err := pq.NewListenerConn(withConnectTimeout(s.dsn), notifications)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	var beating sync.WaitGroup
	defer func() {
		cancel()
		_ = conn.Close() // it is discarded in both cases
		for range notifications {
		} // the connection's reader must not block
		beating.Wait()
	}()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() }) // ends a blocked read of the connection
	defer stop()
	timeout := time.AfterFunc(silence, func() { _ = conn.Close() })
	if _, err := conn.Listen(channel); err != nil {
		return err
	}
	timeout.Stop()
	s.notifySubscribers(account.Change{All: true}) // after LISTEN, so that caches drop the changes that were missed before it

	pulse := &pulse{id: rand.Text()}
	beating.Go(func() { s.beat(ctx, pulse) })
	timer := time.NewTimer(silence)
	defer timer.Stop()
	for {
		select {
		case n, ok := <-notifications:
			if !ok {
				return conn.Err()
			}
			sent, own := pulse.receive(n.Extra)
			switch {
			case own:
				s.lease.extend(sent)
				timer.Reset(silence)
				signal()
			case !strings.HasPrefix(n.Extra, kindBeat):
				s.notifySubscribers(changeOf(n.Extra))
			}
		case <-timer.C:
			return fmt.Errorf("no heartbeat for %v", silence)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// withConnectTimeout returns dsn with a connect timeout, unless dsn has one. On a lost network path lib/pq would otherwise
// wait for the first byte forever.
func withConnectTimeout(dsn string) string {
	if strings.Contains(dsn, "connect_timeout=") {
		return dsn
	}
	separator := "?"
	if strings.Contains(dsn, "?") {
		separator = "&"
	}
	return dsn + separator + "connect_timeout=" + strconv.Itoa(int(silence.Seconds()))
}

// pulse holds the heartbeats of one connection that listens.
type pulse struct {
	id   string
	mu   sync.Mutex
	last int
	sent map[int]time.Time // not received yet
}

// next returns the payload of the next heartbeat.
func (p *pulse) next() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.sent == nil {
		p.sent = map[int]time.Time{}
	}
	p.last++
	p.sent[p.last] = time.Now()
	return kindBeat + " " + p.id + " " + strconv.Itoa(p.last)
}

// receive returns the time at which a heartbeat was sent, and whether this connection sent it. Notifications arrive in the order
// of the commits, so all changes that were committed before this time were received.
func (p *pulse) receive(payload string) (sent time.Time, own bool) {
	number, own := strings.CutPrefix(payload, kindBeat+" "+p.id+" ")
	if !own {
		return time.Time{}, false
	}
	n, err := strconv.Atoi(number)
	if err != nil {
		return time.Time{}, false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	sent, own = p.sent[n]
	for older := range p.sent {
		if older <= n {
			delete(p.sent, older)
		}
	}
	return sent, own
}

// beat writes heartbeats: a committed write each, so that a server that can't commit, or has been demoted, is
// noticed, on a connection of its own, so that a busy pool holds none up.
func (s *Store) beat(ctx context.Context, p *pulse) {
	tick := time.NewTicker(beatInterval)
	defer tick.Stop()
	for {
		within, cancel := context.WithTimeout(ctx, beatTimeout)
		// A failure is not reported by itself, because the lease expires and the silence is reported.
		_, err := s.beats.ExecContext(within, s.dialect.sql(`
			WITH written AS (
				INSERT INTO instances (id, seen_at) VALUES ($1, {now})
				ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at RETURNING id
			) SELECT pg_notify($2, $3) FROM written`), s.instance, channel, p.next())
		cancel()
		if s.beatFailure.Store(nil); err != nil {
			s.beatFailure.Store(&err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// PurgeInstances deletes the heartbeats of instances that stopped longer ago than after.
func (s *Store) PurgeInstances(ctx context.Context, after time.Duration) error {
	_, err := s.exec(ctx, s.dialect.sql(`DELETE FROM instances WHERE seen_at < {now} - $1`), after.Microseconds())
	return err
}
