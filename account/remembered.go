package account

import (
	"context"
	"errors"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"
	"golang.org/x/sync/singleflight"
)

// remembered is a bounded cache by id, whose invalidation beats a load that is under way.
type remembered[V any] struct {
	size    int
	load    func(ctx context.Context, id string) (V, error)
	cache   atomic.Pointer[otter.Cache[string, reading[V]]]
	flights singleflight.Group
	changes atomic.Int64 // a flight is not joined across a change: on the instance that made it, it holds at once
}

// reading is a value and when it was asked for, by this process's monotonic clock.
type reading[V any] struct {
	value V
	read  time.Time
}

func newRemembered[V any](size int, load func(context.Context, string) (V, error)) *remembered[V] {
	r := &remembered[V]{size: size, load: load}
	r.empty()
	return r
}

// empty forgets everything. The cache is replaced, since otter leaves open what InvalidateAll means for loads that
// are under way.
func (r *remembered[V]) empty() {
	r.changes.Add(1)
	r.cache.Store(otter.Must(&otter.Options[string, reading[V]]{MaximumSize: r.size}))
}

func (r *remembered[V]) forget(id string) {
	r.changes.Add(1)
	r.cache.Load().Invalidate(id)
}

// get returns the value of id: from memory if that may be believed, otherwise from the database.
func (r *remembered[V]) get(ctx context.Context, id string, believed bool) (reading[V], error) {
	held, err := r.find(ctx, id, believed)
	if p, ok := errors.AsType[*panicked](err); ok {
		panic(p.value)
	}
	return held, err
}

func (r *remembered[V]) find(ctx context.Context, id string, believed bool) (reading[V], error) {
	if !believed {
		return r.through(ctx, id)
	}
	for {
		cache := r.cache.Load()
		if held, ok := cache.GetIfPresent(id); ok {
			return held, nil
		}
		held, err := cache.Get(ctx, id, otter.LoaderFunc[string, reading[V]](r.read))
		if err != nil && ctx.Err() == nil && errors.Is(err, context.Canceled) {
			continue // another request began the load and went away
		}
		if cache == r.cache.Load() {
			return held, err
		}
		// Everything was forgotten meanwhile: what was loaded may be from before.
	}
}

func (r *remembered[V]) read(ctx context.Context, id string) (held reading[V], err error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	defer func() {
		if value := recover(); value != nil {
			err = &panicked{value}
		}
	}()
	now := time.Now()
	v, err := r.load(ctx, id)
	return reading[V]{v, now}, err
}

// panicked carries a panic to whoever waits for the load. Left to itself it would end the process, where the load has a
// goroutine of its own, and otter would put the value, which may hold a secret, into an error's text.
type panicked struct{ value any }

func (*panicked) Error() string { return "a load panicked" }

// flightAge is how old a reading may be that a request joins. It is part of the time within which the end of a session
// is noticed without the lease.
const flightAge = 200 * time.Millisecond

// readTimeout ends a reading that nobody else would end.
const readTimeout = 10 * time.Second

// through reads from the database. Requests that come close together share one reading.
func (r *remembered[V]) through(ctx context.Context, id string) (reading[V], error) {
	key := id + "@" + strconv.FormatInt(time.Now().UnixMilli()/flightAge.Milliseconds(), 10) +
		"." + strconv.FormatInt(r.changes.Load(), 10)
	landed := r.flights.DoChan(key, func() (any, error) {
		return r.read(context.WithoutCancel(ctx), id) // shared, so not the request's to cancel
	})
	select {
	case result := <-landed:
		held, _ := result.Val.(reading[V])
		return held, result.Err
	case <-ctx.Done():
		return reading[V]{}, ctx.Err()
	}
}
