package serverkit

import (
	"context"
	"log/slog"
	"time"
)

const (
	// fillInterval is the pause between two steps of the search's housekeeping.
	fillInterval = time.Minute
	// fillPause leaves the database to others between two batches.
	fillPause = 20 * time.Millisecond
)

// fill completes accounts that lack their search words, in batches, until none is left. Then it builds the search index, if
// that is due.
func (a *App) fill(ctx context.Context, log *slog.Logger) {
	total := 0
	for {
		filled, err := a.Store.FillUsers(ctx)
		total += filled
		if err != nil && ctx.Err() == nil {
			log.Warn("search words could not be completed", "error", err.Error())
		}
		if err != nil || filled == 0 {
			break
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(fillPause):
		}
	}
	if total > 0 {
		log.Info("search words completed", "accounts", total)
	}
	began := time.Now()
	built, err := a.Store.IndexUsers(ctx)
	if err != nil && ctx.Err() == nil {
		log.Warn("the search index could not be built", "error", err.Error())
	}
	if built && err == nil {
		log.Info("search index built", "took", time.Since(began).String())
	}
}
