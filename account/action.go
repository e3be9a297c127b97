package account

import "slices"

// The actions that the audit log writes down. A change of the database is written by the Store, in the transaction of the
// change.
const (
	ActionAuditSign      = "audit.sign"
	ActionDenied         = "access.denied"           // a signed-in caller was refused a field
	ActionImpersonate    = "impersonation.operation" // an operation of an impersonator
	ActionKeyRevoke      = "key.revoke"
	ActionKeyRotate      = "key.rotate"
	ActionMailGiveUp     = "mail.give_up"
	ActionRegister       = "user.register"
	ActionRoleCreate     = "role.create"
	ActionRoleDelete     = "role.delete"
	ActionRoleUpdate     = "role.update"
	ActionSecretReseal   = "secret.reseal"
	ActionEnd            = "session.end"
	ActionForeignRefresh = "session.foreign_refresh"
	ActionLateRefresh    = "session.late_refresh"
	ActionRefresh        = "session.refresh"
	ActionStart          = "session.start" // a sign-in
	ActionUserCreate     = "user.create"
	ActionUserDelete     = "user.delete"
	ActionUserReinstate  = "user.reinstate"
	ActionUserRoles      = "user.roles"
	ActionUserSuspend    = "user.suspend"
	ActionUserUpdate     = "user.update"
)

var actions = []string{
	ActionDenied, ActionAuditSign, ActionImpersonate, ActionKeyRevoke, ActionKeyRotate, ActionMailGiveUp, ActionRoleCreate, ActionRoleDelete,
	ActionRoleUpdate, ActionSecretReseal, ActionEnd, ActionForeignRefresh, ActionLateRefresh, ActionRefresh, ActionStart,
	ActionUserCreate, ActionUserDelete, ActionRegister, ActionUserReinstate, ActionUserRoles, ActionUserSuspend,
	ActionUserUpdate,
}

// Actions returns every action that the audit log can hold, sorted: the values of AuditFilter.actions.
func Actions() []string { return slices.Clone(actions) }
