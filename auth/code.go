package auth

// Code is `extensions.code` of an error: what a client branches on. The schema's enum ErrorCode and docs/errors.md
// list the same values; a test compares all three.
type Code string

// The codes. See docs/errors.md for what a client should do about each.
const (
	Unauthenticated          Code = "UNAUTHENTICATED"
	Forbidden                Code = "FORBIDDEN"
	SecondFactorRequired     Code = "SECOND_FACTOR_REQUIRED"
	ReauthenticationRequired Code = "REAUTHENTICATION_REQUIRED"
	StepPending              Code = "STEP_PENDING"
	EmailUnconfirmed         Code = "EMAIL_UNCONFIRMED"
	InvalidCredentials       Code = "INVALID_CREDENTIALS"
	AccountSuspended         Code = "ACCOUNT_SUSPENDED"
	RefreshTokenInvalid      Code = "REFRESH_TOKEN_INVALID"
	RefreshTokenReused       Code = "REFRESH_TOKEN_REUSED"
	BadUserInput             Code = "BAD_USER_INPUT"
	NotFound                 Code = "NOT_FOUND"
	Conflict                 Code = "CONFLICT"
	RateLimited              Code = "RATE_LIMITED"
	Overloaded               Code = "OVERLOADED"
	ServiceUnavailable       Code = "SERVICE_UNAVAILABLE"
	LimitExceeded            Code = "LIMIT_EXCEEDED"
	ParseFailed              Code = "GRAPHQL_PARSE_FAILED"
	ValidationFailed         Code = "GRAPHQL_VALIDATION_FAILED"
	PersistedQueryNotFound   Code = "PERSISTED_QUERY_NOT_FOUND"
	BadRequest               Code = "BAD_REQUEST"
	Internal                 Code = "INTERNAL"
)

// Codes returns every code, in the order of the schema.
func Codes() []Code {
	return []Code{
		Unauthenticated, Forbidden, SecondFactorRequired, ReauthenticationRequired, StepPending, EmailUnconfirmed,
		InvalidCredentials, AccountSuspended, RefreshTokenInvalid, RefreshTokenReused, BadUserInput, NotFound,
		Conflict, RateLimited, Overloaded, ServiceUnavailable, LimitExceeded, ParseFailed, ValidationFailed,
		PersistedQueryNotFound, BadRequest, Internal,
	}
}

// Reason is `extensions.reason`, where a code has several. The schema's enum ErrorReason lists the same values.
type Reason string

// The reasons.
const (
	TokenMissing        Reason = "TOKEN_MISSING"
	TokenInvalid        Reason = "TOKEN_INVALID"
	TokenExpired        Reason = "TOKEN_EXPIRED"
	SessionEnded        Reason = "SESSION_ENDED"
	EmailInvalid        Reason = "EMAIL_INVALID"
	EmailTaken          Reason = "EMAIL_TAKEN"
	PasswordTooShort    Reason = "PASSWORD_TOO_SHORT"
	PasswordTooLong     Reason = "PASSWORD_TOO_LONG"
	PasswordTooCommon   Reason = "PASSWORD_TOO_COMMON"
	PasswordIsPersonal  Reason = "PASSWORD_IS_PERSONAL"
	OneTimeTokenInvalid Reason = "ONE_TIME_TOKEN_INVALID"
	ValueInvalid        Reason = "VALUE_INVALID"
	ValueTooLong        Reason = "VALUE_TOO_LONG"
	CursorInvalid       Reason = "CURSOR_INVALID"
	LastAdministrator   Reason = "LAST_ADMINISTRATOR"
)

// Reasons returns every reason, in the order of the schema.
func Reasons() []Reason {
	return []Reason{
		TokenMissing, TokenInvalid, TokenExpired, SessionEnded, EmailInvalid, EmailTaken, PasswordTooShort,
		PasswordTooLong, PasswordTooCommon, PasswordIsPersonal, OneTimeTokenInvalid, ValueInvalid, ValueTooLong,
		CursorInvalid, LastAdministrator,
	}
}
