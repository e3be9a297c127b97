package serverkit

import (
	"context"
	"log/slog"
	"time"

	"authgraph/auth"
)

const (
	// clockInterval is how often the clocks are compared.
	clockInterval = time.Minute
	// clockTolerance is the maximum difference without a warning: half of the skew that verifiers tolerate.
	clockTolerance = auth.ClockSkew / 2
)

// compareClocks tells how far the database's clock is ahead of the one that access tokens end by, and warns where that is so
// far that harm is near. It refuses nothing: which of the two is wrong can't be known here.
func (a *App) compareClocks(ctx context.Context, log *slog.Logger) {
	ahead, err := a.Store.ClockAhead(ctx, a.now)
	if err != nil {
		if ctx.Err() == nil {
			log.Warn("clocks could not be compared", "error", err.Error())
		}
		return
	}
	a.Metrics.clock.Set(ahead.Seconds())
	if ahead.Abs() > clockTolerance {
		log.Warn("the database's clock and this machine's differ: if this machine's is wrong, access tokens end too early or too "+
			"late, and other servers may refuse new ones; let both follow NTP", "database_ahead_seconds", ahead.Seconds())
	}
}
