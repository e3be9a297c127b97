package account

import "time"

// SessionEvent is something that happened to a session; the schema's type SessionEvent.
type SessionEvent struct {
	Kind    SessionEventKind
	Session *Session // as it was then
	At      time.Time
}

// SessionEventKind is the kind of an event; the schema's enum SessionEventKind.
type SessionEventKind string

// The kinds.
const (
	SessionStarted SessionEventKind = "STARTED"
	SessionChanged SessionEventKind = "CHANGED"
	SessionEnded   SessionEventKind = "ENDED"
)
