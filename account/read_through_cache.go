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

// readThroughCache is a bounded cache by id. An invalidation also discards a load in progress.
type readThroughCache[V any] struct {
	size       int
	load       func(ctx context.Context, id string) (V, error)
	cache      atomic.Pointer[otter.Cache[string, entry[V]]]
	loads      singleflight.Group
	generation atomic.Int64 // goes up with each change, so that no request joins a load from before it
}

// entry is a value and the time at which its load started, by this process's monotonic clock.
type entry[V any] struct {
	value  V
	readAt time.Time
}

func newReadThroughCache[V any](size int, load func(context.Context, string) (V, error)) *readThroughCache[V] {
	r := &readThroughCache[V]{size: size, load: load}
	r.forgetAll()
	return r
}

// forgetAll replaces the cache, since otter does not specify the effect of InvalidateAll on loads in progress.
func (r *readThroughCache[V]) forgetAll() {
	r.generation.Add(1)
	r.cache.Store(otter.Must(&otter.Options[string, entry[V]]{MaximumSize: r.size}))
}

func (r *readThroughCache[V]) forget(id string) {
	r.generation.Add(1)
	r.cache.Load().Invalidate(id)
}

// get returns the value of id: from the cache while the instance holds the lease, otherwise from the database.
func (r *readThroughCache[V]) get(ctx context.Context, id string, leased bool) (entry[V], error) {
	cached, err := r.lookup(ctx, id, leased)
	if p, ok := errors.AsType[*loadPanic](err); ok {
		panic(p.value)
	}
	return cached, err
}

func (r *readThroughCache[V]) lookup(ctx context.Context, id string, leased bool) (entry[V], error) {
	if !leased {
		return r.loadShared(ctx, id)
	}
	for {
		cache := r.cache.Load()
		if cached, ok := cache.GetIfPresent(id); ok {
			return cached, nil
		}
		cached, err := cache.Get(ctx, id, otter.LoaderFunc[string, entry[V]](r.loadEntry))
		if err != nil && ctx.Err() == nil && errors.Is(err, context.Canceled) {
			continue // the request that started the load was canceled
		}
		if cache == r.cache.Load() {
			return cached, err
		}
		// forgetAll has run during the load, so the value may be outdated.
	}
}

func (r *readThroughCache[V]) loadEntry(ctx context.Context, id string) (cached entry[V], err error) {
	ctx, cancel := context.WithTimeout(ctx, loadTimeout)
	defer cancel()
	defer func() {
		if value := recover(); value != nil {
			err = &loadPanic{value}
		}
	}()
	now := time.Now()
	v, err := r.load(ctx, id)
	return entry[V]{v, now}, err
}

// loadPanic carries a panic to the requests that wait for the load. Otherwise it would end the process, if the load has
// its own goroutine, or otter would put its value, which may hold a secret, into the text of an error.
type loadPanic struct{ value any }

func (*loadPanic) Error() string { return "a load panicked" }

// maxSharedAge is the maximum age of a load that a request joins. On an instance without the lease (Lease), the end of
// a session takes effect later by at most this time.
const maxSharedAge = 200 * time.Millisecond

// loadTimeout bounds a load, which no request can cancel.
const loadTimeout = 10 * time.Second

// loadShared reads from the database. Requests within maxSharedAge share one load.
func (r *readThroughCache[V]) loadShared(ctx context.Context, id string) (entry[V], error) {
	key := id + "@" + strconv.FormatInt(time.Now().UnixMilli()/maxSharedAge.Milliseconds(), 10) +
		"." + strconv.FormatInt(r.generation.Load(), 10)
	done := r.loads.DoChan(key, func() (any, error) {
		return r.loadEntry(context.WithoutCancel(ctx), id) // shared, so no single request cancels it
	})
	select {
	case result := <-done:
		cached, _ := result.Val.(entry[V])
		return cached, result.Err
	case <-ctx.Done():
		return entry[V]{}, ctx.Err()
	}
}
