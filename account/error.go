package account

import (
	"errors"
	"fmt"

	"authgraph/auth"
)

// The refusals of the use cases. Compare with errors.Is.
var (
	// ErrInvalidCredentials stands for a wrong password and for an unknown account alike.
	ErrInvalidCredentials = &auth.Error{Code: auth.InvalidCredentials, Message: "The address or the password is wrong"}
	// ErrSuspended is only for who has given the right password.
	ErrSuspended = &auth.Error{Code: auth.AccountSuspended, Message: "This account is suspended"}
	// ErrRegistrationClosed is for a server on which accounts are made by administrators.
	ErrRegistrationClosed = &auth.Error{Code: auth.Forbidden, Message: "Registration is closed"}
	// ErrRefreshTokenInvalid is for every refresh token that does not count but one that was used before.
	ErrRefreshTokenInvalid = &auth.Error{
		Code: auth.RefreshTokenInvalid, Message: "The refresh token does not count; sign in again",
	}
	// ErrRefreshTokenReused is for every token of a session that ended because one of them was used twice.
	ErrRefreshTokenReused = &auth.Error{
		Code: auth.RefreshTokenReused, Message: "The refresh token was used before, so its session has ended; sign in again",
	}
	// ErrUserNotFound stands for an account that does not exist.
	ErrUserNotFound = &auth.Error{Code: auth.NotFound, Message: "No such account"}
	// ErrRoleNotFound is for a role that does not exist.
	ErrRoleNotFound = &auth.Error{Code: auth.NotFound, Message: "No such role"}
	// ErrLastAdministrator keeps a server from having none who could give the role again.
	ErrLastAdministrator = &auth.Error{
		Code: auth.Conflict, Reason: auth.LastAdministrator,
		Message: "The last administrator can't be suspended, demoted or deleted",
	}
	// ErrRoleExists is for a second role of the same name.
	ErrRoleExists = &auth.Error{Code: auth.Conflict, Field: "name", Message: "A role with this name exists"}
	// ErrRoleRetired is for a new role with the name of a deleted one, which other servers may still give permissions.
	ErrRoleRetired = &auth.Error{
		Code: auth.Conflict, Field: "name", Message: "A deleted role had this name; names are not used again",
	}
	// ErrTooManyRoles is for a new role above MaxRoles.
	ErrTooManyRoles = &auth.Error{Code: auth.Conflict, Message: fmt.Sprintf("There are %d roles, the maximum", MaxRoles)}
	// ErrTooManyRetired is for the deletion of a role above MaxRetiredRoles.
	ErrTooManyRetired = &auth.Error{
		Code: auth.Conflict, Message: fmt.Sprintf("%d roles were deleted, the maximum; change this one instead", MaxRetiredRoles),
	}
	// ErrBuiltIn is for a role that every server has as it is.
	ErrBuiltIn = &auth.Error{Code: auth.Conflict, Message: "Built-in roles stay as they are"}
	// ErrNotToBeActedAs is for an account that nobody can act as: one's own, or one that is suspended.
	ErrNotToBeActedAs = &auth.Error{Code: auth.Conflict, Message: "Nobody can act as this account"}
	// ErrSessionNotFound stands for a session that does not exist and for another's alike.
	ErrSessionNotFound = &auth.Error{Code: auth.NotFound, Message: "No such session"}
)

// What a Store answers. Everything else that it returns is a fault, or auth.ErrUnavailable.
var (
	ErrNotFound    = errors.New("not found")
	ErrEmailTaken  = errors.New("an account with this address exists")
	ErrUnknownRole = errors.New("unknown role")
	// ErrNotRotated says that the session's counter is not the token's, or that the session does not go on.
	ErrNotRotated = errors.New("the session has not been rotated")
	// ErrChanged says that the account is no longer what the caller had read: suspended, or its password changed.
	ErrChanged = errors.New("the account has changed meanwhile")
)

// invalid returns the refusal of one value of the input.
func invalid(field string, reason auth.Reason, format string, args ...any) *auth.Error {
	return &auth.Error{Code: auth.BadUserInput, Reason: reason, Field: field, Message: fmt.Sprintf(format, args...)}
}

// faults collects what is wrong with an input, so that all of it is answered at once.
type faults []error

func (f *faults) add(e *auth.Error) {
	if e != nil {
		*f = append(*f, e)
	}
}

// err joins the faults; nil where there are none.
func (f faults) err() error { return errors.Join(f...) }
