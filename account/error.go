package account

import (
	"errors"
	"fmt"

	"authgraph/auth"
)

// The errors of the use cases. Compare with errors.Is.
var (
	// ErrInvalidCredentials is returned for a wrong password and for an unknown account.
	ErrInvalidCredentials = &auth.Error{Code: auth.InvalidCredentials, Message: "The address or the password is wrong"}
	// ErrSuspended is returned only after the right password.
	ErrSuspended = &auth.Error{Code: auth.AccountSuspended, Message: "This account is suspended"}
	// ErrRegistrationClosed is returned if only administrators may add accounts.
	ErrRegistrationClosed = &auth.Error{Code: auth.Forbidden, Message: "Registration is closed"}
	// ErrRefreshTokenInvalid is returned for every invalid refresh token, except a reused one.
	ErrRefreshTokenInvalid = &auth.Error{
		Code: auth.RefreshTokenInvalid, Message: "The refresh token is invalid; sign in again",
	}
	// ErrRefreshTokenReused is returned for every token of a session that ended because of a reused token.
	ErrRefreshTokenReused = &auth.Error{
		Code: auth.RefreshTokenReused, Message: "The refresh token was used before, so its session has ended; sign in again",
	}
	// ErrUserNotFound is returned for an account that does not exist.
	ErrUserNotFound = &auth.Error{Code: auth.NotFound, Message: "No such account"}
	// ErrRoleNotFound is returned for a role that does not exist.
	ErrRoleNotFound = &auth.Error{Code: auth.NotFound, Message: "No such role"}
	// ErrLastAdministrator is returned for a change after which no administrator would exist.
	ErrLastAdministrator = &auth.Error{
		Code: auth.Conflict, Reason: auth.LastAdministrator,
		Message: "The last administrator can't be suspended, demoted or deleted",
	}
	// ErrRoleExists is returned for a second role of the same name.
	ErrRoleExists = &auth.Error{Code: auth.Conflict, Field: "name", Message: "A role with this name exists"}
	// ErrRoleRetired is returned for the name of a deleted role, which other servers may still map to permissions.
	ErrRoleRetired = &auth.Error{
		Code: auth.Conflict, Field: "name", Message: "A deleted role had this name; names are not used again",
	}
	// ErrTooManyRoles is returned for a new role above MaxRoles.
	ErrTooManyRoles = &auth.Error{Code: auth.Conflict, Message: fmt.Sprintf("There are %d roles, the maximum", MaxRoles)}
	// ErrTooManyRetired is returned for the deletion of a role above MaxRetiredRoles.
	ErrTooManyRetired = &auth.Error{
		Code: auth.Conflict, Message: fmt.Sprintf("%d roles were deleted, the maximum; change this one instead", MaxRetiredRoles),
	}
	// ErrBuiltIn is returned for a change of a built-in role.
	ErrBuiltIn = &auth.Error{Code: auth.Conflict, Message: "A built-in role can't be changed or deleted"}
	// ErrNotToBeActedAs is returned for the impersonation of the caller's own or a suspended account.
	ErrNotToBeActedAs = &auth.Error{Code: auth.Conflict, Message: "This account can't be impersonated"}
	// ErrSessionNotFound is returned for a session that does not exist or belongs to another account.
	ErrSessionNotFound = &auth.Error{Code: auth.NotFound, Message: "No such session"}
)

// The errors of a Store, besides auth.ErrUnavailable and unexpected ones.
var (
	ErrNotFound    = errors.New("not found")
	ErrEmailTaken  = errors.New("an account with this address exists")
	ErrUnknownRole = errors.New("unknown role")
	// ErrNotRotated reports that the session's counter is not the token's, or that the session is not active.
	ErrNotRotated = errors.New("the session has not been rotated")
	// ErrChanged reports that the account was suspended, or its password changed, since the caller read it.
	ErrChanged = errors.New("the account has changed since it was read")
)

// ErrSessionReplaced is the cause of ErrRefreshTokenInvalid for a token of a session that another one continues. The cookie of
// the continuing session may be on its way, so the cookie is not cleared.
var ErrSessionReplaced = errors.New("another session continues the session")

// invalid returns the error of an invalid value of the input.
func invalid(field string, reason auth.Reason, format string, args ...any) *auth.Error {
	return &auth.Error{Code: auth.BadUserInput, Reason: reason, Field: field, Message: fmt.Sprintf(format, args...)}
}

// faults collects the errors of an input, so that they are returned together.
type faults []error

func (f *faults) add(e *auth.Error) {
	if e != nil {
		*f = append(*f, e)
	}
}

// err joins the errors; nil if f is empty.
func (f faults) err() error { return errors.Join(f...) }
