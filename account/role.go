package account

import (
	"regexp"
	"slices"

	"authgraph/auth"
)

// Role is a named set of permissions; the schema's type Role.
type Role struct {
	ID          string
	Name        string
	Description *string
	Permissions []Permission // in the order of the schema
	BuiltIn     bool
}

// Bounds of roles, in number of rows.
const (
	MaxRoles        = 1000   // roles that exist
	MaxRetiredRoles = 10_000 // names of deleted roles
)

// MaxRoleBytes is the maximum size of an account's roles in an access token, in bytes: the lengths of their names and
// 3 for each, for its quotes and comma. Base64 makes 5,462 characters of it; auth.MaxTokenLength leaves 2,730 for the
// other claims and the signature.
const MaxRoleBytes = 4096

// checkRoles refuses more roles than fit into an access token.
func checkRoles(field string, names []string) *auth.Error {
	size := 0
	for _, name := range slices.Compact(slices.Sorted(slices.Values(names))) {
		size += len(name) + 3
	}
	if size > MaxRoleBytes {
		return invalid(field, auth.ValueTooLong,
			"The names of an account's roles, with 3 more for each, have at most %d characters together", MaxRoleBytes)
	}
	return nil
}

// IsNode implements the schema's Node.
func (*Role) IsNode() {}

// GetID implements the schema's Node.
func (r *Role) GetID() string { return r.ID }

// NewRole is a role to be made.
type NewRole struct {
	ID          string
	Name        string
	Description *string
	Permissions []Permission
}

// RoleChange holds the new values of a role. A nil pointer or list keeps the old value.
type RoleChange struct {
	ID          string
	Description **string // to nil: nothing is said any more
	Permissions []Permission
}

// roleName is the form of a role's name, which is part of schema rules and tokens.
var roleName = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,62}$`)

func checkRoleName(field, name string) *auth.Error {
	if !roleName.MatchString(name) {
		return invalid(field, auth.ValueInvalid,
			"The name of a role begins with a letter from a to z; up to 62 of these, digits, _ and - may follow")
	}
	return nil
}

// distinct returns each permission once, in the order of the schema.
func distinct(permissions []Permission) []Permission {
	found := []Permission{}
	for _, p := range Permissions() {
		if slices.Contains(permissions, p) {
			found = append(found, p)
		}
	}
	return found
}
