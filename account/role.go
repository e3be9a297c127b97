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

// RoleChange is what changes of a role. A nil pointer, and a nil list, leave it as it is.
type RoleChange struct {
	ID          string
	Description **string // to nil: nothing is said any more
	Permissions []Permission
}

// roleName is what a role may be called: it stands in rules of schemas and in tokens.
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
