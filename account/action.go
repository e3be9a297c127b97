package account

import "slices"

// The actions that the audit log writes down. A change of the database is written by the Store, in the transaction of the
// change.
const (
	ActionAuditSign            = "audit.sign"
	ActionDenied               = "access.denied"           // a signed-in caller was refused a field
	ActionImpersonate          = "impersonation.operation" // an operation of an impersonator
	ActionPasswordReset        = "password.reset"
	ActionPasswordResetRequest = "password.reset_request"
	ActionPasswordChange       = "password.change"
	ActionKeyRevoke            = "key.revoke"
	ActionKeyRotate            = "key.rotate"
	ActionMailGiveUp           = "mail.give_up"
	ActionRegister             = "user.register"
	ActionRoleCreate           = "role.create"
	ActionRoleDelete           = "role.delete"
	ActionRoleUpdate           = "role.update"
	ActionSecretReseal         = "secret.reseal"
	ActionEnd                  = "session.end"
	ActionForeignRefresh       = "session.foreign_refresh"
	ActionLateRefresh          = "session.late_refresh"
	ActionReauthenticate       = "session.reauthenticate"
	ActionRefresh              = "session.refresh"
	ActionStart                = "session.start" // a sign-in
	ActionUserCreate           = "user.create"
	ActionUserDelete           = "user.delete"
	ActionUserErase            = "user.erase" // after the grace period of a requested deletion
	ActionUserProfile          = "user.profile"
	ActionUserRequestDeletion  = "user.delete_request"
	ActionUserRestore          = "user.restore"
	ActionUserReinstate        = "user.reinstate"
	ActionUserRoles            = "user.roles"
	ActionUserSuspend          = "user.suspend"
	ActionUserUpdate           = "user.update"
)

var actions = []string{
	ActionDenied,
	ActionAuditSign,
	ActionImpersonate,
	ActionKeyRevoke,
	ActionKeyRotate,
	ActionMailGiveUp,
	ActionPasswordChange,
	ActionPasswordReset,
	ActionPasswordResetRequest,
	ActionRoleCreate,
	ActionRoleDelete,
	ActionRoleUpdate,
	ActionSecretReseal,
	ActionEnd,
	ActionForeignRefresh,
	ActionLateRefresh,
	ActionReauthenticate,
	ActionRefresh,
	ActionStart,
	ActionUserCreate,
	ActionUserDelete,
	ActionUserRequestDeletion,
	ActionUserErase,
	ActionUserProfile,
	ActionRegister,
	ActionUserReinstate,
	ActionUserRestore,
	ActionUserRoles,
	ActionUserSuspend,
	ActionUserUpdate,
}

// Actions returns every action that the audit log can hold, sorted: the values of AuditFilter.actions.
func Actions() []string { return slices.Clone(actions) }
