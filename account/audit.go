package account

import (
	"context"
	"slices"
	"time"
)

// AuditOutcome is the outcome of an action; the schema's enum AuditOutcome.
type AuditOutcome string

// The outcomes.
const (
	Succeeded AuditOutcome = "SUCCESS"
	Failed    AuditOutcome = "FAILURE"
)

// AuditNote is a record that stands for itself: nothing was changed with it.
type AuditNote struct {
	Action       string
	Outcome      AuditOutcome
	Actor        string // account id, as the next two; "" for none
	Impersonator string
	Subject      string
	Session      string
	Address      string // the key of an address that was typed; only a keyed hash is kept, and only where Subject is ""
	Client       Client
	Details      map[string]any // nothing personal
}

// AuditEvent is a record of the audit log; the schema's type AuditEvent. Erased values are nil.
type AuditEvent struct {
	Position       int64 // in the log
	ID             string
	At             time.Time
	Action         string
	Outcome        AuditOutcome
	ActorID        *string
	ImpersonatorID *string
	SubjectID      *string
	SessionID      *string
	IPAddress      *string
	UserAgent      *string
	Details        any // a map, or nil
}

// IsNode implements the schema's Node.
func (*AuditEvent) IsNode() {}

// GetID implements the schema's Node.
func (e *AuditEvent) GetID() string { return e.ID }

// AuditFilter selects events. An empty or nil field matches all.
type AuditFilter struct {
	ActorID   *string
	SubjectID *string
	AccountID *string  // actor or subject
	Actions   []string // nil for all
	Outcome   *AuditOutcome
	Since     *time.Time // inclusive
	Until     *time.Time // exclusive
}

// AuditCursor is a position in the list of events.
type AuditCursor struct {
	At       time.Time
	Position int64
}

// Cursor returns the cursor of e.
func (e *AuditEvent) Cursor() AuditCursor { return AuditCursor{e.At, e.Position} }

// AuditQuery asks for a page of events, newest first.
type AuditQuery struct {
	Filter        AuditFilter
	After, Before *AuditCursor // exclusive; nil for the edge
	Limit         int
	Backward      bool // the last events rather than the first
}

// AuditPage is a page of events.
type AuditPage struct {
	Events           []*AuditEvent
	HasNext, HasPrev bool
}

// AuditLog is the audit log. An event is readable after it was appended to the chain, within about a second.
type AuditLog interface {
	// Note records an event that changed no data. Its work is the same with and without a subject.
	Note(ctx context.Context, n AuditNote) error
	// AuditPage returns a page of events.
	AuditPage(ctx context.Context, q AuditQuery) (AuditPage, error)
	// CountAudit returns the number of events that match a filter, up to max.
	CountAudit(ctx context.Context, f AuditFilter, max int) (int, error)
	// AuditByID returns events, without those that do not exist.
	AuditByID(ctx context.Context, ids []string) ([]*AuditEvent, error)
	// AuditEnd returns the position of the last event; 0 for an empty log.
	AuditEnd(ctx context.Context) (int64, error)
	// AuditAfter returns up to limit events after a position, in the order of the log.
	AuditAfter(ctx context.Context, position int64, limit int) ([]*AuditEvent, error)
}

// Matches reports whether an event matches the filter, without its times.
func (f AuditFilter) Matches(e *AuditEvent) bool {
	same := func(want, got *string) bool { return want == nil || got != nil && *got == *want }
	return same(f.ActorID, e.ActorID) && same(f.SubjectID, e.SubjectID) &&
		(same(f.AccountID, e.ActorID) || same(f.AccountID, e.SubjectID)) &&
		(f.Actions == nil || slices.Contains(f.Actions, e.Action)) && (f.Outcome == nil || *f.Outcome == e.Outcome)
}
