package serverkit

import (
	"context"
	"log/slog"
	"time"

	"authgraph/db"
)

const (
	// appendInterval is the time between two attempts of an instance to append waiting records to the audit chain.
	appendInterval = 300 * time.Millisecond
	// retainInterval is the time between two searches for days of the log that are older than the retention.
	retainInterval = time.Hour
)

// appendAudit appends waiting records to the audit chain. Every instance tries, and a lock admits one at a time.
func (a *App) appendAudit(ctx context.Context, log *slog.Logger) {
	for {
		n, err := a.AuditLog.Append(ctx)
		if err != nil && ctx.Err() == nil {
			a.Metrics.appendFailed()
			log.Warn("audit records could not be appended", "error", err.Error())
		}
		a.Metrics.auditAppended(n)
		if n > 0 {
			a.AuditStream.Wake()
		}
		if n < db.AppendBatch || err != nil {
			return
		}
	}
}

// retain drops days of the audit log that are older than retention.
func (a *App) retain(ctx context.Context, retention time.Duration, log *slog.Logger) {
	for {
		n, err := a.AuditLog.Retain(ctx, retention)
		if err != nil && ctx.Err() == nil {
			log.Warn("old audit records could not be deleted", "error", err.Error())
		}
		if n > 0 {
			log.Info("old audit records deleted", "records", n)
		}
		if n < db.RetainBatch || err != nil {
			return
		}
	}
}
