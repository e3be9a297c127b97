package account

import (
	"context"
	"slices"
	"time"

	"authgraph/auth"
)

// Administrator is who changes other accounts. That they may is found out by the guard, and once more inside the change.
type Administrator struct {
	UserID       string
	SessionID    string
	Impersonator string // who acts as UserID; "" for its own person
	Client       Client
}

// AdministratorOf returns who calls, as somebody who changes other accounts.
func AdministratorOf(caller *auth.Principal, c Client) Administrator {
	return Administrator{UserID: caller.Subject, SessionID: caller.Session, Impersonator: caller.Actor, Client: c.Clean()}
}

// Administration is the part of a Store that changes the accounts of others. Changes of rights happen one after the
// other, so that each sees what the one before has left. Each method asks again whether by may, and is refused with the
// errors of MayAct, MayGrant and the like, or ErrForbidden if by no longer holds what the use case needs.
type Administration interface {
	// SetRoles gives an account these roles and no others. auth.ErrForbidden where by may not handle a role that this
	// gives or takes. ErrUserNotFound, ErrUnknownRole, ErrLastAdministrator.
	SetRoles(ctx context.Context, by Administrator, userID string, roles []string) (*User, error)
	// Suspend keeps an account from signing in, and ends its sessions. ErrUserNotFound, ErrLastAdministrator.
	Suspend(ctx context.Context, by Administrator, userID, reason string) (*User, error)
	// Reinstate lets it sign in again. ErrUserNotFound.
	Reinstate(ctx context.Context, by Administrator, userID string) (*User, error)
	// EraseUser deletes an account and what belongs to it. ErrUserNotFound, ErrLastAdministrator.
	EraseUser(ctx context.Context, by Administrator, userID string) (time.Time, error)
	// UpdateUser changes what an account says of its person. ErrUserNotFound.
	UpdateUser(ctx context.Context, by Administrator, c UserChange) (*User, error)
	// EndUserSession ends a session of any account; one that has ended stays as it is. ErrSessionNotFound.
	EndUserSession(ctx context.Context, by Administrator, sessionID string) (*Session, error)
	// EndUserSessions ends an account's sessions, and returns their ids. ErrUserNotFound.
	EndUserSessions(ctx context.Context, by Administrator, userID string) (*User, []string, error)

	// AddRole makes a role, for a holder of every permission only. ErrRoleExists, ErrRoleRetired, ErrTooManyRoles.
	AddRole(ctx context.Context, by Administrator, r NewRole) (*Role, error)
	// ChangeRole changes a role. ErrRoleNotFound, ErrBuiltIn.
	ChangeRole(ctx context.Context, by Administrator, c RoleChange) (*Role, error)
	// DeleteRole deletes a role and retires its name. ErrRoleNotFound, ErrBuiltIn, ErrTooManyRetired.
	DeleteRole(ctx context.Context, by Administrator, id string) error

	// AddImpersonation begins a session of another account, which ends with by's own. ErrUserNotFound, and
	// ErrNotToBeActedAs.
	AddImpersonation(ctx context.Context, by Administrator, s NewSession) (Impersonation, error)
}

// Impersonation is a session that another than its account's person acts through.
type Impersonation struct {
	User    *User
	Actor   *User
	Session *Session
}

// MayAct reports whether who holds held may act on an account: only if the account holds nothing that they lack.
// Otherwise whoever may suspend or impersonate could have by it what nobody gave them.
func MayAct(held []Permission, user *User) bool { return includes(held, user.Permissions) }

// MayGrant reports whether who holds held may give permissions: nobody grants what they do not hold.
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

// MayHandle reports whether a holder of h may give, take, change or delete the role with this name: only with the role
// itself or with every permission. The role's permissions here do not tell its power, because other servers give roles
// permissions of their own (auth.WithPermissions, @auth(roles:)).
func (h Holdings) MayHandle(role string) bool { return slices.Contains(h.Roles, role) || h.All() }

func includes(all, some []Permission) bool {
	return !slices.ContainsFunc(some, func(p Permission) bool { return !slices.Contains(all, p) })
}

// Shared returns the holdings that h and other have in common.
func (h Holdings) Shared(other Holdings) Holdings {
	return Holdings{Roles: shared(h.Roles, other.Roles), Permissions: shared(h.Permissions, other.Permissions)}
}

func shared[T comparable](a, b []T) []T {
	return slices.DeleteFunc(slices.Clone(a), func(v T) bool { return !slices.Contains(b, v) })
}

// IsAdministrator reports whether u counts as one of those of whom the last can't be taken away.
func (u *User) IsAdministrator() bool {
	return u.SuspendedAt == nil && slices.Contains(u.Roles, RoleAdmin)
}
