package account

import (
	"context"
	"slices"
	"time"

	"authgraph/auth"
)

// Administrator is the caller who changes other accounts. The guard checks the permission, and the change checks it again.
type Administrator struct {
	UserID       string
	SessionID    string
	Impersonator string // account that acts as UserID; "" for none
	Client       Client
}

// AdministratorOf returns the caller as an administrator.
func AdministratorOf(caller *auth.Principal, c Client) Administrator {
	return Administrator{UserID: caller.Subject, SessionID: caller.Session, Impersonator: caller.Actor, Client: c.Clean()}
}

// Administration is the part of a Store that changes other accounts. Changes of permissions are serialized. Each method
// checks the permissions of by in its transaction, and fails with auth.ErrForbidden without them.
type Administration interface {
	// SetRoles sets the roles of an account. It fails with auth.ErrForbidden if by may not handle an added or removed
	// role. Other errors: ErrUserNotFound, ErrUnknownRole, ErrLastAdministrator.
	SetRoles(ctx context.Context, by Administrator, userID string, roles []string) (*User, error)
	// Suspend suspends an account and ends its sessions. Errors: ErrUserNotFound, ErrLastAdministrator.
	Suspend(ctx context.Context, by Administrator, userID, reason string) (*User, error)
	// Reinstate reinstates a suspended account. Error: ErrUserNotFound.
	Reinstate(ctx context.Context, by Administrator, userID string) (*User, error)
	// EraseUser deletes an account and its data. Errors: ErrUserNotFound, ErrLastAdministrator.
	EraseUser(ctx context.Context, by Administrator, userID string) (time.Time, error)
	// UpdateUser changes the profile of an account. Error: ErrUserNotFound.
	UpdateUser(ctx context.Context, by Administrator, c UserChange) (*User, error)
	// EndUserSession ends a session of any account; an ended session stays unchanged. Error: ErrSessionNotFound.
	EndUserSession(ctx context.Context, by Administrator, sessionID string) (*Session, error)
	// EndUserSessions ends an account's sessions and returns their ids. Error: ErrUserNotFound.
	EndUserSessions(ctx context.Context, by Administrator, userID string) (*User, []string, error)

	// AddRole adds a role; by must hold every permission. Errors: ErrRoleExists, ErrRoleRetired, ErrTooManyRoles.
	AddRole(ctx context.Context, by Administrator, r NewRole) (*Role, error)
	// ChangeRole changes a role. Errors: ErrRoleNotFound, ErrBuiltIn.
	ChangeRole(ctx context.Context, by Administrator, c RoleChange) (*Role, error)
	// DeleteRole deletes a role and retires its name. Errors: ErrRoleNotFound, ErrBuiltIn, ErrTooManyRetired.
	DeleteRole(ctx context.Context, by Administrator, id string) error

	// AddImpersonation starts a session of another account, which ends together with by's session. Errors:
	// ErrUserNotFound, ErrNotToBeActedAs.
	AddImpersonation(ctx context.Context, by Administrator, s NewSession) (Impersonation, error)
}

// Impersonation is a session of an impersonator.
type Impersonation struct {
	User    *User
	Actor   *User
	Session *Session
}

// MayAct reports whether a holder of held may act on user: held must include all permissions of user. Otherwise the
// permission to suspend or impersonate would give access to further permissions.
func MayAct(held []Permission, user *User) bool { return includes(held, user.Permissions) }

// MayGrant reports whether a holder of held may grant permissions: held must include them.
func MayGrant(held, permissions []Permission) bool { return includes(held, permissions) }

// Holdings are the roles and permissions of an administrator; of an impersonator only those that both accounts hold.
type Holdings struct {
	Roles       []string
	Permissions []Permission
}

// All reports whether h holds RoleAdmin or every permission.
func (h Holdings) All() bool {
	return slices.Contains(h.Roles, RoleAdmin) || includes(h.Permissions, Permissions())
}

// MayHandle reports whether a holder of h may grant, remove, change or delete a role: h must have the role or every
// permission. The role's permissions on this server do not suffice, because other servers map roles to their own
// permissions (auth.WithPermissions, @auth(roles:)).
func (h Holdings) MayHandle(role string) bool { return slices.Contains(h.Roles, role) || h.All() }

func includes(all, some []Permission) bool {
	return !slices.ContainsFunc(some, func(p Permission) bool { return !slices.Contains(all, p) })
}

// Shared returns the intersection of h and other.
func (h Holdings) Shared(other Holdings) Holdings {
	return Holdings{Roles: shared(h.Roles, other.Roles), Permissions: shared(h.Permissions, other.Permissions)}
}

func shared[T comparable](a, b []T) []T {
	return slices.DeleteFunc(slices.Clone(a), func(v T) bool { return !slices.Contains(b, v) })
}

// IsAdministrator reports whether u is active and has RoleAdmin. The last administrator can't be removed.
func (u *User) IsAdministrator() bool {
	return u.SuspendedAt == nil && u.EraseAt == nil && slices.Contains(u.Roles, RoleAdmin)
}
