package serverkit

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"authgraph/auth/token"
	"authgraph/config"
)

// purgeInterval is the pause between two steps of the housekeeping, of which each looks at some hundred sessions.
const purgeInterval = 5 * time.Second

// Background starts the background jobs of the server. They end with ctx.
func (a *App) Background(ctx context.Context, c config.Config, log *slog.Logger) *sync.WaitGroup {
	var tasks sync.WaitGroup
	tasks.Go(func() { a.Streams.Run(ctx) })
	tasks.Go(func() {
		a.Store.Scrub(ctx, func(err error) {
			log.Warn("erased values could not be removed from the database file; retrying", "error", err.Error())
		})
	})
	a.Mails.log = log
	tasks.Go(func() { a.Mails.run(ctx) })
	tasks.Go(func() { a.Events.Run(ctx) })
	tasks.Go(func() { a.feed.Run(ctx) })
	tasks.Go(func() { a.purge(ctx, c.SessionRetention, log) })
	tasks.Go(func() { every(ctx, eraseInterval, func() { a.eraseDue(ctx, log) }) })
	tasks.Go(func() { every(ctx, fillInterval, func() { a.fill(ctx, log) }) })
	tasks.Go(func() { every(ctx, keysInterval, func() { a.keepKeys(ctx, c.KeyRotation, log) }) })
	tasks.Go(func() { every(ctx, clockInterval, func() { a.compareClocks(ctx, log) }) })
	tasks.Go(func() { every(ctx, appendInterval, func() { a.appendAudit(ctx, log) }) })
	tasks.Go(func() { a.AuditStream.Run(ctx) })
	tasks.Go(func() { every(ctx, retainInterval, func() { a.retain(ctx, c.AuditRetention, log) }) })
	return &tasks
}

const (
	// eraseInterval is the pause between two searches for accounts whose grace period has passed.
	eraseInterval = time.Minute
	// eraseBatch is the maximum number of accounts that one search erases.
	eraseBatch = 100
)

// eraseDue erases accounts whose grace period has passed since their deletion was requested.
func (a *App) eraseDue(ctx context.Context, log *slog.Logger) {
	n, err := a.Store.EraseDue(ctx, eraseBatch)
	if err != nil && ctx.Err() == nil {
		log.Warn("accounts could not be erased", "error", err.Error())
	}
	if n > 0 {
		log.Info("accounts erased after their grace period", "accounts", n)
	}
}

// every does something now and then again at each interval, until ctx ends.
func every(ctx context.Context, interval time.Duration, do func()) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		do()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

const (
	// keysInterval is how often it is looked whether the signing key is due.
	keysInterval = time.Minute
	// revokedFor is how long a revoked key is still listed.
	revokedFor = 30 * 24 * time.Hour
)

// keepKeys rotates the signing keys when they are due, which of many instances one does, and deletes old ones.
func (a *App) keepKeys(ctx context.Context, rotation time.Duration, log *slog.Logger) {
	rotated, err := a.Ring.RotateIfDue(ctx, rotation)
	if err = errors.Join(err, a.Store.PurgeKeys(ctx, token.RetiredFor, revokedFor)); err != nil && ctx.Err() == nil {
		log.Warn("signing keys could not be rotated", "error", err.Error())
	}
	if rotated {
		log.Info("signing keys rotated", "active", a.Ring.Active(ctx))
	}
	unopened, err := a.Ring.Unopened(ctx)
	if err != nil && ctx.Err() == nil {
		log.Warn("signing keys could not be read", "error", err.Error())
	}
	for _, u := range unopened {
		log.Warn("key can't be decrypted; restart this instance with the AUTHGRAPH_SECRETS of the other instances",
			"key", u.ID, "state", u.State, "error", u.Err.Error())
	}
}

// instanceRetention is how long an instance is remembered that has stopped.
const instanceRetention = 24 * time.Hour

// maxCounts is the maximum number of stored counts of attempts. Above it, the counts that expire next are deleted first.
const maxCounts = 1_000_000

// purge deletes sessions that ended long ago, and counts that have run out, a few at a time, over and over.
func (a *App) purge(ctx context.Context, retention time.Duration, log *slog.Logger) {
	tick := time.NewTicker(purgeInterval)
	defer tick.Stop()
	for next := ""; ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		var err error
		if next, err = a.PurgeSome(ctx, next, retention); err != nil && ctx.Err() == nil {
			log.Warn("old sessions could not be deleted", "error", err.Error())
		}
	}
}

// PurgeSome is one step of it, from the session after the given one on. It returns where to go on; "" at the end.
func (a *App) PurgeSome(ctx context.Context, after string, retention time.Duration) (next string, err error) {
	if next, _, err = a.Store.PurgeSessions(ctx, after, retention); next == "" {
		err = errors.Join(err, a.Store.PurgeInstances(ctx, instanceRetention), a.Store.PurgeRevocations(ctx, a.feed.Retention()),
			a.Store.PurgeMails(ctx))
	}
	return next, errors.Join(err, a.Store.PurgeCounts(ctx, maxCounts), a.Store.PurgeTokens(ctx))
}
