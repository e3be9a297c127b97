package account

import (
	"strings"

	"go.jetify.com/typeid/v2"
)

// The prefixes of identifiers. They are part of what is stored: they never change.
const (
	userPrefix    = "user"
	sessionPrefix = "session"
	rolePrefix    = "role"
	auditPrefix   = "event"
	mailPrefix    = "mail"
)

// newID returns a TypeID: sortable by the time it was made, typed, globally unique, and not to be guessed (74 random
// bits, UUIDv7).
func newID(prefix string) string { return typeid.MustGenerate(prefix).String() }

// IsUserID reports whether id is one that an account could have.
func IsUserID(id string) bool { return isID(userPrefix, id) }

// IsSessionID reports whether id is one that a session could have.
func IsSessionID(id string) bool { return isID(sessionPrefix, id) }

// IsRoleID reports whether id is one that a role could have.
func IsRoleID(id string) bool { return isID(rolePrefix, id) }

// IsAuditID reports whether id is one that an event of the audit log could have.
func IsAuditID(id string) bool { return isID(auditPrefix, id) }

func isID(prefix, id string) bool {
	if !strings.HasPrefix(id, prefix+"_") {
		return false
	}
	parsed, err := typeid.Parse(id)
	return err == nil && parsed.Prefix() == prefix
}
