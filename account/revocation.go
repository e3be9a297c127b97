package account

import (
	"time"

	"authgraph/auth"
)

// Revocation is a revoked session, account or key, for servers that verify access tokens themselves; the schema's type
// Revocation.
type Revocation struct {
	ID    string // "" for a heartbeat
	Kind  RevocationKind
	Named string    // id of the revoked object; "" for a heartbeat
	At    time.Time // tokens issued earlier are invalid; for a heartbeat, the time up to which the feed is complete
}

// RevocationKind is the kind of a revoked object; the schema's enum RevocationKind.
type RevocationKind string

// The kinds.
const (
	Heartbeat      RevocationKind = "HEARTBEAT"
	RevokedSession RevocationKind = "SESSION"
	RevokedAccount RevocationKind = "ACCOUNT"
	RevokedRights  RevocationKind = "RIGHTS"
	RevokedKey     RevocationKind = "KEY"
)

// ErrFeedTooOld is returned for a cursor whose revocations are no longer stored. The client must drop all cached callers and
// restart.
var ErrFeedTooOld = &auth.Error{
	Code: auth.Conflict, Message: "This cursor is too old: drop all cached callers and subscribe without a cursor",
}
