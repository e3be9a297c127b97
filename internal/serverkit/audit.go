package serverkit

import (
	"context"
	"log/slog"
	"time"

	"authgraph/db"
)

const (
	// sealInterval is how often records that wait are sealed, by whichever instance comes first.
	sealInterval = 300 * time.Millisecond
	// retainInterval is how often it is looked whether days of the log have become too old.
	retainInterval = time.Hour
)

// seal chains what waits in the audit log. Every instance tries; one at a time does it, and if it stops the others go on.
func (a *App) seal(ctx context.Context, log *slog.Logger) {
	for {
		n, err := a.AuditLog.Append(ctx)
		if err != nil && ctx.Err() == nil {
			a.Metrics.sealFailed()
			log.Warn("the audit log could not be sealed", "error", err.Error())
		}
		a.Metrics.sealed(n)
		if n > 0 {
			a.AuditStream.Wake()
		}
		if n < db.AppendBatch || err != nil {
			return
		}
	}
}

// retain drops days of the audit log that are older than it is kept.
func (a *App) retain(ctx context.Context, retention time.Duration, log *slog.Logger) {
	for {
		n, err := a.AuditLog.Retain(ctx, retention)
		if err != nil && ctx.Err() == nil {
			log.Warn("old records of the audit log could not be dropped", "error", err.Error())
		}
		if n > 0 {
			log.Info("old records of the audit log have been dropped", "records", n)
		}
		if n < db.RetainBatch || err != nil {
			return
		}
	}
}
