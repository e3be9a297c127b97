package account

// Permission is one thing that an account may do; the schema's enum Permission.
type Permission string

// The permissions.
const (
	UsersRead       Permission = "USERS_READ"
	UsersWrite      Permission = "USERS_WRITE"
	RolesRead       Permission = "ROLES_READ"
	RolesWrite      Permission = "ROLES_WRITE"
	SessionsRevoke  Permission = "SESSIONS_REVOKE"
	AuditRead       Permission = "AUDIT_READ"
	Impersonate     Permission = "IMPERSONATE"
	RevocationsRead Permission = "REVOCATIONS_READ"
)

// Permissions returns every permission, in the order of the schema.
func Permissions() []Permission {
	return []Permission{
		UsersRead, UsersWrite, RolesRead, RolesWrite, SessionsRevoke, AuditRead, Impersonate, RevocationsRead,
	}
}

// The roles that every database has from the start.
const (
	// RoleAdmin holds every permission.
	RoleAdmin = "admin"
	// RoleUser is given to every account; by itself it permits nothing.
	RoleUser = "user"
)

// PermissionNames returns the names of every permission, in the order of the schema.
func PermissionNames() []string {
	var names []string
	for _, p := range Permissions() {
		names = append(names, string(p))
	}
	return names
}
