package account

import (
	"time"

	"authgraph/auth"
)

// Revocation is something that no longer counts, for services that verify access tokens by themselves; the schema's type
// Revocation.
type Revocation struct {
	ID    string // "" for a heartbeat
	Kind  RevocationKind
	Named string    // the id of what no longer counts; "" for a heartbeat
	At    time.Time // tokens that were issued before this do not; for a heartbeat, up to when everything has been told
}

// RevocationKind is what no longer counts; the schema's enum RevocationKind.
type RevocationKind string

// The kinds.
const (
	Heartbeat      RevocationKind = "HEARTBEAT"
	RevokedSession RevocationKind = "SESSION"
	RevokedAccount RevocationKind = "ACCOUNT"
	RevokedRights  RevocationKind = "RIGHTS"
	RevokedKey     RevocationKind = "KEY"
)

// ErrFeedTooOld: what has happened since is no longer known. Who follows drops all cached callers, and begins anew.
var ErrFeedTooOld = &auth.Error{
	Code: auth.Conflict, Message: "This cursor is too old: drop every cached caller and begin anew",
}
